/** `X.jc.json` beside `X.txt`: what jc (https://github.com/kellyjonbrazil/jc) makes of an output. */
import { FieldCount, type Comparison, type CorpusFolder } from '../../adapter.ts';
import { oraclesBeside } from '../../oracles.ts';
import { readFacts, type Item } from './read-facts.ts';

type Members = Readonly<Record<string, unknown>>;

/** How a kind of output is compared: known by a member of jc's, and its members in our words. */
interface Words {
  readonly has: readonly string[];
  /** Our member for each of theirs; a function where it is written in another way. */
  readonly of: Readonly<Record<string, string | ((fields: Members) => unknown)>>;
}

const FAMILY = (fields: Members): unknown => (String(fields['local_address']).includes(':') ? 'ipv6' : 'ipv4');
const address = (side: string) => (fields: Members) => fields[`${side}_address`];
const port = (side: string) => (fields: Members) => fields[`${side}_port`] ?? '*';
const state = (fields: Members): unknown => fields['state'];

const kinds: readonly Words[] = [
  {
    has: ['netid'],
    of: {
      netid: 'protocol',
      state,
      recv_q: 'recv_q',
      send_q: 'send_q',
      local_address: address('local'),
      local_port: port('local'),
      peer_address: address('peer'),
      peer_port: port('peer'),
      opts: 'opts',
    },
  },
  {
    has: ['proto', 'foreign_address'],
    of: {
      recv_q: 'recv_q',
      send_q: 'send_q',
      local_address: 'local_address',
      foreign_address: 'peer_address',
      state,
      user: 'user',
      inode: 'inode',
      program_name: 'process',
      pid: 'pid',
      local_port: port('local'),
      foreign_port: port('peer'),
      transport_protocol: 'protocol',
      network_protocol: FAMILY,
    },
  },
  {
    has: ['command', 'node', 'size_off'],
    of: {
      command: 'process',
      pid: 'pid',
      user: 'user',
      fd: (fields) => `${String(fields['fd'])}u`,
      type: (fields) => `IPv${String(fields['family'])}`,
      name: lsofName,
    },
  },
  {
    has: ['entry', 'sock_mem_loc'],
    of: {
      local_address: 'local_address',
      local_port: 'local_port',
      remote_address: 'peer_address',
      remote_port: 'peer_port',
      state: hexState,
      uid: (fields) => Number(fields['user']),
      inode: 'inode',
    },
  },
  {
    has: ['vsz', 'rss'],
    of: {
      user: 'user',
      pid: 'pid',
      vsz: 'vsz',
      rss: 'rss',
      stat: 'stat',
      start: 'start',
      time: 'time',
      command: 'command',
      cpu_percent: (fields) => Number(fields['cpu']),
      mem_percent: (fields) => Number(fields['mem']),
    },
  },
  {
    has: ['ppid', 'cmd'],
    of: {
      uid: 'uid',
      pid: 'pid',
      ppid: 'ppid',
      c: (fields) => Number(fields['c']),
      stime: 'stime',
      time: 'time',
      cmd: 'cmd',
    },
  },
  {
    has: ['mount_point', 'options'],
    of: { filesystem: 'source', mount_point: 'target', type: 'fstype', options: 'options' },
  },
  {
    has: ['mounted_on'],
    of: {
      filesystem: 'source',
      type: 'fstype',
      '1k_blocks': '1k-blocks',
      used: 'used',
      available: 'available',
      mounted_on: 'target',
      use_percent: (fields) => Number(String(fields['use']).replace('%', '')),
    },
  },
  {
    has: ['username', 'shell'],
    of: { username: 'name', uid: 'uid', gid: 'gid', comment: 'gecos', home: 'home', shell: 'shell' },
  },
  { has: ['group_name'], of: { group_name: 'name', gid: 'gid', members: 'members' } },
  { has: ['unit_file'], of: { unit_file: 'unit', state: 'state', preset: (fields) => fields['preset'] ?? '-' } },
  {
    has: ['node_name', 'kernel_release'],
    of: {
      kernel_name: 'kernel_name',
      node_name: 'nodename',
      kernel_release: 'kernel_release',
      operating_system: 'operating_system',
      machine: 'machine',
      kernel_version: 'kernel_version',
    },
  },
  {
    has: ['PRETTY_NAME'],
    of: Object.fromEntries(
      [
        'PRETTY_NAME',
        'NAME',
        'VERSION_ID',
        'VERSION',
        'VERSION_CODENAME',
        'ID',
        'HOME_URL',
        'SUPPORT_URL',
        'BUG_REPORT_URL',
      ].map((name) => [name, name]),
    ),
  },
];

/** include/net/tcp_states.h, as far as these files have them. */
const STATES: Readonly<Record<string, string>> = { LISTEN: '0A', ESTABLISHED: '01', TIME_WAIT: '06', UNCONN: '07' };

function hexState(fields: Members): unknown {
  return STATES[String(fields['state'])];
}

function lsofName(fields: Members): string {
  const shown = (side: string): string => {
    const text = String(fields[`${side}_address`]);
    return `${text.includes(':') ? `[${text}]` : text}:${String(fields[`${side}_port`])}`;
  };
  const peer = fields['peer_address'] === undefined ? '' : `->${shown('peer')}`;
  return `${shown('local')}${peer}${fields['state'] === undefined ? '' : ` (${String(fields['state'])})`}`;
}

export function compareJc(folder: CorpusFolder): readonly Comparison[] {
  return oraclesBeside(folder, /\.jc\.json$/, (stem) => [`${stem}.txt`]).flatMap(({ file, oracle }) => {
    const theirs = folder.json(oracle);
    const records = (Array.isArray(theirs) ? theirs : [theirs]) as readonly Members[];
    const kind = kinds.find(({ has }) => has.every((name) => Object.hasOwn(records[0] ?? {}, name)));
    const count = new FieldCount(file, oracle);
    const { reading, items } = readFacts(folder, file);
    count.field(0, 'rejects', reading.all.rejects.length, 0);
    if (!kind) compareSettings(count, items, whole(records[0] ?? {}));
    else {
      count.field(0, 'records', items.length, records.length);
      records.forEach((record, at) => compareMembers(count, at + 1, items[at], record, kind));
    }
    return [count.result()];
  });
}

function compareMembers(count: FieldCount, at: number, item: Item | undefined, theirs: Members, kind: Words): void {
  count.record();
  for (const [name, ours] of Object.entries(kind.of)) {
    const fields = item?.fields ?? {};
    if (name === 'opts') compareOwner(count, at, fields, theirs['opts']);
    else count.field(at, name, typeof ours === 'string' ? fields[ours] : ours(fields), numeric(theirs[name]));
  }
}

/** `{"process_id": {"18093": {"user": "python3", "file_descriptor": "9"}}}` */
function compareOwner(count: FieldCount, at: number, fields: Members, opts: unknown): void {
  const owners = Object.entries((opts as { process_id?: Record<string, Members> } | undefined)?.process_id ?? {});
  count.field(at, 'opts.pid', fields['pid'], owners[0]?.[0]);
  count.field(at, 'opts.user', fields['process'], owners[0]?.[1]['user']);
  count.field(at, 'opts.fd', fields['fd'], owners[0]?.[1]['file_descriptor']);
}

/** jc takes the values of three keywords apart. */
const PARTS: readonly (readonly [string, readonly string[]])[] = [
  ['subsystem', ['subsystem_command']],
  ['maxstartups', ['maxstartups_rate', 'maxstartups_full']],
  ['rekeylimit', ['rekeylimit_time']],
];

function whole(members: Members): Members {
  const joined = new Map(Object.entries(members).filter(([name]) => !name.endsWith('_strategy')));
  for (const [name, parts] of PARTS) {
    if (!parts.every((part) => joined.has(part))) continue;
    joined.set(name, [name, ...parts].map((part) => String(joined.get(part))).join(' '));
    for (const part of parts) joined.delete(part);
  }
  return Object.fromEntries(joined);
}

/** Names with values: sysctl, and sshd -T, where jc gives what has several values as a list. */
function compareSettings(count: FieldCount, items: readonly Item[], theirs: Members): void {
  const values = new Map<string, unknown[]>();
  for (const { fields } of items) {
    const name = String(fields['keyword'] ?? fields['name']);
    values.set(name, [...(values.get(name) ?? []), fields['value']]);
  }
  const has = [...values.keys()].sort();
  count.field(0, 'names', has.join(' '), Object.keys(theirs).sort().join(' '));
  for (const [name, value] of Object.entries(theirs)) {
    count.record();
    count.field(0, name, plain(values.get(name)), plain([value]));
  }
}

/** A list that is written with commas or spaces is one. */
const plain = (value: unknown): string =>
  JSON.stringify(value ?? null)
    .replaceAll(/[[\]{}"\\]|(?:command|subsystem|subsystem_command|name)":/g, '')
    .replaceAll(/[\s,:]+/g, ' ')
    .trim();
/** jc leaves the brackets of ss on. */
const numeric = (value: unknown): unknown =>
  typeof value === 'string' ? value.replace(/^\[([0-9a-f:.]*)\]$/, '$1') : (value ?? undefined);
