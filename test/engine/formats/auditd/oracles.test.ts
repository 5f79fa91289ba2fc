/**
 * The reader against independent parses of the same files: ausearch (the audit project's own tool), go-libaudit,
 * CrowdSec, Insights and plaso. Every field of theirs is compared; where ours differs on purpose, the list says why.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { auditd } from '../../../../engine/formats/auditd/auditd.ts';
import { formatInstant } from '../../../../shared/time.ts';
import { collectRows, type Collected, type CollectedRow } from '../collect-rows.ts';

const fixture = (name: string): string => readFileSync(`test/fixtures/auditd/${name}`, 'utf8');
const fixtureJson = (name: string): unknown => JSON.parse(fixture(name));
const read = (name: string): Collected => collectRows(auditd, readFileSync(`test/fixtures/auditd/${name}`));

const without = (row: object, names: string): [string, unknown][] =>
  Object.entries(row).filter(([name]) => !names.split(' ').includes(name));

/** All fields of a row, typed or not, as text by their name in the log. */
function fieldsOf(row: CollectedRow): Record<string, string> {
  const { fields, ...columns } = row;
  const typed = without(columns, 'record event_record time').map(([name, value]) => [name, String(value)]);
  const others = typeof fields === 'string' ? (JSON.parse(fields) as Record<string, string>) : {};
  return { ...(Object.fromEntries(typed) as Record<string, string>), ...others };
}

const timeOf = (row: CollectedRow): string => formatInstant(row['time'] as bigint);

/** Where ours is another answer on purpose, and why. The tests below leave out exactly these. */
const differences = {
  syscallOfLogin:
    'ausearch lists the SYSCALL line of a LOGIN as an event of its own, because it takes types below 1300 for single; ' +
    'both carry one stamp and the kernel writes them as one event, so here they are one.',
  subjectOfLogin: 'ausearch gives the subject of a LOGIN before it; the auid of the record is the one after it.',
} as const;

test('every difference has a reason', () => {
  for (const reason of Object.values(differences)) expect(reason).toMatch(/\.$/);
});

describe('ausearch --format csv', () => {
  const read26 = read('gen-audit.log');
  const [header = '', ...lines] = fixture('gen-ausearch.csv').trim().split('\n');
  const names = header.split(',');
  const listed = lines.map((line) => Object.fromEntries(line.split(',').map((value, at) => [names[at]!, value])));
  const logins = new Set(listed.filter(({ EVENT }) => EVENT === 'LOGIN').map(({ SERIAL_NUM }) => SERIAL_NUM));
  // differences.syscallOfLogin
  const events = listed.filter(({ EVENT, SERIAL_NUM }) => EVENT !== 'SYSCALL' || !logins.has(SERIAL_NUM));
  const rows = new Map(read26.rows('events').map((row) => [`${String(row['code'])} ${String(row['sequence'])}`, row]));
  const recordsOf = (event: CollectedRow): readonly CollectedRow[] =>
    read26.rows('auditd_records').filter((row) => row['event_record'] === event.record);

  test('has as many events', () => {
    expect(listed).toHaveLength(228);
    expect(events).toHaveLength(225);
    expect(read26.rows('events')).toHaveLength(events.length);
    expect(rows.size).toBe(events.length);
  });

  test.each(events.map((event) => [`${event['EVENT']} ${event['SERIAL_NUM']}`, event] as const))(
    '%s',
    (key, theirs) => {
      const ours = rows.get(key);
      if (!ours) throw new Error(`No event ${key}`);
      const records = recordsOf(ours).map(fieldsOf);
      const value = (name: string): string | undefined => records.find((record) => record[name] !== undefined)?.[name];
      const [month, day, year] = (theirs['DATE'] ?? '').split('/');
      expect({
        node: ours['system'] ?? '',
        time: timeOf(ours).slice(0, 19),
        session: value('ses') ?? 'unset',
        result: { success: 'success', failure: 'failed' }[String(ours['outcome'])] ?? '',
        // differences.subjectOfLogin
        isUnset: value(theirs['EVENT'] === 'LOGIN' ? 'none' : 'auid') === undefined,
      }).toEqual({
        node: theirs['NODE'],
        time: `20${year}-${month}-${day}T${theirs['TIME']}`,
        session: ['', '-1'].includes(theirs['SESSION'] ?? '') ? 'unset' : theirs['SESSION'],
        result: theirs['RESULT'],
        isUnset: isUnset(theirs['SUBJ_PRIME'] ?? '', records),
      });
      if ((theirs['HOW'] ?? '').startsWith('/')) expect(value('exe')).toBe(theirs['HOW']);
    },
  );

  /** ausearch names the account that tried to log in where nobody is logged in, and `system` for the rest. */
  function isUnset(subject: string, records: readonly Record<string, string>[]): boolean {
    return (
      subject === 'system' ||
      subject === '' ||
      records.some(({ acct, type }) => type === 'USER_LOGIN' && acct === subject)
    );
  }
});

test('ausearch --format csv of enriched lines of two nodes that share a stamp', () => {
  const [header = '', ...lines] = fixture('enriched-nodes.ausearch.csv').trim().split('\n');
  const names = header.split(',');
  const theirs = lines.map((line) => Object.fromEntries(line.split(',').map((value, at) => [names[at]!, value])));
  const { rows, rejects } = read('enriched-nodes.log');
  expect(rejects).toEqual([]);
  expect(theirs).toHaveLength(3);
  const ours = rows('events').map((row) => [row['system'], row['code'], row['sequence'], row['actor'], row['outcome']]);
  expect(ours).toEqual(
    theirs.map(({ NODE, EVENT, SERIAL_NUM, SUBJ_PRIME, RESULT }) => [
      NODE,
      EVENT,
      Number(SERIAL_NUM),
      SUBJ_PRIME?.replace(/^unknown\((\d+)\)$/, '$1'),
      RESULT,
    ]),
  );
});

describe('ausearch --interpret', () => {
  const theirs = fixture('gen-ausearch.interpret.txt')
    .split('\n')
    .filter((line) => line.startsWith('type='));
  const ours = [...read('gen-audit.log').rows('auditd_records')].sort(
    (a, b) => Number(a['serial']) - Number(b['serial']) || a.record - b.record,
  );
  const accounts: Readonly<Record<string, string>> = { '0': 'root', '1001': 'alice', '1002': 'unknown(1002)' };
  const asWritten = 'pid ppid tty comm exe acct addr terminal op name cwd hostname proctitle cmd item inode grantors';

  /** How ausearch prints what these fields hold. */
  function printed(row: Record<string, string>, name: string, value: string): string | undefined {
    if (name === 'syscall_name') return `syscall=${value}`;
    if (['uid', 'auid', 'euid', 'suid', 'fsuid', 'ouid'].includes(name)) return `${name}=${accounts[value] ?? value}`;
    if (name === 'exit' && row['success'] === 'true') return `exit=${value}`;
    if (name === 'saddr_fam') return `saddr={ saddr_fam=${value}`;
    if (name === 'key')
      return value
        .split(',')
        .map((key) => `key=${key}`)
        .join(' ');
    if (name === 'lport' || name === 'laddr') return `${name}=${value}`;
    if (row['type'] === 'EXECVE' && /^a\d/.test(name) && !name.endsWith('_len')) return `${name}=${value}`;
    return asWritten.split(' ').includes(name) ? `${name}=${value}` : undefined;
  }

  test('every line and every field that both print', () => {
    expect(theirs).toHaveLength(721);
    expect(ours).toHaveLength(721);
    let compared = 0;
    const differing: string[] = [];
    ours.forEach((row) => {
      const line = `${lineOf(row)} `;
      const fields = fieldsOf(row);
      const wanted = [`type=${String(row['type'])} `, `:${String(row['serial'])}) `];
      for (const [name, value] of Object.entries(fields)) {
        const text = printed(fields, name, value);
        if (text !== undefined) wanted.push(` ${text}`);
      }
      compared += wanted.length;
      // ausearch writes a line feed inside a value as a space would stand there; no value here holds one.
      differing.push(...wanted.filter((text) => !line.replaceAll("'", ' ').includes(text.replaceAll("'", ' '))));
    });
    expect(differing).toEqual([]);
    expect(compared).toBeGreaterThan(4500);
  });

  /** ausearch prints the lines of an event from the last to the first. */
  function lineOf(row: CollectedRow): string {
    const start = `type=${String(row['type'])} `;
    const line = theirs.findLastIndex((text) => text.startsWith(start) && text.includes(`:${String(row['serial'])}) `));
    return theirs.splice(line, 1)[0] ?? '';
  }
});

describe('go-libaudit', () => {
  interface Golden {
    readonly '@timestamp': string;
    readonly record_type: string;
    readonly sequence: number;
    readonly data: Readonly<Record<string, string>> | null;
    readonly keys?: readonly string[];
  }
  const errors: Readonly<Record<string, string>> = { EINPROGRESS: '-115', ENOENT: '-2', EACCES: '-13' };

  /** Theirs in our words. */
  function inOurWords({ data, keys }: Golden, type: string): Record<string, string> {
    const { result, subj_user, subj_role, subj_domain, subj_level, subj_category, ...rest } = data ?? {};
    const { obj_user, obj_role, obj_domain, obj_level, obj_category, ...fields } = rest;
    const label = (parts: readonly (string | undefined)[]) => parts.filter((part) => part !== undefined).join(':');
    const found: Record<string, string> = { ...fields };
    if (subj_user) found['subj'] = label([subj_user, subj_role, subj_domain, subj_level, subj_category]);
    if (obj_user) found['obj'] = label([obj_user, obj_role, obj_domain, obj_level, obj_category]);
    if (keys) found['key'] = keys.join(',');
    if (result) found['success'] = String(result === 'success');
    for (const id of ['auid', 'ses']) if (found[id] === 'unset') delete found[id];
    if (found['old-auid'] === 'unset') found['old-auid'] = '4294967295';
    if (found['exit'] && errors[found['exit']]) found['exit'] = errors[found['exit']]!;
    if (type === 'SYSCALL') {
      found['syscall_name'] = found['syscall'] ?? '';
      delete found['syscall'];
      delete found['arch'];
    }
    if (type === 'SOCKADDR') {
      const renamed = renamedSocket(found);
      return { ...found, ...renamed };
    }
    return found;
  }

  const families: Readonly<Record<string, string>> = { ipv4: 'inet', ipv6: 'inet6', unix: 'local' };

  function renamedSocket(found: Record<string, string>): Record<string, string> {
    const { family = '', addr, port } = found;
    for (const name of ['family', 'addr', 'port', 'saddr']) delete found[name];
    return { saddr_fam: families[family] ?? family, ...(addr && { laddr: addr }), ...(port && { lport: port }) };
  }

  /** Ours without what theirs leaves out: what stands for nothing, the words, and what is kept a second time. */
  function comparable(row: CollectedRow): Record<string, string> {
    const shared = without(fieldsOf(row), 'type serial res text saddr arch syscall') as [string, string][];
    const kept = shared.filter(([, value]) => value !== '?' && value !== '');
    return Object.fromEntries(kept);
  }

  test.each(['rhel6', 'rhel7', 'ubuntu14'])('every field of %s', (system) => {
    const golden = fixtureJson(`golibaudit-audit-${system}.log.golden.json`) as Golden[];
    const collected = read(`golibaudit-audit-${system}.log`);
    const readable = golden.filter((theirs) => theirs !== null && theirs.data !== null && theirs['@timestamp']);
    const rows = collected.rows('auditd_records');
    expect(rows.length).toBe(readable.length);
    expect(collected.rejects.length).toBe(golden.length - readable.length);
    rows.forEach((row, at) => {
      const theirs = readable[at]!;
      const words = inOurWords(theirs, String(row['type']));
      expect({ type: row['type'], serial: row['serial'], millis: Date.parse(timeOf(row)) }).toEqual({
        type: theirs.record_type.toUpperCase(),
        serial: theirs.sequence,
        millis: Date.parse(theirs['@timestamp']),
      });
      expect({ at, ...comparable(row) }).toEqual({ at, ...words });
    });
  });

  test.each(['rhel-7-linux-3.10.0', 'ubuntu-16.04-linux-4.13.0', 'ubuntu-16.10-linux-4.8.0'])(
    'events of %s',
    (system) => {
      const lines = fixture(`golibaudit-coalesce-${system}.yaml`)
        .split('\n')
        .map((line) => line.trim());
      const collected = collectRows(auditd, lines.filter((line) => line.startsWith('type=')).join('\n'));
      const golden = fixtureJson(`golibaudit-coalesce-${system}.golden.json`) as { event: CoalescedEvent }[];
      expect(collected.rejects).toEqual([]);
      const ours = collected.rows('events').map((row) => ({
        sequence: row['sequence'],
        type: String(row['code']).toLowerCase(),
        time: Date.parse(timeOf(row)),
        result: row['outcome'] === undefined ? '' : row['outcome'] === 'success' ? 'success' : 'fail',
      }));
      const theirs = golden.map(({ event }) => ({
        sequence: event.sequence,
        type: event.record_type,
        time: Date.parse(event['@timestamp']),
        result: event.result ?? '',
      }));
      const order = (a: { sequence: unknown }, b: { sequence: unknown }) => Number(a.sequence) - Number(b.sequence);
      expect([...ours].sort(order)).toEqual([...theirs].sort(order));
    },
  );

  interface CoalescedEvent {
    readonly '@timestamp': string;
    readonly sequence: number;
    readonly record_type: string;
    readonly result?: string;
  }
});

describe('CrowdSec', () => {
  const expected = fixtureJson('crowdsec-auditd-logs.expected.json') as {
    stage: string;
    line: number;
    path: string;
    expected: unknown;
  }[];
  const rows = read('crowdsec-auditd-logs.log').rows('auditd_records');
  const theirs = expected.filter(({ path }) => path.startsWith('Evt.Unmarshaled["auditd"]'));

  test('every field of every line', () => {
    expect(theirs.length).toBeGreaterThan(100);
    for (const { line, path, expected: value } of theirs) {
      const name = /\["(\w+)"\]$/.exec(path)?.[1] ?? '';
      const row = rows[line];
      const ours = row && { success: '', ...fieldsOf(row) };
      const written = name === 'success' ? { true: 'yes', false: 'no' }[ours!.success] : ours?.[name as 'success'];
      if (name === 'msg') continue; // the audit stamp as text; the ausearch tests compare its parts
      expect([line, name, written ?? '(null)']).toEqual([line, name, value]);
    }
  });

  test.each([
    ['auditd-base64-exec', '26843'],
    ['auditd-postexploit-rm', '26843'],
  ])('the records of its detection in %s', (name, parent) => {
    const metas = [
      ...fixture(`crowdsec-${name}.scenario.assert.txt`).matchAll(/Events\[(\d+)\]\.GetMeta\("(\w+)"\) == "(.*)"/g),
    ];
    const fields = new Map(
      read(`crowdsec-${name}.log`)
        .rows('auditd_records')
        .map((row) => [String(row['serial']), fieldsOf(row)]),
    );
    const byEvent = new Map(metas.map(([, event]) => [event, metas.filter((meta) => meta[1] === event)]));
    expect(byEvent.size).toBeGreaterThan(1);
    for (const meta of byEvent.values()) {
      const value = Object.fromEntries(meta.map(([, , key, text]) => [key!, text!]));
      const ours = fields.get(value['auditd_eventid']!);
      const { exe, auid, uid, tty, ppid } = ours ?? {};
      expect({ exe, auid, uid, tty, ppid, call: ours?.['syscall_name'] }).toEqual({
        ...{ exe: value['exe'], auid: value['auid'], uid: value['uid'], tty: value['tty'], ppid: value['ppid'] },
        call: value['log_type'],
      });
      expect(ppid).toBe(parent);
    }
  });
});

describe('Insights', () => {
  test('an access denial', () => {
    const asserts = fixtureJson('insights-audit_log.expected.json') as { assert?: string }[];
    const stated = asserts.find(({ assert }) => assert?.startsWith('logs[0] == {'))?.assert ?? '';
    const theirs = Object.fromEntries(
      [...stated.matchAll(/'(\w+)': '([^']*)'/g)].map(([, key, value]) => [key!, value!]),
    );
    const [row] = read('insights-audit_log-AUDIT_LOG_NORMAL.txt').rows('auditd_records');
    const { type, pid, comm, scontext, tcontext, tclass, serial, seresult, seperms } = fieldsOf(row!);
    expect({ type, pid, comm, scontext, tcontext, tclass, msg_ID: serial }).toEqual({
      ...{ type: theirs['type'], pid: theirs['pid'], comm: theirs['comm'], scontext: theirs['scontext'] },
      ...{ tcontext: theirs['tcontext'], tclass: theirs['tclass'], msg_ID: theirs['msg_ID'] },
    });
    expect(Date.parse(timeOf(row!)) / 1000).toBe(Number(theirs['timestamp']));
    expect(`avc:  ${seresult}  { ${seperms} } for`).toBe(theirs['unparsed']);
  });

  test.each(['AUDIT_LOG_WITHOUT_TIMESTAMP_FIELD', 'DUMMY_AUDIT_LOG_2'])('%s is rejected', (name) => {
    expect(read(`insights-audit_log-${name}.txt`).rejects).toHaveLength(1);
  });
});

describe('plaso', () => {
  const [{ expect: events, counts }] = fixtureJson('plaso-selinux.expected.json') as [
    { expect: { event_index: number; values: Record<string, string | number> }[]; counts: Record<string, number> },
  ];
  const collected = read('plaso-selinux.log');
  const rows = collected.rows('auditd_records');

  test('as many records and as many refused', () => {
    expect(rows).toHaveLength(counts['event_data']!);
    expect(collected.rejects).toHaveLength(counts['extraction_warning']!);
  });

  test('every field', () => {
    const ourName: Readonly<Record<string, string>> = {
      ...{ audit_serial: 'serial', audit_type: 'type', pid: 'pid', audit_login_identifier: 'auid', success: 'success' },
      ...{ audit_session_identifier: 'ses', executable: 'exe', exit_code: 'exit', group_identifier: 'gid' },
      ...{ parent_process_identifier: 'ppid', process_name: 'comm', security_context: 'subj', system_call: 'syscall' },
      ...{ user_identifier: 'uid', message_body: 'text' },
    };
    let compared = 0;
    for (const { event_index, values } of events) {
      const ours = { ...fieldsOf(rows[event_index]!) };
      ours['success'] &&= ours['success'] === 'true' ? 'yes' : 'no';
      for (const [name, value] of Object.entries(values)) {
        if (name === 'data_type') continue;
        if (name === 'message_body' && ours['text'] === undefined) continue; // its fields are compared one by one
        if (name === 'last_written_time')
          expect(Date.parse(timeOf(rows[event_index]!))).toBe(Date.parse(String(value)));
        else expect([event_index, name, ours[ourName[name] ?? '']]).toEqual([event_index, name, String(value)]);
        compared++;
      }
    }
    expect(compared).toBe(26);
  });
});
