import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ReadContext } from '../../../../engine/formats/format.ts';
import { recogniseFormat } from '../../../../engine/formats/registry.ts';
import { syslog5424 } from '../../../../engine/formats/syslog-5424/syslog-5424.ts';
import { formatInstant } from '../../../../shared/time.ts';
import { collectRows, type Collected, type CollectedRow, inPieces } from '../collect-rows.ts';
import { damageLines, seededRandom } from '../damage.ts';

const FOLDER = 'test/fixtures/syslog-rfc5424';
const files = ['gen-all.rfc5424.log', 'gen-all.raw.log', 'jc-generic-syslog-5424.out'];
const read = (content: string | Uint8Array | readonly Uint8Array[], context: Partial<ReadContext> = {}): Collected =>
  collectRows(syslog5424, content, context);
const onlyEvent = (line: string): CollectedRow => read(line).rows('events')[0]!;
const timeOf = (row: CollectedRow | undefined, column = 'time'): string => formatInstant(row?.[column] as bigint);
const fieldsOf = (collected: Collected, at = 0): unknown =>
  JSON.parse(String(collected.rows('event_fields')[at]?.['fields'] ?? 'null'));
/** What is the same however a message was framed. */
const framed = (messages: readonly (string | Buffer)[], between = ''): Buffer =>
  Buffer.concat(
    messages.flatMap((message) => {
      const bytes = Buffer.from(message);
      return [Buffer.from(`${bytes.length} `), bytes, Buffer.from(between)];
    }),
  );
const sameInPieces = (bytes: Uint8Array): void => {
  const whole = read(bytes);
  for (const size of [1, 7, 4096]) {
    const pieces = read(inPieces(bytes, size));
    expect(pieces.tables).toEqual(whole.tables);
    expect(pieces.rejects).toEqual(whole.rejects);
    expect(pieces.spans).toEqual(whole.spans);
    expect(pieces.assumptions).toEqual(whole.assumptions);
  }
};
const linesOf = (path: string): string[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');

describe('every file of the corpus', () => {
  test.each(files)('%s: each line is a record, in pieces of any size', (name) => {
    const bytes = readFileSync(`${FOLDER}/${name}`);
    const whole = read(bytes);
    expect(whole.records).toBe(linesOf(`${FOLDER}/${name}`).length);
    expect(whole.rows('events')).toHaveLength(whole.records - whole.rejects.length);
    expect(whole.rows('syslog_records')).toHaveLength(whole.rows('events').length);
    sameInPieces(bytes);
  });

  test.each([1, 2, 3])('with a tenth of its lines damaged (seed %i), every other reads as before', (seed) => {
    const lines = linesOf(`${FOLDER}/gen-all.rfc5424.log`).map((line) => Buffer.from(line));
    const { bytes, damaged } = damageLines(lines, seed);
    const before = read(Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])));
    const after = read(bytes);
    expect(after.records).toBe(lines.length);
    for (const table of ['events', 'syslog_records', 'event_fields', 'authentications'] as const) {
      const others = (collected: Collected) => collected.rows(table).filter(({ record }) => !damaged.has(record));
      expect(others(after)).toEqual(others(before));
    }
    for (const { record } of after.rejects) expect(damaged).toContain(record);
  });
});

describe('the header', () => {
  test('gives facility, severity, time, host, program, process and message', () => {
    const { rows } = read('<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It is time.');
    expect(rows('events')).toEqual([
      {
        record: 1,
        time: BigInt(Date.UTC(2003, 7, 24, 12, 14, 15)) * 1000n + 3n,
        system: '192.0.2.1',
        stream: 'syslog',
        code: 'myproc',
        severity: 'notice',
        message: '%% It is time.',
      },
    ]);
    expect(rows('syslog_records')).toEqual([{ record: 1, facility: 'local4', program: 'myproc', pid: 8710 }]);
    expect(rows('event_fields')).toEqual([]);
  });

  test('a nil value is nothing', () => {
    const { rows } = read('<0>1 2026-03-01T00:00:00Z - - - - -', { system: 'web-1' });
    expect(rows('events')[0]).toEqual({
      record: 1,
      time: BigInt(Date.UTC(2026, 2, 1)) * 1000n,
      system: 'web-1',
      stream: 'syslog',
      severity: 'emerg',
    });
    expect(rows('syslog_records')[0]).toEqual({ record: 1, facility: 'kern' });
  });

  test('the address in [origin] stands in for a host that is nil', () => {
    const line = '<13>1 2026-03-01T00:00:00Z - app - - [origin ip="192.0.2.9" software="app"] x';
    expect(read(line, { system: 'web-1' }).rows('events')[0]?.['system']).toBe('192.0.2.9');
  });

  test.each([
    ['<34>1 203-10-11T22:14:15.003Z h su - ID47 - x', /^The time "203-10-11T22:14:15.003Z" is not an RFC 3339 time\.$/],
    ['<34>1 2026-02-30T00:00:00Z h su - - - x', /is not an RFC 3339 time/],
    ['<192>1 2026-03-01T00:00:00Z h su - - - x', /priority is 192, over the highest, which is 191/],
    ['<34>2 2026-03-01T00:00:00Z h su - - - x', /version is 2; RFC 5424 defines version 1 only/],
    ['<34>1 - h su - - - x', /no time \("-"\), and no collector added one/],
    ['<34>1 2026-03-01T00:00:00Z h su -', /where its (PROCID|MSGID) should be/],
    ['<34>1 2026-03-01T00:00:00Z  su - - - x', /two spaces, where its HOSTNAME should be/],
    ['<34>1 2026-03-01T00:00:00Z h su - - x y', /structured data is neither/],
    ['<34>1 2026-03-01T00:00:00Z h su - - [a b="c] x', /structured data is neither/],
    ['<34>1 2026-03-01T00:00:00Z h su - - [a b="c"]x', /structured data is neither/],
    ['<190)1 2003-10-11T22:14:15.003Z h evntslog - ID47 - x', /does not begin with a priority/],
    ['\tat com.example.Main(Main.java:1)', /does not begin with a priority, a version and a time/],
    ['<13>Use the BFG!', /does not begin with a time like/],
    [`<13>1 2026-03-01T00:00:00Z ${'h'.repeat(2000)} a - - - x`, /HOSTNAME is 2000 characters long/],
  ])('%j is rejected', (line, reason) => {
    const { rejects, records } = read(line);
    expect(records).toBe(1);
    expect(rejects[0]?.reason).toMatch(reason);
    expect(rejects[0]?.raw).toBe(line);
  });

  test('lines that a collector wrote without priority, or without priority and version', () => {
    const { rows, rejects } = read(
      '1 2026-03-01T00:00:00Z h su - ID47 - x\n2026-03-01T00:00:01Z h app - ID47 [a@1 b="c"]\n2026-03-01T00:00:02Z h su[7]: y',
    );
    expect(rejects).toEqual([]);
    expect(rows('events').map((row) => [row['code'], row['severity'], row['message']])).toEqual([
      ['su', undefined, 'x'],
      ['app', undefined, undefined],
      ['su', undefined, 'y'],
    ]);
  });

  test('bytes that are not UTF-8 become U+FFFD, and a NUL stays', () => {
    const bytes = Buffer.concat([Buffer.from('<13>1 2026-03-01T00:00:00Z h a - - - x\0'), Buffer.of(0xff, 0xc3)]);
    expect(read(bytes).rows('events')[0]?.['message']).toBe('x\0\ufffd\ufffd');
  });

  test('a byte order mark in MSG, and the space of rsyslog before it, are no part of it', () => {
    const message = (text: string) => onlyEvent(`<13>1 2026-03-01T00:00:00Z h a - - - ${text}`)['message'];
    expect(message('\ufeffübung')).toBe('übung');
    expect(message(' text')).toBe('text');
    expect(message('   text')).toBe('  text');
    expect(message('')).toBeUndefined();
  });

  test('a file with a byte order mark and CR before the line ends', () => {
    const { rows, spans } = read('\ufeff<13>1 2026-03-01T00:00:00Z h a - - - x\r\n');
    expect(rows('events')[0]?.['message']).toBe('x');
    expect(spans).toEqual([{ byte: 3, length: 38 }]);
  });

  test('hostile text is text', () => {
    for (const text of ['<script>alert(1)</script>', "'; DROP TABLE events; --", '=cmd|calc', '\u001b[31m\u202e'])
      expect(onlyEvent(`<13>1 2026-03-01T00:00:00Z h a - - - ${text}`)['message']).toBe(text);
  });
});

describe('structured data', () => {
  const line = (data: string): string => `<13>1 2026-03-01T00:00:00Z h a p1 m1 ${data} x`;

  test('is kept with its names, values unescaped', () => {
    expect(fieldsOf(read(line('[a@1 k="v\\]x" e="" q="\\"\\\\" w="c:\\temp"][b@1]')))).toEqual({
      procid: 'p1',
      msgid: 'm1',
      structured_data: { 'a@1': { k: 'v]x', e: '', q: '"\\', w: 'c:\\temp' }, 'b@1': {} },
    });
  });

  test('timeQuality is kept, and a sender that does not know its zone is said', () => {
    const collected = read(line('[timeQuality tzKnown="0" isSynced="1" syncAccuracy="115016"]'));
    expect(fieldsOf(collected)).toMatchObject({
      structured_data: { timeQuality: { tzKnown: '0', isSynced: '1', syncAccuracy: '115016' } },
    });
    expect(collected.assumptions).toEqual([
      'Messages whose sender did not know its time zone (tzKnown="0"): 1; the offset was believed.',
    ]);
  });

  test('meta sequenceId is the sequence', () => {
    expect(onlyEvent(line('[meta sequenceId="2147483647"]'))['sequence']).toBe(2_147_483_647);
    expect(onlyEvent(line('[meta sequenceId="x"]'))['sequence']).toBeUndefined();
    expect(onlyEvent(line('[meta sequenceId="1" sequenceId="2"]'))['sequence']).toBe(1);
  });

  test('names given twice have both values, and __proto__ is a name', () => {
    const fields = fieldsOf(read(line('[a@1 ip="1" ip="2"][__proto__ __proto__="x"][a@1 z="3"]')));
    expect(JSON.stringify(fields)).toContain('"a@1":{"ip":["1","2"],"z":"3"},"__proto__":{"__proto__":"x"}');
  });

  test('a thousand elements, and a value without an end, take no time', () => {
    const started = performance.now();
    const { rows } = read(line(Array.from({ length: 1000 }, (_, i) => `[e${i}@1 a="b"]`).join('')));
    expect(rows('events')).toHaveLength(1);
    expect(read(line(`[a b="${'\\'.repeat(1_000_000)}`)).rejects).toHaveLength(1);
    expect(read(line(`[a ${'b="\\\\" '.repeat(100_000)}`)).rejects).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

describe('when it was received', () => {
  const received = (line: string): string => timeOf(onlyEvent(line), 'received');

  test.each([
    '<13>1 2026-03-01T00:00:00Z h a - - [x@1 timereceived="2026-03-01T00:00:05.25+00:00"] x',
    '<13>1 2026-03-01T00:00:00Z h a - - [rsyslog@1 timegenerated="2026-03-01T00:00:05.25Z"] x',
    '2026-03-01T00:00:05.25Z <13>1 2026-03-01T00:00:00Z h a - - - x',
    '2026-03-01T01:00:05.25+01:00 192.0.2.7 <13>1 2026-03-01T00:00:00Z h a - - - x',
  ])('%s', (line) => {
    expect(received(line)).toBe('2026-03-01T00:00:05.25Z');
    expect(timeOf(onlyEvent(line))).toBe('2026-03-01T00:00:00Z');
  });

  test('the sender before the priority is kept', () => {
    expect(fieldsOf(read('2026-03-01T01:00:05Z fw-1 <13>1 2026-03-01T00:00:00Z h a - - - x'))).toEqual({
      received_from: 'fw-1',
    });
  });

  test('dates a message without a time, and that is said', () => {
    const { rows, assumptions } = read('2026-03-01T00:00:05Z <13>1 - h a - - - x');
    expect(timeOf(rows('events')[0])).toBe('2026-03-01T00:00:05Z');
    expect(assumptions).toEqual([
      'Messages without a time of their own: 1; the time at which the collector received them was taken.',
    ]);
  });
});

describe('octet counting', () => {
  const messages = linesOf(`${FOLDER}/gen-all.rfc5424.log`);
  const expected = read(messages.join('\n')).rows('events');

  test.each(['', '\n', '\r\n', '\0'])('frames with %j between them read as the lines do', (between) => {
    const bytes = framed(messages, between);
    const { rows, rejects } = read(bytes);
    expect(rejects).toEqual([]);
    expect(rows('events')).toEqual(expected);
    sameInPieces(bytes);
  });

  test('a line end that is counted is no part of the message', () => {
    expect(read(framed(messages.map((message) => `${message}\n`))).rows('events')).toEqual(expected);
  });

  test('a message holds line ends', () => {
    const many = [
      '<13>1 2026-03-01T00:00:00Z h a - - - one\n<13>two\n\n12 three',
      '<13>1 2026-03-01T00:00:00Z h a - - - b',
    ];
    const { rows, spans } = read(framed(many));
    expect(rows('events').map((row) => row['message'])).toEqual(['one\n<13>two\n\n12 three', 'b']);
    expect(spans).toEqual([
      { byte: 0, length: 3 + many[0]!.length },
      { byte: 3 + many[0]!.length, length: 3 + many[1]!.length },
    ]);
  });

  test('a message that quotes a frame is one message, since its count is right', () => {
    const quote = '<13>1 2026-03-01T00:00:00Z h a - - - 40 <13>1 2026-03-01T00:00:00Z h a - - - b';
    expect(read(framed([quote, quote])).rows('events')).toHaveLength(2);
  });

  test('messages of RFC 3164 in frames, and one without a count', () => {
    const old = '<34>Mar  1 00:00:00 web-1 su: x';
    const mixed = Buffer.concat([framed([old, old]), Buffer.from(`${old}\n`), framed([old, messages[0]!])]);
    const { rows, rejects, assumptions } = read(mixed);
    expect(rejects).toEqual([]);
    expect(rows('events').map((row) => row['code'])).toEqual(['su', 'su', 'su', 'su', 'rsyslogd']);
    expect(assumptions[0]).toBe('Messages of RFC 3164 among them: 4; they were read as such.');
    expect(assumptions[1]).toMatch(/^Years are not in the file; 2026 was assumed/);
    sameInPieces(mixed);
  });

  test.each([
    ['too long', '99 ', /counts 99 bytes, but another begins 38 bytes into it/],
    ['too long for the file', '9999 ', /counts 9999 bytes, but (another|\d+ are left)/],
    ['over the limit', '999999999 ', /over the limit of 16777216/],
    ['no number', 'xx ', /No count and no priority/],
  ])('a count that is %s costs its message only', (_, count, reason) => {
    const good = '<13>1 2026-03-01T00:00:00Z h a - - - b';
    const bytes = Buffer.concat([framed([good]), Buffer.from(count + good), framed([good, good])]);
    const { rows, rejects } = read(bytes);
    expect(rows('events')).toHaveLength(3);
    expect(rejects).toHaveLength(1);
    expect(rejects[0]?.reason).toMatch(reason);
    sameInPieces(bytes);
  });

  test('a file that is cut off loses its last message only', () => {
    const bytes = framed(messages.slice(0, 10));
    const { rows, rejects } = read(bytes.subarray(0, bytes.length - 20));
    expect(rows('events')).toHaveLength(9);
    expect(rejects[0]?.reason).toMatch(/^The message counts \d+ bytes, but \d+ are left in the file\.$/);
  });

  test('a message of 200 MB is one reject of its length, and what follows is read', () => {
    const good = '<13>1 2026-03-01T00:00:00Z h a - - - b';
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    const pieces = [framed([good]), Buffer.from(`${200 * megabyte.length} <13>`), ...Array<Buffer>(200).fill(megabyte)];
    const { rows, rejects, spans } = read([...pieces, framed([good, good])]);
    expect(rows('events')).toHaveLength(3);
    expect(rejects.map(({ raw }) => raw.length)).toEqual([64 * 1024]);
    expect(spans[1]).toEqual({ byte: 3 + good.length, length: 14 + 200 * megabyte.length });
  });

  test.each([1, 2, 3, 4, 5])('with a tenth of its frames damaged (seed %i), every other reads as before', (seed) => {
    const random = seededRandom(seed);
    const damaged = new Set<number>();
    const frames = messages.map((message, at) => {
      const frame = framed([message]);
      if (random() >= 0.1) return frame;
      damaged.add(at);
      for (let count = 0; count < 8; count++) frame[Math.floor(random() * frame.length)] = Math.floor(random() * 256);
      return frame;
    });
    const texts = (rows: readonly CollectedRow[]) => rows.map((row) => `${timeOf(row)} ${String(row['message'])}`);
    const after = new Set(texts(read(Buffer.concat(frames)).rows('events')));
    const lost = texts(expected).filter((text, at) => !damaged.has(at) && !after.has(text));
    expect(lost).toEqual([]);
  });
});

describe('a line of 200 MB', () => {
  test('is one reject, and what follows is read', () => {
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    const line = Buffer.from('<13>1 2026-03-01T00:00:00Z h a - - - ');
    const { rows, rejects } = read([line, ...Array<Buffer>(200).fill(megabyte), Buffer.from('\n'), line]);
    expect(rows('events')).toHaveLength(1);
    expect(rejects[0]?.reason).toMatch(/over the limit/);
  });
});

describe('recognition', () => {
  const own = ['gen-all.rfc5424.log', 'gen-all.raw.log', 'jc-generic-syslog-5424.out'];

  test.each(own)('%s', (name) => {
    const head = readFileSync(`${FOLDER}/${name}`).subarray(0, 65_536);
    const { confidence, reason } = syslog5424.recognise(head);
    const others = recogniseFormat(head).filter(({ format }) => format.id !== 'syslog-5424');
    if (name !== 'gen-all.raw.log') expect(confidence).toBeGreaterThan(0.7);
    expect(reason).toMatch(/^\d+ of the first \d+ lines have a header of RFC 5424/);
    for (const other of others)
      expect([other.format.id, other.confidence < confidence - 0.05]).toEqual([other.format.id, true]);
  });

  test.each(['', '\n'])('octet counting of either kind, with %j between', (between) => {
    const old = Array<string>(30).fill('<34>Mar  1 00:00:00 web-1 su: x');
    for (const messages of [linesOf(`${FOLDER}/gen-all.rfc5424.log`), old]) {
      const head = framed(messages, between).subarray(0, 65_536);
      expect(syslog5424.recognise(head)).toMatchObject({ confidence: 1 });
      expect(
        recogniseFormat(head).filter(({ format, confidence }) => format.id !== 'syslog-5424' && confidence > 0.9),
      ).toEqual([]);
    }
  });

  const others = readdirSync('test/fixtures', { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() &&
        !/5424|Protocol23/.test(`${entry.parentPath}/${entry.name}`) &&
        !/\.(gz|md)$/.test(entry.name),
    )
    .map((entry) => `${entry.parentPath}/${entry.name}`);

  test('no file of another format', () => {
    const claimed = others.filter(
      (path) => syslog5424.recognise(readFileSync(path).subarray(0, 65_536)).confidence > 0,
    );
    expect(claimed).toEqual([]);
  });

  test.each([
    '',
    '{"a":1}',
    '2026-03-01T00:00:00Z INFO starting up',
    '12 monkeys',
    '<?xml version="1.0"?>\n<a/>',
    '1 2 3',
  ])('not %j', (text) => {
    expect(syslog5424.recognise(Buffer.from(text)).confidence).toBe(0);
  });
});
