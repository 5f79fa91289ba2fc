import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ReadContext } from '../../../../engine/formats/format.ts';
import { journald } from '../../../../engine/formats/journald/journald.ts';
import { recogniseFormat } from '../../../../engine/formats/registry.ts';
import { formatInstant } from '../../../../shared/time.ts';
import { collectRows, type Collected, type CollectedRow, inPieces } from '../collect-rows.ts';
import { damageLines, seededRandom } from '../damage.ts';

const FOLDER = 'test/fixtures/journald';
const exportsOfIt = ['gen-journal.json', 'gen-journal-all.json', 'gen-journal.export'];
const forms = [...exportsOfIt, 'gen-journal-pretty.json', 'gen-journal-sse.txt', 'gen-journal.verbose.txt'];
const entriesIn: Readonly<Record<string, number>> = {
  'gen-journal-pretty.json': 5,
  'gen-journal-sse.txt': 3,
  'gen-journal.verbose.txt': 20,
};
const bytesOf = (name: string): Buffer => readFileSync(`${FOLDER}/${name}`);
const read = (content: string | Uint8Array | readonly Uint8Array[], context: Partial<ReadContext> = {}): Collected =>
  collectRows(journald, content, context);
const fieldsOf = (row: CollectedRow | undefined): Record<string, unknown> =>
  JSON.parse(String(row?.['fields'])) as Record<string, unknown>;
const tablesOf = ({ tables }: Collected): unknown =>
  [...tables].map(([name, rows]) => [
    name,
    rows.map((row) => (name === 'event_fields' ? { ...row, fields: fieldsOf(row) } : row)),
  ]);
const entry = (fields: Record<string, unknown>): string =>
  `${JSON.stringify({ __REALTIME_TIMESTAMP: '1772323200000000', _BOOT_ID: 'b', ...fields })}\n`;
const onlyEvent = (fields: Record<string, unknown>): CollectedRow => read(entry(fields)).rows('events')[0]!;
const field = (name: string, value: string | Buffer): Buffer => {
  const data = Buffer.from(value);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(data.length));
  return Buffer.concat([Buffer.from(`${name}\n`), size, data, Buffer.from('\n')]);
};

describe('every form of the same journal', () => {
  test.each(forms)('%s: nothing is lost, and pieces of any size give the same', (name) => {
    const whole = read(bytesOf(name));
    expect(whole.rejects).toEqual([]);
    expect(whole.rows('events')).toHaveLength(entriesIn[name] ?? 82);
    for (const size of [1, 7, 4096]) {
      const pieces = read(inPieces(bytesOf(name), size));
      expect(pieces.tables).toEqual(whole.tables);
      expect(pieces.spans).toEqual(whole.spans);
    }
  });

  test('a span is the bytes of its entry', () => {
    const bytes = bytesOf('gen-journal.export');
    const { spans } = read(bytes);
    for (const { byte, length } of spans) {
      expect(bytes.subarray(byte, byte + 9).toString()).toBe('__CURSOR=');
      expect(bytes[byte + length]).toBe(10);
    }
    for (const { byte, length } of read(bytesOf('gen-journal-sse.txt')).spans)
      JSON.parse(
        bytesOf('gen-journal-sse.txt')
          .subarray(byte, byte + length)
          .toString(),
      );
  });

  test('JSON and the export format give the same rows', () => {
    expect(tablesOf(read(bytesOf('gen-journal.export')))).toEqual(tablesOf(read(bytesOf('gen-journal-all.json'))));
  });

  test('pretty and SSE give the rows of the same entries', () => {
    const all = read(bytesOf('gen-journal-all.json'));
    for (const name of ['gen-journal-pretty.json', 'gen-journal-sse.txt']) {
      const some = read(bytesOf(name));
      const count = some.rows('events').length;
      for (const table of ['events', 'event_fields'] as const) {
        const strip = (rows: readonly CollectedRow[]) =>
          rows.map(({ record: _, fields, ...row }) => ({
            ...row,
            ...(fields ? { fields: JSON.parse(String(fields)) as unknown } : {}),
          }));
        expect(strip(some.rows(table))).toEqual(strip(all.rows(table).slice(-count)));
      }
    }
  });

  test('verbose text gives the rows of the same entries', () => {
    const all = read(bytesOf('gen-journal-all.json'));
    const some = read(bytesOf('gen-journal.verbose.txt'));
    const bySequence = new Map(all.rows('events').map((row, i) => [row['sequence'], i]));
    for (const [i, row] of some.rows('events').entries()) {
      const at = bySequence.get(row['sequence'])!;
      expect({ ...row, record: 0 }).toEqual({ ...all.rows('events')[at], record: 0 });
      const expected = fieldsOf(all.rows('event_fields')[at]);
      const found = fieldsOf(some.rows('event_fields')[i]);
      // It ends in a line end, which the text does not show.
      if (typeof expected['SYSLOG_RAW'] === 'string') expected['SYSLOG_RAW'] = expected['SYSLOG_RAW'].trimEnd();
      expect(found).toEqual(expected);
    }
  });

  test('UTF-16, as PowerShell keeps what ssh prints', () => {
    for (const name of ['gen-journal-all.json', 'gen-journal.verbose.txt']) {
      const text = bytesOf(name).toString('utf8');
      expect(tablesOf(read(Buffer.from(`\uFEFF${text}`, 'utf16le')))).toEqual(tablesOf(read(text)));
    }
  });

  test('json-seq, a list, a wrapped list and concatenated values', () => {
    const lines = bytesOf('gen-journal-all.json').toString().trim().split('\n');
    const expected = tablesOf(read(lines.join('\n')));
    const texts = [
      lines.map((line) => `\x1e${line}\n`).join(''),
      `[${lines.join(',\n')}]`,
      `{"entries":[${lines.join(',')}]}`,
      lines.map((line) => JSON.stringify(JSON.parse(line), undefined, '\t')).join(''),
    ];
    for (const text of texts) expect(tablesOf(read(text))).toEqual(expected);
  });
});

describe('an entry', () => {
  test('gives the row', () => {
    const { rows } = read(
      entry({
        __CURSOR: 's=73;i=50;b=dd;m=1;t=2;x=3',
        _SOURCE_REALTIME_TIMESTAMP: '1772323199999999',
        _HOSTNAME: 'web-1',
        SYSLOG_IDENTIFIER: 'sshd',
        PRIORITY: '6',
        MESSAGE: 'Accepted password for root from 198.51.100.7 port 22 ssh2',
        _PID: '12',
      }),
    );
    expect(rows('events')).toEqual([
      {
        record: 1,
        time: 1_772_323_199_999_999n,
        received: 1_772_323_200_000_000n,
        system: 'web-1',
        stream: 'journald',
        class: 'authentication',
        activity: 'logon',
        code: 'sshd',
        actor: 'root',
        target: 'root',
        src_ip: '198.51.100.7',
        src_port: 22,
        outcome: 'success',
        severity: 'info',
        sequence: 0x50n,
        message: 'Accepted password for root from 198.51.100.7 port 22 ssh2',
      },
    ]);
    expect(rows('authentications')).toMatchObject([
      { actor: 'root', provider: 'sshd', method: 'password', outcome: 'success', stream: 'journald' },
    ]);
    expect(fieldsOf(rows('event_fields')[0])).toEqual({
      __CURSOR: 's=73;i=50;b=dd;m=1;t=2;x=3',
      _BOOT_ID: 'b',
      _PID: '12',
    });
  });

  test('without the time of its source has that of the journal for both', () => {
    const event = onlyEvent({ MESSAGE: 'x' });
    expect([event['time'], event['received']].map((time) => formatInstant(time as bigint))).toEqual([
      '2026-03-01T00:00:00Z',
      '2026-03-01T00:00:00Z',
    ]);
  });

  test('__SEQNUM goes before the cursor', () => {
    expect(onlyEvent({ __SEQNUM: '7', __CURSOR: 's=1;i=50' })['sequence']).toBe(7n);
    expect(onlyEvent({ __CURSOR: 'nonsense' })['sequence']).toBeUndefined();
  });

  test('the program is the identifier, else the command, else the kernel', () => {
    expect(onlyEvent({ _COMM: 'a', SYSLOG_IDENTIFIER: 'b' })['code']).toBe('b');
    expect(onlyEvent({ _COMM: 'a' })['code']).toBe('a');
    expect(onlyEvent({ _TRANSPORT: 'kernel' })['code']).toBe('kernel');
    expect(onlyEvent({ _TRANSPORT: 'kernel', MESSAGE: 'nf_conntrack: table full, dropping packet' })).toMatchObject({
      class: 'detection_finding',
      activity: 'network',
      code: 'conntrack_full',
    });
  });

  test('a message that is bytes is decoded, and its bytes are kept', () => {
    const { rows } = read(entry({ MESSAGE: [98, 0, 255] }));
    expect(rows('events')[0]?.['message']).toBe('b\0\ufffd');
    expect(fieldsOf(rows('event_fields')[0])['MESSAGE']).toEqual([98, 0, 255]);
    expect(onlyEvent({ MESSAGE: [27, 91, 51, 49, 109] })['message']).toBe('\u001b[31m');
  });

  test('a message left out because it was long is NULL, and that is said', () => {
    const { rows, assumptions } = read(entry({ MESSAGE: null, SYSLOG_IDENTIFIER: 'a' }));
    expect(rows('events')[0]?.['message']).toBeUndefined();
    expect(fieldsOf(rows('event_fields')[0])).toEqual({ _BOOT_ID: 'b', MESSAGE: null });
    expect(assumptions).toEqual([
      'Entries with values that journalctl left out because they are over 4096 bytes (null): 1; an export with --all has them.',
    ]);
  });

  test('a message of several values shows the first, and all are kept', () => {
    const { rows } = read(entry({ MESSAGE: ['one', [255, 1], null] }));
    expect(rows('events')[0]?.['message']).toBe('one');
    expect(fieldsOf(rows('event_fields')[0])['MESSAGE']).toEqual(['one', [255, 1], null]);
  });

  test.each([
    ['f77379a8490b408bbe5f6940505a777b', 'systemd-journald', {}, { class: 'event_log_activity', activity: 'start' }],
    ['d93fb3c9c24d451a97cea615ce59c00b', 'systemd-journald', {}, { class: 'event_log_activity', activity: 'stop' }],
    ['a596d6fe7bfa4994828e72309e95d61e', 'systemd-journald', {}, { class: 'event_log_activity', activity: 'loss' }],
    [
      '39f53479d3a045ac8e11786248231fbf',
      'systemd',
      { UNIT: 'a.service' },
      { class: 'service_activity', activity: 'start', target: 'a.service', outcome: 'success' },
    ],
    ['be02cf6855d2428ba40df7e9d022f03d', 'systemd', { UNIT: 'a.service' }, { activity: 'start', outcome: 'failure' }],
    [
      'fc2e22bc6ee647b6b90729ab34a250b1',
      'systemd-coredump',
      { COREDUMP_EXE: '/bin/a' },
      { class: 'process_activity', activity: 'crash', target: '/bin/a' },
    ],
  ])('MESSAGE_ID %s of %s', (id, program, more, expected) => {
    expect(onlyEvent({ MESSAGE_ID: id, SYSLOG_IDENTIFIER: program, MESSAGE: 'x', ...more })).toMatchObject(expected);
    expect(onlyEvent({ MESSAGE_ID: id, SYSLOG_IDENTIFIER: 'app', MESSAGE: 'x' })['class']).toBeUndefined();
  });

  test('names like __proto__ are names, and hostile text is text', () => {
    const text = entry({ MESSAGE: "<script>'; DROP TABLE events; --=cmd|calc" }).replace(
      '{',
      '{"__proto__":"p","constructor":"c",',
    );
    const { rows } = read(text);
    expect(rows('events')[0]?.['message']).toBe("<script>'; DROP TABLE events; --=cmd|calc");
    expect(String(rows('event_fields')[0]?.['fields'])).toContain('"__proto__":"p","constructor":"c"');
  });

  test('values of types that journalctl does not write are kept as they are', () => {
    const { rows, rejects } = read(
      entry({
        MESSAGE: { a: 1 },
        PRIORITY: 'high',
        _HOSTNAME: ['a', 'b'],
        SYSLOG_IDENTIFIER: 5,
        X: true,
        Y: [],
        Z: [300, 1.5],
        __CURSOR: 9,
      }),
    );
    expect(rejects).toEqual([]);
    expect(rows('events')[0]).toMatchObject({ message: '{"a":1}', code: '5', system: 'a' });
    expect(fieldsOf(rows('event_fields')[0])).toMatchObject({
      PRIORITY: 'high',
      _HOSTNAME: ['a', 'b'],
      X: 'true',
      Y: '[]',
      Z: ['300', '1.5'],
    });
  });

  test.each([
    ['{"MESSAGE":"x"}', /no __REALTIME_TIMESTAMP/],
    ['{"__REALTIME_TIMESTAMP":"yesterday","MESSAGE":"x"}', /"yesterday" is not a number of microseconds/],
    ['{"__REALTIME_TIMESTAMP":"0"}', /not a number of microseconds/],
    ['{"__REALTIME_TIMESTAMP":"999999999999999999"}', /not a number of microseconds/],
    ['{"__REALTIME_TIMESTAMP":1e300}', /not a number of microseconds/],
    ['{"__REALTIME_TIMESTAMP":null}', /no __REALTIME_TIMESTAMP/],
    ['"text"', /not a JSON object/],
  ])('%s is rejected', (line, reason) => {
    const { rejects, records } = read(`${entry({})}${line}\n${entry({})}`);
    expect([records, rejects.length]).toEqual([3, 1]);
    expect(rejects[0]?.reason).toMatch(reason);
  });
});

describe('verbose text', () => {
  const head = (i: number): string => `Sat 2026-11-21 06:34:45 UTC [s=a;i=${i};b=b;m=1;t=64c4e9c0b8000;x=c]`;

  test('a message goes on over lines, and a value that is no text is NULL', () => {
    const { rows, assumptions, spans } = read(
      `-- Boot 1 --\r\n${head(1)}\r\n    MESSAGE=one\r\n            two\r\n    _CMDLINE=[17B blob data]\r\n-- Boot 2 --\r\n${head(2)}\r\n    MESSAGE=three\r\n`,
    );
    expect(rows('events').map((row) => [row['message'], row['sequence']])).toEqual([
      ['one\ntwo', 1n],
      ['three', 2n],
    ]);
    expect(fieldsOf(rows('event_fields')[0])).toMatchObject({ _CMDLINE: null });
    expect(assumptions).toEqual([
      'Entries with values of which only the size is shown (blob data): 1; an export with -o json --all has them.',
    ]);
    expect(spans).toHaveLength(2);
  });

  test('lines outside of entries, and entries without a field, are rejected', () => {
    const { rows, rejects } = read(`what\n${head(1)}\n${head(2)}\n    MESSAGE=three`);
    expect(rows('events')).toHaveLength(1);
    expect(rejects.map(({ reason }) => reason)).toEqual([
      'The entry has no first line that can be read.',
      'The entry has no field.',
    ]);
  });

  test('an entry with a damaged first line is rejected whole, and the one before it stays as it is', () => {
    const whole = read(`${head(1)}\n    MESSAGE=one\n${head(2)}\n    MESSAGE=two\n`);
    const { rows, rejects } = read(
      `${head(1)}\n    MESSAGE=one\nXat 2026\n    MESSAGE=two\n    PRIORITY=1\n${head(3)}\n    MESSAGE=three\n`,
    );
    expect(rows('events')[0]).toEqual(whole.rows('events')[0]);
    expect(rows('events').map((row) => row['message'])).toEqual(['one', 'three']);
    expect(rejects.map(({ raw }) => Buffer.from(raw).toString())).toEqual([
      'Xat 2026\n    MESSAGE=two\n    PRIORITY=1',
    ]);
  });

  test.each([
    ['short-full', 'Sat 2026-11-21 06:34:45 UTC jhost-a sshd[12]: Accepted password for a\n'],
    ['short-unix', '1795242887.483817 jhost-a sshd[12]: Accepted password for a\n'],
    ['a file of the journal', 'LPKSHHRH\0\0\0\0'],
  ])('%s is recognised, and refused with the remedy', (_, text) => {
    expect(recogniseFormat(Buffer.from(text))[0]?.format.id).toBe('journald');
    expect(read(text).problem?.remedy).toContain('-o json --all');
  });
});

test('the program of a kernel message stays where its code is a word for what happened', () => {
  const { rows } = read(
    entry({
      _TRANSPORT: 'kernel',
      SYSLOG_IDENTIFIER: 'kernel',
      MESSAGE: 'Out of memory: Killed process 12 (java) total-vm:1kB',
    }),
  );
  expect(rows('events')[0]).toMatchObject({ code: 'oom_kill', target: 'java' });
  expect(fieldsOf(rows('event_fields')[0])).toMatchObject({ SYSLOG_IDENTIFIER: 'kernel' });
});

describe('damage', () => {
  test.each([1, 2, 3])('a tenth of the JSON lines (seed %i): every other reads as before', (seed) => {
    const lines = bytesOf('gen-journal-all.json')
      .toString()
      .trim()
      .split('\n')
      .map((line) => Buffer.from(line));
    const { bytes, damaged } = damageLines(lines, seed);
    const others = (collected: Collected) =>
      new Set(
        collected
          .rows('events')
          .map((row) => `${String(row['sequence'])} ${String(row['time'])} ${String(row['message'])}`),
      );
    const before = [...others(read(bytesOf('gen-journal-all.json')))].filter((_, at) => !damaged.has(at + 1));
    const after = others(read(bytes));
    expect(before.filter((text) => !after.has(text))).toEqual([]);
  });

  test.each([1, 2, 3, 4, 5])('a tenth of the exported entries (seed %i): every other reads as before', (seed) => {
    const whole = bytesOf('gen-journal.export');
    const { spans, rows } = read(whole);
    const random = seededRandom(seed);
    const damaged = new Set<number>();
    const entries = spans.map(({ byte, length }, at) => {
      const bytes = Buffer.from(whole.subarray(byte, byte + length));
      if (random() < 0.1) {
        damaged.add(at);
        for (let count = 0; count < 8; count++) bytes[Math.floor(random() * length)] = Math.floor(random() * 256);
        if (random() < 0.3) return bytes.subarray(0, Math.floor(random() * length));
      }
      return Buffer.concat([bytes, Buffer.from('\n')]);
    });
    const text = (row: CollectedRow) => `${String(row['sequence'])} ${String(row['time'])} ${String(row['message'])}`;
    const after = new Set(read(Buffer.concat(entries)).rows('events').map(text));
    const lost = rows('events').filter((row, at) => !damaged.has(at) && !damaged.has(at - 1) && !after.has(text(row)));
    expect(lost).toEqual([]);
  });

  test.each([
    ['a name that is none', Buffer.from('lower=x\n\n'), /no field name/],
    [
      'a size that is too long',
      Buffer.from('MESSAGE\n\xff\xff\xff\xff\xff\xff\xff\xffx\n\n', 'latin1'),
      /over the limit/,
    ],
    ['a size that is wrong', Buffer.from('MESSAGE\n\x01\0\0\0\0\0\0\0xy\n\n', 'latin1'), /no line end after them/],
    ['no time', Buffer.from('__CURSOR=a\nMESSAGE=x\n\n'), /no __REALTIME_TIMESTAMP/],
  ])('%s costs its entry only', (_, bad, reason) => {
    const good = '__CURSOR=a\n__REALTIME_TIMESTAMP=1772323200000000\nMESSAGE=x\n\n';
    const { rows, rejects } = read(Buffer.concat([Buffer.from(good), bad, Buffer.from(good + good)]));
    expect(rows('events')).toHaveLength(3);
    expect(rejects).toHaveLength(1);
    expect(rejects[0]?.reason).toMatch(reason);
  });

  test('binary fields hold anything, also what looks like the next entry', () => {
    const inner = 'a\n\n__CURSOR=b\n__REALTIME_TIMESTAMP=1\n\n';
    const { rows } = read(
      Buffer.concat([
        Buffer.from('__CURSOR=a\n__REALTIME_TIMESTAMP=1772323200000000\n'),
        field('MESSAGE', inner),
        Buffer.from('TAG=1\nTAG=2\n\n'),
      ]),
    );
    expect(rows('events').map((row) => row['message'])).toEqual([inner]);
    expect(fieldsOf(rows('event_fields')[0])['TAG']).toEqual(['1', '2']);
  });

  test('an export that is cut off', () => {
    const bytes = bytesOf('gen-journal.export');
    const cut = read(bytes.subarray(0, bytes.length - 40));
    expect(cut.rows('events')).toHaveLength(81);
    expect(cut.rejects[0]?.reason).toBe('The file is cut off inside this entry.');
    const open = read('__CURSOR=a\n__REALTIME_TIMESTAMP=1772323200000000\n');
    expect(open.rows('events')).toHaveLength(1);
    expect(open.assumptions[0]).toMatch(/^The file ends without the blank line/);
  });

  test('a field of 200 MB is one reject, and what follows is read', () => {
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    const good = Buffer.from('__CURSOR=a\n__REALTIME_TIMESTAMP=1772323200000000\n\n');
    const { rows, rejects } = read([
      good,
      Buffer.from('__CURSOR=a\nMESSAGE='),
      ...Array<Buffer>(200).fill(megabyte),
      Buffer.from('\n\n'),
      good,
    ]);
    expect(rows('events')).toHaveLength(2);
    expect(rejects.map(({ raw }) => raw.length)).toEqual([64 * 1024]);
  });

  test('a file without one entry is refused', () => {
    expect(read('{"a":1}\n{"b":2}\n').problem?.message).toMatch(
      /^None of 2 records is an entry of a journal\. Record 1: /,
    );
    expect(read('LANG=C\nHOME=/root\n\n').problem?.code).toBe('damaged_file');
    expect(read('').problem).toBeUndefined();
  });
});

describe('recognition', () => {
  test.each(forms)('%s', (name) => {
    const head = bytesOf(name).subarray(0, 65_536);
    const { confidence, reason } = journald.recognise(head);
    expect(confidence).toBe(1);
    expect(reason).toMatch(/^(\d+) of the first \1 entries have __REALTIME_TIMESTAMP/);
    for (const other of recogniseFormat(head).filter(({ format }) => format.id !== 'journald'))
      expect([other.format.id, other.confidence < 0.95]).toEqual([other.format.id, true]);
  });

  test('no file of another format', () => {
    const others = readdirSync('test/fixtures', { recursive: true, withFileTypes: true })
      .filter(
        (file) => file.isFile() && !/journal/.test(`${file.parentPath}/${file.name}`) && !/\.(gz|md)$/.test(file.name),
      )
      .map((file) => `${file.parentPath}/${file.name}`);
    expect(others.filter((path) => journald.recognise(readFileSync(path).subarray(0, 65_536)).confidence > 0)).toEqual(
      [],
    );
    const texts = [
      'gen-journal.short.txt',
      'gen-journal.short-iso-precise.txt',
      'gen-journal-header.txt',
      'gen-journal-verify.txt',
    ];
    for (const name of texts) expect(journald.recognise(bytesOf(name)).confidence).toBe(0);
  });
});
