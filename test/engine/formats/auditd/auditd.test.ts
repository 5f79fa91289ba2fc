import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { auditd } from '../../../../engine/formats/auditd/auditd.ts';
import { formatInstant } from '../../../../shared/time.ts';
import { collectRows, type Collected, type CollectedRow, inPieces } from '../collect-rows.ts';
import { damageLines } from '../damage.ts';

const folder = 'test/fixtures/auditd';
const logs = readdirSync(folder).filter((name) => name.endsWith('.log') || /^insights.*\.txt$/.test(name));
const bytesOf = (name: string): Uint8Array => readFileSync(`${folder}/${name}`);
const read = (...lines: readonly string[]): Collected => collectRows(auditd, lines.join('\n'));

/** The only event, without what the reader always fills in. */
function onlyEvent(...lines: readonly string[]): CollectedRow {
  const { rejects, rows } = read(...lines);
  expect(rejects).toEqual([]);
  expect(rows('events')).toHaveLength(1);
  return rows('events')[0]!;
}

const stamp = 'msg=audit(1772323200.123:77):';
const loginFields = 'hostname=? addr=198.51.100.7 terminal=ssh';

describe('every file of the corpus', () => {
  test.each(logs)('%s: nothing is lost, and pieces of any size give the same', (name) => {
    const bytes = bytesOf(name);
    const whole = collectRows(auditd, bytes);
    const lines = bytes
      .toString()
      .split('\n')
      .filter((line) => line.trim() !== '');
    expect(whole.records).toBe(lines.length);
    expect(whole.spans.map(({ byte, length }) => Buffer.from(bytes.subarray(byte, byte + length)).toString())).toEqual(
      lines,
    );
    for (const size of [1, 7, 65_536]) {
      const pieces = collectRows(auditd, inPieces(bytes, size));
      expect(pieces.tables).toEqual(whole.tables);
      expect(pieces.rejects).toEqual(whole.rejects);
      expect(pieces.spans).toEqual(whole.spans);
    }
  });

  test.each([1, 2, 3, 4, 5])('with a tenth of its lines damaged (seed %i) every other line reads as before', (seed) => {
    const lines = bytesOf('gen-audit.log')
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => Buffer.from(line));
    const { bytes, damaged } = damageLines(lines, seed);
    const before = collectRows(auditd, Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])));
    const after = collectRows(auditd, bytes);
    expect(after.records).toBe(721);
    expect(damaged.size).toBeGreaterThan(40);
    // Which line is the first of its event may change with the damage; nothing else of the others may.
    const others = (collected: Collected) =>
      collected
        .rows('auditd_records')
        .filter(({ record }) => !damaged.has(record))
        .map((row) => ({ ...row, event_record: 0 }));
    expect(others(after)).toEqual(others(before));
    for (const { record } of after.rejects) expect(damaged).toContain(record);
  });
});

describe('an event of several lines', () => {
  const syscall = (serial: number, time = '1772323200.000', node = '') =>
    `${node}type=SYSCALL msg=audit(${time}:${serial}): arch=c000003e syscall=59 success=yes exit=0 pid=9 auid=1000 uid=0 ses=1 exe="/usr/bin/id"`;
  const execve = (serial: number, time = '1772323200.000', node = '') =>
    `${node}type=EXECVE msg=audit(${time}:${serial}): argc=1 a0="id${serial}"`;
  const messages = (collected: Collected) => collected.rows('events').map((row) => row['message']);

  test('is joined when its lines are mixed with those of others', () => {
    const collected = read(syscall(1), syscall(2), syscall(3), execve(2), execve(3), execve(1));
    expect(collected.rows('auditd_records').map((row) => row['event_record'])).toEqual([1, 2, 3, 2, 3, 1]);
    expect(collected.rows('events').map((row) => [row.record, row['sequence'], row['message']])).toEqual([
      [1, 1, 'id1'],
      [2, 2, 'id2'],
      [3, 3, 'id3'],
    ]);
  });

  test('is not joined with that of another node, nor with the same serial after a boot', () => {
    const other = read(syscall(1, '1772323200.000', 'node=a '), execve(1, '1772323200.000', 'node=b '));
    expect(other.rows('events').map((row) => row['system'])).toEqual(['a', 'b']);
    expect(read(syscall(1, '1772323200.000'), execve(1, '1772323900.000')).rows('events')).toHaveLength(2);
  });

  test('closes at EOE; an EOE that comes late is a record but no event', () => {
    const eoe = (serial: number) => `type=EOE msg=audit(1772323200.000:${serial}):`;
    const collected = read(syscall(1), execve(1), eoe(1), eoe(1));
    expect(collected.rows('events')).toHaveLength(1);
    expect(collected.rows('auditd_records')).toHaveLength(4);
  });

  test('closes when a line is two seconds younger', () => {
    const late = read(syscall(1), syscall(2, '1772323202.000'), execve(1), execve(2, '1772323202.000'));
    expect(messages(late)).toEqual([undefined, 'id2', 'id1']);
    const inTime = read(syscall(1), syscall(2, '1772323201.999'), execve(1), execve(2, '1772323201.999'));
    expect(messages(inTime)).toEqual(['id1', 'id2']);
  });

  test('of which thousands begin and none ends keeps memory bounded', () => {
    const lines = Array.from({ length: 5000 }, (_, serial) => syscall(serial));
    const collected = read(...lines, execve(0), execve(4999));
    expect(collected.rows('events')).toHaveLength(5001);
    expect(messages(collected)).toContain('id4999');
  });

  test('gives the command line, its long argument put together, a character cut between two pieces whole', () => {
    const head = syscall(5);
    const euro = Buffer.from('€').toString('hex').toUpperCase();
    const event = onlyEvent(
      head,
      `type=EXECVE msg=audit(1772323200.000:5): argc=3 a0="bash" a1="-c" a2_len=12 a2[0]=6563686F20${euro.slice(0, 2)}`,
      `type=EXECVE msg=audit(1772323200.000:5): a2[1]=${euro.slice(2)}`,
    );
    expect(event).toMatchObject({
      class: 'process_activity',
      activity: 'launch',
      code: 'SYSCALL',
      target: '/usr/bin/id',
      message: "bash -c 'echo €'",
      actor: '1000',
    });
  });

  test('of one endless command is cut', () => {
    const long = Array.from(
      { length: 40 },
      (_, at) => `type=EXECVE msg=audit(1772323200.000:5): a1[${at}]=${'41'.repeat(4000)}`,
    );
    const { message } = onlyEvent(syscall(5), 'type=EXECVE msg=audit(1772323200.000:5): argc=2 a0="echo"', ...long);
    expect(String(message)).toMatch(/^echo A+ \[cut\]$/);
    expect(String(message).length).toBeLessThan(70_000);
  });
});

describe('what controls ask', () => {
  test('a direct log-in of root', () => {
    const byId = onlyEvent(
      `type=USER_LOGIN ${stamp} pid=1 uid=0 auid=0 ses=4 msg='op=login id=0 exe="/usr/sbin/sshd" ${loginFields} res=success'`,
    );
    expect(byId).toMatchObject({
      ...{ class: 'authentication', activity: 'logon', code: 'USER_LOGIN', actor: 'root', target: 'root' },
      ...{ src_ip: '198.51.100.7', outcome: 'success', sequence: 77, stream: 'auditd' },
    });
    expect(formatInstant(byId['time'] as bigint)).toBe('2026-03-01T00:00:00.123Z');
    const byName = onlyEvent(
      `type=USER_START ${stamp} pid=1 uid=0 auid=0 ses=4 msg='op=PAM:session_open acct="root" exe="/usr/sbin/sshd" ${loginFields} res=success'`,
    );
    expect(byName).toMatchObject({ activity: 'logon', actor: 'root', target: 'root', outcome: 'success' });
  });

  test('a session that cron opens for root is no log-in', () => {
    const cron = onlyEvent(
      `type=USER_START ${stamp} pid=1 uid=0 auid=0 ses=4 msg='op=PAM:session_open acct="root" exe="/usr/sbin/crond" hostname=? addr=? terminal=cron res=success'`,
    );
    expect(cron).toMatchObject({ activity: 'session_open', target: 'root' });
  });

  test('root by sudo names who asked for it, by id or by the name that an enriched line gives', () => {
    const line = `type=USER_START ${stamp} pid=1 uid=0 auid=1001 ses=4 msg='op=PAM:session_open acct="root" exe="/usr/bin/sudo" hostname=? addr=? terminal=/dev/pts/0 res=success'`;
    const expected = { class: 'authentication', activity: 'account_switch', target: 'root', outcome: 'success' };
    expect(onlyEvent(line)).toMatchObject({ ...expected, actor: '1001' });
    expect(onlyEvent(`${line}\u001dUID="root" AUID="alice"`)).toMatchObject({ ...expected, actor: 'alice' });
  });

  test.each(['su-l', 'runuser', 'runuser-l', 'sudo-i', 'sudo-rs', 'polkit-agent-helper-1', 'doas', 'pkexec'])(
    'root by %s names who logged in; where nobody did, nobody',
    (program) => {
      const line = (auid: string) =>
        `type=USER_START ${stamp} pid=1 uid=0 auid=${auid} ses=4 msg='op=PAM:session_open acct="root" exe="/usr/bin/${program}" hostname=? addr=? terminal=? res=success'`;
      const expected = { activity: 'account_switch', target: 'root' };
      expect(onlyEvent(line('0'))).toMatchObject({ ...expected, actor: 'root' });
      expect(onlyEvent(line('4294967295'))).toMatchObject(expected);
      expect(onlyEvent(line('4294967295'))['actor']).toBeUndefined();
      expect(onlyEvent(line('4294967295').replace('uid=0', 'uid=1001'))['actor']).toBe('1001');
    },
  );

  test('a command by sudo', () => {
    const command = onlyEvent(
      `type=USER_CMD ${stamp} pid=1 uid=1001 auid=1001 ses=4 msg='cwd="/home/alice" cmd=636174202F6574632F736861646F77 exe="/usr/bin/sudo" terminal=pts/0 res=failed'\u001dAUID="alice"`,
    );
    expect(command).toMatchObject({
      class: 'process_activity',
      actor: 'alice',
      target: 'cat /etc/shadow',
      outcome: 'failure',
    });
  });

  test.each([
    ['DAEMON_START', 'op=start ver=3.0.9 auid=4294967295 pid=1 uid=0 ses=4294967295 res=success', 'start', 'root'],
    ['DAEMON_END', 'op=terminate auid=0 uid=0 ses=2 pid=1 res=success', 'stop', 'root'],
    ['DAEMON_ABORT', 'op=abort auid=0 uid=0 res=failed', 'stop', 'root'],
    ['DAEMON_ROTATE', 'op=rotate-logs auid=-1 uid=-1 ses=-1 pid=-1 res=success', 'rotate', undefined],
    ['CONFIG_CHANGE', 'auid=1000 ses=1 op=add_rule key="identity" list=4 res=1', 'change', '1000'],
  ])('%s', (type, fields, activity, actor) => {
    const event = onlyEvent(`type=${type} ${stamp} ${fields}`);
    expect(event).toMatchObject({ class: 'event_log_activity', activity, code: type });
    expect(event['actor']).toBe(actor);
  });

  test('an end of the audit daemon as old daemons wrote it, without the colon', () => {
    const end = onlyEvent(
      'type=DAEMON_END msg=audit(1481078697.892:7799) auditd normal halt, sending auid=? pid=? subj=? res=success',
    );
    expect(end).toMatchObject({ activity: 'stop', outcome: 'success', sequence: 7799 });
  });

  test('accounts made, changed and removed', () => {
    const add = onlyEvent(
      `type=ADD_USER ${stamp} pid=1 uid=0 auid=1001 ses=1 msg='op=adding user id=1002 exe="/usr/sbin/useradd" hostname=? addr=? terminal=pts/1 res=success'`,
    );
    expect(add).toMatchObject({
      class: 'user_management',
      activity: 'create',
      actor: '1001',
      target: '1002',
      outcome: 'success',
    });
    expect(add['message']).toBe('ADD_USER: adding user of 1002 by 1001 (success).');
    const remove = onlyEvent(
      `type=DEL_USER ${stamp} pid=1 uid=0 auid=0 ses=1 msg='op=delete-user acct="bob" exe="/usr/sbin/userdel" res=failed'`,
    );
    expect(remove).toMatchObject({ activity: 'delete', actor: 'root', target: 'bob', outcome: 'failure' });
  });

  test('an access that SELinux denied', () => {
    const denied = onlyEvent(
      `type=AVC ${stamp} avc:  denied  { read write } for  pid=1 comm="httpd" path="/etc/shadow" scontext=a:b:c:s0 tcontext=d:e:f:s0 tclass=file permissive=0`,
    );
    expect(denied).toMatchObject({
      class: 'access_control',
      activity: 'denied',
      target: '/etc/shadow',
      outcome: 'failure',
    });
    expect(denied['message']).toBe('AVC: denied read write of file on /etc/shadow for httpd.');
  });

  test('records that the kernel lost', () => {
    expect(onlyEvent(`type=KERNEL ${stamp} audit_lost=12 audit_rate_limit=0 audit_backlog_limit=64`)).toMatchObject({
      ...{ class: 'event_log_activity', activity: 'loss', message: 'The kernel counts 12 lost audit records.' },
    });
  });

  test('a connection, with its address', () => {
    const connect = onlyEvent(
      `type=SYSCALL ${stamp} arch=c000003e syscall=42 success=no exit=-111 pid=1 auid=1001 uid=1001 ses=1 exe="/usr/bin/curl"`,
      `type=SOCKADDR ${stamp} saddr=020001BBC63364070000000000000000`,
    );
    expect(connect).toMatchObject({
      class: 'network_activity',
      activity: 'open',
      dst_ip: '198.51.100.7',
      dst_port: 443,
    });
  });
});

describe('fields', () => {
  const fieldsOf = (row: CollectedRow | undefined): unknown => JSON.parse(String(row?.['fields'] ?? '{}'));
  const record = (line: string): CollectedRow => read(line).rows('auditd_records')[0]!;

  test('unset ids are NULL', () => {
    const row = record(`type=SYSCALL ${stamp} auid=4294967295 ses=4294967295 uid=0 euid=-1`);
    expect([row['auid'], row['ses'], row['uid'], row['euid']]).toEqual([undefined, undefined, 0, undefined]);
  });

  test('hexadecimal is decoded, bad UTF-8 in it replaced, quoted text left alone', () => {
    expect(record(`type=SYSCALL ${stamp} comm=66C3AF6C65 exe="6162" key=6101620163`)).toMatchObject({
      ...{ comm: 'fïle', exe: '6162', key: 'a,b,c' },
    });
    expect(record(`type=PATH ${stamp} name=61FF62`)).toMatchObject({ name: 'a\ufffdb' });
    expect(record(`type=PATH ${stamp} name=(null)`)['name']).toBeUndefined();
    expect(fieldsOf(record(`type=PROCTITLE ${stamp} proctitle=6C73002D6C00`))).toEqual({ proctitle: 'ls -l' });
  });

  test('a value that does not fit its column, a second value and an unknown name stay in fields', () => {
    const row = record(`type=X ${stamp} pid=abc pid=7 exit=1 exit=2 __proto__=3 constructor=4 weird=`);
    expect(row).toMatchObject({ pid: 7, exit: 1 });
    expect(fieldsOf(row)).toEqual({ pid: 'abc', exit: '2', '__proto__#1': '3', constructor: '4', weird: '' });
  });

  test.each([
    ['c000003e', 59, 'execve'],
    ['c000003e', 0x40000000 + 1, 'write'],
    ['c000003e', 462, 'mseal'],
    ['40000003', 11, 'execve'],
    ['c00000b7', 221, 'execve'],
    ['c00000b7', 56, 'openat'],
    ['ffffffff', 1, undefined],
  ])('system call of %s, %i', (arch, number, name) => {
    expect(record(`type=SYSCALL ${stamp} arch=${arch} syscall=${number}`)['syscall_name']).toBe(name);
  });

  test.each([
    ['020001BBC63364070000000000000000', { saddr_fam: 'inet', laddr: '198.51.100.7', lport: '443' }],
    ['0A00001600000000000000000000000000000000000000010000000000', { saddr_fam: 'inet6', laddr: '::1', lport: '22' }],
    ['01002F6465762F6C6F6700', { saddr_fam: 'local', path: '/dev/log' }],
    ['0100006162', { saddr_fam: 'local', path: '@ab' }],
    ['0002', { saddr_fam: '2' }],
    ['01', {}],
    ['', {}],
    ['zz', {}],
  ])('socket address %s', (saddr, expected) => {
    expect(fieldsOf(record(`type=SOCKADDR ${stamp} saddr=${saddr}`))).toEqual({ saddr, ...expected });
  });
});

describe('lines that are no audit record', () => {
  test.each([
    ['type=SYSCALL', /no record type/],
    ['type= msg=audit(1.1:1): x', /no record type/],
    ['node=a', /ends after node=/],
    ['type=AVC msg=whatever(1506487181.009:32794): avc:', /no audit stamp/],
    ['type=AVC msg=audit(1506487181:1): x', /stamp is not/],
    ['type=AVC msg=audit(1506487181.009:): x', /stamp is not/],
    ['type=AVC msg=audit(99999999999999.009:1): x', /stamp is not/],
    ['type=AVC msg=audit(1506487181.009:1', /stamp is not/],
    ['\0\0\0type=AVC msg=audit(1506487181.009:1): x', /begins with 3 NUL bytes/],
    ['{"type":"AVC"}', /does not begin with type=/],
    ['----', /does not begin with type=/],
  ])('%j', (line, reason) => {
    const { rejects, records } = read(line);
    expect(records).toBe(1);
    expect(rejects[0]?.reason).toMatch(reason);
    expect(rejects[0]?.raw).toBe(line);
  });

  test('a line of more than 16 MiB is rejected with its length, and the next is read', () => {
    const long = `type=A ${stamp} x=${'y'.repeat(17 * 1024 * 1024)}`;
    const { rejects, records, rows } = collectRows(auditd, `${long}\ntype=B ${stamp}`);
    expect(records).toBe(2);
    expect(rejects[0]?.reason).toContain(`The line is ${long.length} bytes long`);
    expect(rejects[0]?.raw).toHaveLength(64 * 1024);
    expect(rows('auditd_records')[0]).toMatchObject({ type: 'B', record: 2 });
  });
});

test('lines made to take time or memory take little', () => {
  const many = 4_000_000;
  const hostile = [
    `type=PATH ${stamp} name=${'00'.repeat(many)}41`,
    `type=PROCTITLE ${stamp} proctitle=${'00'.repeat(many)}41`,
    `type=X ${stamp} ${'a=1 '.repeat(many)}`,
    `type=X ${stamp} ${'w '.repeat(many)}`,
    `type=X ${stamp} ${`'`.repeat(many)}`,
    `type=USER_CMD ${stamp} msg='op=${' x'.repeat(many)}`,
    `type=AVC ${stamp} avc: denied { ${'} '.repeat(many)}`,
    ...Array.from({ length: 200 }, () => `type=X ${stamp} ${'a=1 '.repeat(1900)}`),
  ];
  const started = performance.now();
  const { rejects, rows } = read(...hostile);
  expect(performance.now() - started).toBeLessThan(20_000);
  expect(rejects).toEqual([]);
  expect(rows('auditd_records')).toHaveLength(hostile.length);
});

test('the system is the node of the line, else that of the source', () => {
  const lines = `type=USER_ACCT ${stamp} pid=1\nnode=db-1 type=USER_ACCT ${stamp} pid=1`;
  const { rows } = collectRows(auditd, lines, { system: 'web-1' });
  expect(rows('events').map((row) => row['system'])).toEqual(['web-1', 'db-1']);
});

describe('recognition', () => {
  test.each(logs)('%s', (name) => {
    const readable = !/WITHOUT_TIMESTAMP|DUMMY/.test(name);
    expect(auditd.recognise(bytesOf(name)).confidence > 0).toBe(readable);
  });

  test('says how many lines match', () => {
    expect(auditd.recognise(bytesOf('golibaudit-audit-rhel7.log'))).toEqual({
      ...{ confidence: 0.98, reason: '49 of the first 50 lines match type=... msg=audit(...).' },
    });
  });

  test.each(['', '{"a":1}', 'a,b\n1,2', '<xml/>', 'Mar  1 00:00:00 web-1 audit: type=1400 audit(1.1:1): x'])(
    'not %j',
    (text) => {
      expect(auditd.recognise(new TextEncoder().encode(text)).confidence).toBe(0);
    },
  );
});

describe('the bytes of the evidence', () => {
  const line =
    'type=USER_CMD msg=audit(1772323200.123:9): a="\u001d" key="x\u0001y" cmd=6C73 proctitle="a\0b" ' +
    'comm="zoë" name="x\0"\u001dUID="a\u001db" op=adding user\'\n';

  test('are not changed by reading them, nor looked at again once they were handed over', () => {
    const bytes = Buffer.from(line.repeat(50));
    const before = Buffer.from(bytes);
    const whole = collectRows(auditd, bytes);
    expect(bytes.equals(before)).toBe(true);
    // A Buffer whose memory is used again for every piece, as the pieces of a file might be.
    const piece = Buffer.alloc(100);
    let at = 0;
    const again = collectRows(auditd, {
      *[Symbol.iterator]() {
        for (; at < bytes.length; at += 100) {
          const length = bytes.copy(piece, 0, at);
          yield piece.subarray(0, length);
        }
      },
    } as unknown as readonly Uint8Array[]);
    expect(again.tables).toEqual(whole.tables);
  });
});

describe('what no audit daemon writes', () => {
  test('a number of a system call that has no room in its column is kept in fields', () => {
    const { rows } = read(`type=SYSCALL ${stamp} arch=c000003e syscall=2147483648 syscall=59 pid=1`);
    expect(rows('auditd_records')[0]).toMatchObject({
      syscall: 59,
      syscall_name: 'execve',
      fields: '{"syscall":"2147483648"}',
    });
  });

  test.each(['toString', 'constructor', '__proto__'])('a type with a name that JavaScript knows: %s', (type) => {
    expect(onlyEvent(`type=${type} ${stamp} pid=1 uid=0`)).toMatchObject({ code: type, message: `${type} by root.` });
    expect(onlyEvent(`type=${type} ${stamp} pid=1 uid=0`)['class']).toBeUndefined();
  });
});
