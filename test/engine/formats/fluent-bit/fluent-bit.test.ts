import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fluentBit } from '../../../../engine/formats/fluent-bit/fluent-bit.ts';
import { recogniseFormat } from '../../../../engine/formats/registry.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows, inPieces, type Collected } from '../collect-rows.ts';
import { damageLines } from '../damage.ts';
import { fixture } from '../event-records/event-promises.ts';

const own = fixture('fluent-bit/made-own.log');
const ownLines = own
  .toString('utf8')
  .trimEnd()
  .split('\n')
  .filter((line) => line.startsWith('[2026/'));

function comparable({ tables, rejects, assumptions, spans }: Collected): unknown {
  return { tables: [...tables], rejects, assumptions, spans };
}

/** The row of one line. */
function lineOf(text: string, context: object = {}): Record<string, unknown> {
  return { ...collectRows(fluentBit, text, context).rows('events')[0] };
}

it('reads the records of upstream tests with every member', () => {
  const tuple = fixture('fluent-bit/fluentbit-apache-annotated-array.json');
  const [time, record] = JSON.parse(tuple.toString('utf8')) as [number, Record<string, unknown>];
  const read = collectRows(fluentBit, tuple);
  expect(read.rows('events')).toMatchObject([
    { time: BigInt(time) * 1_000_000n, system: 'minikube', code: 'apache-logs-annotated' },
  ]);
  expect(JSON.parse(String(read.rows('event_fields')[0]!['fields']))).toEqual(record);
  const line = fixture('fluent-bit/fluentbit-json-logs_default.jsonl');
  const undated = collectRows(fluentBit, line);
  expect(undated.rows('events')).toMatchObject([
    { time: parseInstant('2018-02-22T13:14:50.773975651Z'), message: '{"message_id": 1, "word": "eagers"}' },
  ]);
  expect(JSON.parse(String(undated.rows('event_fields')[0]!['fields']))).toEqual(JSON.parse(line.toString('utf8')));
  expect(undated.assumptions).toEqual(['Records without date are dated by their member "time".']);
});

it('reads each form of the date, to the microsecond, and a renamed key', () => {
  const micros = parseInstant('2026-03-01T10:00:00.123456Z')!;
  const seconds = micros / 1_000_000n;
  const forms: Record<string, bigint> = {
    [`${seconds}.123456`]: micros,
    [`${seconds}.123456789`]: micros,
    [`${seconds}`]: seconds * 1_000_000n,
    [`${seconds}123`]: seconds * 1_000_000n + 123_000n,
    '"2026-03-01T10:00:00.123456Z"': micros,
    '"2026-03-01 10:00:00.123456"': micros,
    '"2026-03-01T12:00:00.123456+02:00"': micros,
  };
  for (const [form, expected] of Object.entries(forms)) {
    expect([form, lineOf(`{"date":${form},"log":"x"}`)['time']]).toEqual([form, expected]);
    const renamed = collectRows(fluentBit, `{"@ts":${form},"log":"x"}`);
    expect([form, renamed.rows('events')[0]?.['time']]).toEqual([form, expected]);
    expect(renamed.assumptions).toEqual(['Records without date are dated by their member "@ts".']);
  }
  const bad = ['17', '"soon"', '-1700000000', '1e9', 'true', '[]', '99999999999', '"2026-02-30T00:00:00Z"'];
  const text = bad.map((form) => `{"date":${form},"time":"2026-03-01T00:00:00Z"}`).join('\n');
  const read = collectRows(fluentBit, text);
  expect(read.rejects.map(({ reason }) => reason)).toEqual(bad.map((form) => `date ${form} is not a time.`));
});

it('reads lines, lists on one line, lists and objects over several lines, and values one after the other', () => {
  const records = [1, 2, 3].map((n) => ({ date: 1_772_359_200 + n, log: `line ${n}` }));
  const plain = collectRows(fluentBit, records.map((each) => JSON.stringify(each)).join('\n'));
  expect(plain.rows('events')).toHaveLength(3);
  const shapes = [
    JSON.stringify(records),
    JSON.stringify(records, null, 2),
    `${JSON.stringify(records.slice(0, 2))}\n${JSON.stringify(records.slice(2))}\n`,
    records.map((each) => JSON.stringify(each)).join(''),
    records.map((each) => JSON.stringify(each, null, 1)).join('\n'),
    `\uFEFF\r\n${records.map((each) => JSON.stringify(each)).join('\r\n')}`,
    records.map(({ date, log }) => JSON.stringify([date, { log }])).join('\n'),
    JSON.stringify({ records }, null, 2),
  ];
  for (const shape of shapes) {
    const read = collectRows(fluentBit, shape);
    expect([shape, read.rejects]).toEqual([shape, []]);
    expect(read.rows('events')).toEqual(plain.rows('events'));
    expect(fluentBit.recognise(Buffer.from(shape)).confidence, shape).toBeGreaterThan(0.8);
  }
});

it('has a code word for each trouble in the log of Fluent Bit', () => {
  const read = collectRows(fluentBit, own);
  expect(read.rows('events').map((row) => String(row['code']))).toEqual([
    ...['undefined', 'undefined', 'engine_started', 'undefined', 'buffer_paused', 'buffer_resumed', 'buffer_resumed'],
    ...['broken_connection', 'flush_failed', 'retry_scheduled', 'http_403', 'retry_exhausted', 'retry_succeeded'],
    ...['connection_failed', 'connection_timeout', 'chunk_dropped', 'broken_connection', 'pipeline_failed', 'http_429'],
    ...['engine_stopping', 'input_paused', 'engine_stopping', 'engine_stopped'],
  ]);
  expect(read.rows('events')).toHaveLength(ownLines.length);
  for (const [i, row] of read.rows('events').entries()) {
    const [, stamp, level, rest] = /^\[([^\]]+)\] (?:\[ ?(warn|info|error)\] )?(.*)$/.exec(ownLines[i]!)!;
    expect(row['time']).toBe(parseInstant(`${stamp!.replaceAll('/', '-')}Z`));
    expect(row['severity']).toBe(level);
    expect(row['message']).toBe(rest);
  }
  expect(
    read
      .rows('events')
      .filter((row) => row['activity'] === 'loss')
      .map((row) => row['outcome']),
  ).toEqual(['failure', 'failure']);
  expect(read.assumptions).toEqual(["Time zones are not in Fluent Bit's own log; UTC was assumed."]);
  const banner =
    'The line begins with neither [YYYY/MM/DD hh:mm:ss] [level] nor JSON: it belongs to the banner at the start or to the line before.';
  expect(read.rejects.map(({ reason }) => reason)).toEqual([
    ...Array<string>(4).fill(banner),
    'The record has no date, and no other member that holds its time.',
  ]);
});

it('reads lines as other versions write them', () => {
  const said = (text: string) => lineOf(text)['code'];
  expect(
    said(
      '[2022/03/07 19:16:19] [ warn] [input] tail.0 paused (mem buf overlimit - event of size 4096B exceeded limit 1000B)',
    ),
  ).toBe('buffer_paused');
  expect(said('[2017/08/11 08:52:48] [error] [http_client] broken connection to 192.168.0.89:5044 ?')).toBe(
    'broken_connection',
  );
  expect(said('[2020/04/24 18:25:11] [error] [out_http] host.example.com:443, HTTP status=400')).toBe('http_400');
  expect(
    said('[2020/04/24 18:25:11] [ info] [output:http:http.0] host.example.com:443, HTTP status=200'),
  ).toBeUndefined();
  expect(said('[2021/03/09 17:45:31] [error] [plugins/out_tcp/tcp.c:96 errno=32] Broken pipe')).toBe(
    'broken_connection',
  );
  expect(
    said('[2021/02/10 20:22:42] [error] [net] TCP connection failed: logging.googleapis.com:443 (Broken pipe)'),
  ).toBe('broken_connection');
  expect(said('[2024/04/12 21:50:29] [error] [tls] SSL error: certificate verify failed')).toBe('tls_error');
  expect(said('[2024/04/12 21:50:29] [error] [engine] pipeline failed')).toBe('pipeline_failed');
  expect(said('[2024/04/12 21:50:29] [ warn] [task] retry for task 3 could not be re-scheduled')).toBe('retry_failed');
  expect(said('[2024/04/12 21:50:29] [error] something nobody knows')).toBe('error');
  expect(said('[2024/04/12 21:50:29] [ info] [filter:grep:grep.0] dropping privileges')).toBeUndefined();
  const nanos = lineOf('[2026/11/21 06:11:30.123456789] [ info] [simd    ] disabled');
  expect(nanos).toMatchObject({ time: parseInstant('2026-11-21T06:11:30.123456Z'), message: '[simd] disabled' });
  expect(
    lineOf('\u001b[1m[\u001b[0m2026/11/21 06:11:30\u001b[1m]\u001b[0m [\u001b[91merror\u001b[0m] [lib] backend failed'),
  ).toMatchObject({ code: 'pipeline_failed' });
});

it('takes the zone of the engagement, unless a container runtime wrote the time', () => {
  const line = '[2026/11/21 06:11:30] [ warn] [engine] failed to flush chunk';
  const read = collectRows(fluentBit, line, { zone: 'Asia/Kolkata' });
  expect(read.rows('events')[0]?.['time']).toBe(parseInstant('2026-11-21T00:41:30Z'));
  const runtime = collectRows(fluentBit, `2026-11-21T00:41:30.5Z stderr F ${line}`, { zone: 'Asia/Kolkata' });
  expect(runtime.rows('events')[0]).toMatchObject({
    time: parseInstant('2026-11-21T00:41:30.5Z'),
    code: 'retry_scheduled',
  });
  expect(runtime.assumptions).toEqual([]);
  const docker = JSON.stringify({ log: `${line}\n`, stream: 'stderr', time: '2026-11-21T00:41:30.5Z' });
  expect(lineOf(docker)).toMatchObject({
    time: parseInstant('2026-11-21T00:41:30.5Z'),
    code: 'retry_scheduled',
    severity: 'warn',
  });
  expect(fluentBit.recognise(Buffer.from(docker)).confidence).toBe(0.85);
});

it('names the machine only where a member is surely one', () => {
  const of = (members: object) =>
    lineOf(JSON.stringify({ date: 1_772_359_200, log: 'x', ...members }), { system: 'given' })['system'];
  expect(of({ host: '203.0.113.9' })).toBe('given');
  expect(of({ host: 'web-1', ident: 'sshd' })).toBe('web-1');
  expect(of({ hostname: 'web-2' })).toBe('web-2');
  expect(of({ kubernetes: { host: 'node-3' } })).toBe('node-3');
});

it('gives the same rows for pieces of any size', () => {
  for (const bytes of [
    own,
    fixture('fluent-bit/fluentbit-apache-annotated-array.json'),
    Buffer.from(JSON.stringify([{ date: 1_772_359_200 }], null, 2)),
  ]) {
    const whole = comparable(collectRows(fluentBit, bytes));
    for (const size of [1, 7, 4096]) expect(comparable(collectRows(fluentBit, inPieces(bytes, size)))).toEqual(whole);
  }
});

it('keeps the lines that damage did not touch, and every line in one place', () => {
  const records = Array.from({ length: 100 }, (_, n) =>
    JSON.stringify({ date: 1_772_359_200 + n, log: `line ${n}`, n }),
  );
  const lines = [...ownLines, ...records, ...ownLines];
  const clean = collectRows(fluentBit, lines.join('\n'));
  for (const seed of [1, 2, 3, 4]) {
    const { bytes, damaged } = damageLines(
      lines.map((line) => Buffer.from(line)),
      seed,
    );
    // The first line says how the file is read.
    if (damaged.has(1)) continue;
    const read = collectRows(fluentBit, bytes);
    expect([read.records, damaged.size > 5]).toEqual([lines.length, true]);
    const found = new Map(read.rows('events').map((row) => [row.record, row]));
    for (const row of clean.rows('events')) if (!damaged.has(row.record)) expect(found.get(row.record)).toEqual(row);
  }
});

it('stays bounded and clear with hostile content', () => {
  const good = '{"date":1772359200,"log":"x"}';
  const hostile = [
    '{"date":1772359200,"__proto__":{"log":"y"},"log":"<script>"}',
    `{"date":1772359200,"deep":${'['.repeat(400)}${']'.repeat(400)}}`,
    `{"date":1772359200,"log":${JSON.stringify('x'.repeat(2_000_000))}}`,
    '[2026/11/21 06:11:30] [ warn] [engine] ' + 'chunk drop '.repeat(100_000),
    `[2026/11/21 06:11:30] [ warn] [${'a'.repeat(100_000)}`,
  ];
  for (const text of hostile) {
    const started = performance.now();
    const read = collectRows(fluentBit, `${text}\n${good}`);
    expect([read.records, read.rejects]).toEqual([2, []]);
    expect(performance.now() - started).toBeLessThan(2000);
  }
  const broken = [
    '\0\0\0',
    `{"date":1772359200,"a":${'['.repeat(600)}`,
    '{"date":1772359200,"log":"\ud800',
    '[2026/13/45 99:99:99] [ info] x',
    '[]',
  ];
  const read = collectRows(fluentBit, [good, ...broken, good].join('\n'));
  expect([read.records, read.rejects.length]).toEqual([7, 5]);
  expect(collectRows(fluentBit, 'no line at all').problem?.message).toMatch(/^None of 1 records is one of Fluent Bit/);
  const long = Buffer.concat([
    Buffer.from(`${good}\n{"date":1,"x":"`),
    Buffer.alloc(20 * 1024 * 1024, 0x78),
    Buffer.from(`"}\n${good}`),
  ]);
  expect(collectRows(fluentBit, inPieces(long, 1024 * 1024)).rejects.map(({ reason }) => reason)[0]).toContain(
    'over the limit',
  );
});

it('keeps what was complete of a document that was cut off, and says so', () => {
  const text = JSON.stringify([{ date: 1_772_359_200 }, { date: 1_772_359_201, log: 'x' }], null, 1);
  const read = collectRows(fluentBit, text.slice(0, -8));
  expect([read.rows('events').length, read.rejects.length]).toEqual([1, 1]);
  expect(read.assumptions.join()).toContain('ends before its JSON does');
});

it('is recognised, yields to formats that know what was collected, and claims no other file', () => {
  expect(fluentBit.recognise(own).confidence).toBeGreaterThan(0.75);
  for (const head of [
    own,
    fixture('fluent-bit/fluentbit-apache-annotated-array.json'),
    fixture('fluent-bit/fluentbit-json-logs_default.jsonl'),
  ]) {
    const { confidence } = fluentBit.recognise(head);
    for (const other of recogniseFormat(head))
      if (other.format.id !== 'fluent-bit')
        expect([other.format.id, other.confidence < confidence - 0.05]).toEqual([other.format.id, true]);
  }
  const root = join(import.meta.dirname, '../../../fixtures');
  for (const folder of readdirSync(root, { withFileTypes: true }).filter(
    (each) => each.isDirectory() && each.name !== 'fluent-bit',
  ))
    for (const file of readdirSync(join(root, folder.name), { withFileTypes: true }).filter((each) => each.isFile())) {
      const head = fixture(join(folder.name, file.name)).subarray(0, 65_536);
      expect([folder.name, file.name, fluentBit.recognise(head).confidence]).toEqual([folder.name, file.name, 0]);
    }
});
