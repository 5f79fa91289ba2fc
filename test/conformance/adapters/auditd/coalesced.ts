/** An event that go-libaudit made of several records: each of its values must be one of ours. */
import { z } from 'zod';
import type { Collected } from '../../../engine/formats/collect-rows.ts';
import type { FieldCount } from '../../adapter.ts';
import { asMicros } from '../../normal.ts';
import { fieldsOf, said, type Fields } from './fields.ts';
import { exitNumber, familyName, label, machineName } from './words.ts';

const words = z.record(z.string(), z.unknown());

export const coalescedSchema = z.object({ test_name: z.string(), event: words });

type Value = Readonly<Record<string, unknown>>;

/*
 * Not compared: what go-libaudit says in its own words of what an event means. `category`, `ecs` and `network` are
 * classes, `summary` is a sentence; of it the actor and the program are fields of the log.
 */
const OWN_WORDS = ['category', 'ecs', 'network', 'warnings'];

interface Compared {
  readonly count: FieldCount;
  readonly at: number;
  readonly records: readonly Fields[];
}

export function compareCoalesced(
  count: FieldCount,
  at: number,
  { read, event }: { read: Collected; event: Value },
): void {
  const ours = read.rows('events')[0];
  const compared = { count, at, records: read.rows('auditd_records').map(fieldsOf) };
  const known: Readonly<Record<string, () => void>> = {
    '@timestamp': () => count.field(at, '@timestamp', ours?.['time'], asMicros(event['@timestamp'])),
    sequence: () => count.field(at, 'sequence', ours?.['sequence'], event['sequence']),
    record_type: () => count.field(at, 'record_type', String(ours?.['code']).toLowerCase(), event['record_type']),
    result: () =>
      count.field(at, 'result', ours?.['outcome'], event['result'] === 'fail' ? 'failure' : event['result']),
    session: () => one(compared, 'session', ['ses'], event['session']),
    summary: () => compareSummary(compared, String(event['record_type']), part(event['summary'])),
    user: () => compareUser(compared, part(event['user'])),
    process: () => compareProcess(compared, part(event['process'])),
    file: () => compareFile(compared, part(event['file'])),
    paths: () => comparePaths(compared, event['paths']),
    data: () => compareData(compared, part(event['data'])),
    source: () => compareAddress(compared, 'source', part(event['source'])),
    destination: () => compareAddress(compared, 'destination', part(event['destination'])),
    tags: () => one(compared, 'tags', ['key'], (event['tags'] as readonly string[]).join(',')),
  };
  for (const [name, value] of Object.entries(event)) {
    if (OWN_WORDS.includes(name)) continue;
    if (known[name]) known[name]();
    else count.field(at, name, 'no counterpart', value);
  }
}

function part(value: unknown): Value {
  return words.safeParse(value).data ?? {};
}

/** A value that one of our records has under one of the names. */
function one({ count, at, records }: Compared, field: string, names: readonly string[], theirs: unknown): void {
  const wanted = said(theirs);
  const ours = records.flatMap((record) => names.flatMap((name) => said(record[name]) ?? []));
  count.field(at, field, wanted !== undefined && ours.includes(wanted) ? wanted : ours[0], wanted);
}

function compareSummary(compared: Compared, type: string, { actor, how }: Value): void {
  one(compared, `${type}.summary.actor.primary`, ['auid'], part(actor)['primary']);
  // The account that acts, or that somebody tried to act as.
  if (said(part(actor)['secondary']))
    one(compared, 'summary.actor.secondary', ['uid', 'acct', 'id', 'old-auid'], part(actor)['secondary']);
  if (said(how)) one(compared, 'summary.how', ['exe', 'comm'], how);
}

function compareUser(compared: Compared, { ids, selinux }: Value): void {
  for (const [name, value] of Object.entries(part(ids))) one(compared, `user.ids.${name}`, [name], value);
  compareLabel(compared, 'user.selinux', ['subj'], part(selinux));
}

function compareLabel(compared: Compared, field: string, names: readonly string[], selinux: Value): void {
  const { user, role, domain, level, category } = selinux as Readonly<Record<string, string | undefined>>;
  if (user !== undefined) one(compared, field, names, label([user, role, domain, level, category]));
}

const PROCESS: Readonly<Record<string, string>> = { title: 'proctitle', name: 'comm' };

function compareProcess(compared: Compared, { args, ...others }: Value): void {
  for (const [name, value] of Object.entries(others)) one(compared, `process.${name}`, [PROCESS[name] ?? name], value);
  if (!Array.isArray(args)) return;
  const execve = compared.records.find(({ type }) => type === 'EXECVE') ?? {};
  args.forEach((value, i) => compared.count.field(compared.at, `process.args.${i}`, execve[`a${i}`], value));
}

const FILE: Readonly<Record<string, string>> = { path: 'name', device: 'rdev', uid: 'ouid', gid: 'ogid' };

function compareFile(compared: Compared, { selinux, mode, ...others }: Value): void {
  for (const [name, value] of Object.entries(others)) one(compared, `file.${name}`, [FILE[name] ?? name], value);
  compareLabel(compared, 'file.selinux', ['obj'], part(selinux));
  if (mode === undefined) return;
  // Without the bits that say what kind of file it is.
  const records = compared.records.map((record) => ({ ...record, mode: withoutKind(record['mode']) }));
  one({ ...compared, records }, 'file.mode', ['mode'], withoutKind(String(mode)));
}

function withoutKind(mode: string | undefined): string {
  return mode === undefined ? '' : (parseInt(mode, 8) & 0o7777).toString(8);
}

function comparePaths(compared: Compared, paths: unknown): void {
  const ours = compared.records.filter(({ type }) => type === 'PATH');
  z.array(words)
    .parse(paths)
    .forEach((theirs, i) => {
      const { obj_user, obj_role, obj_domain, obj_level, obj_category, ...fields } = theirs;
      const at = { ...compared, records: ours.slice(i, i + 1) };
      const selinux = { user: obj_user, role: obj_role, domain: obj_domain, level: obj_level, category: obj_category };
      compareLabel(at, `paths.${i}.obj`, ['obj'], selinux);
      for (const [name, value] of Object.entries(fields)) one(at, `paths.${i}.${name}`, [name], value);
    });
}

const DATA: Readonly<Record<string, string>> = {
  socket_addr: 'laddr',
  socket_port: 'lport',
  socket_family: 'saddr_fam',
  syscall: 'syscall_name',
};

function compareData(compared: Compared, data: Value): void {
  const records = compared.records.map((record) => ({
    ...record,
    ...(record['arch'] && { arch: machineName(record['arch'])! }),
  }));
  for (const [name, value] of Object.entries(data)) {
    const text = String(value);
    const theirs = name === 'exit' ? exitNumber(text) : name === 'socket_family' ? familyName(text) : text;
    one({ ...compared, records }, `data.${name}`, [DATA[name] ?? name], theirs);
  }
}

function compareAddress(compared: Compared, field: string, { ip, port, hostname, path }: Value): void {
  if (ip !== undefined) one(compared, `${field}.ip`, ['addr', 'laddr', 'hostname'], ip);
  if (port !== undefined) one(compared, `${field}.port`, ['lport', 'rport'], port);
  if (hostname !== undefined) one(compared, `${field}.hostname`, ['hostname'], hostname);
  if (path !== undefined) one(compared, `${field}.path`, ['path'], path);
}
