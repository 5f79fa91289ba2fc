/** What every log of JSON events promises, whatever its events are; called by the tests of each format. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Format } from '../../../../engine/formats/format.ts';
import { recogniseFormat } from '../../../../engine/formats/registry.ts';
import { collectRows, inPieces, type Collected } from '../collect-rows.ts';
import { damageLines } from '../damage.ts';
import { checkExportPromises } from './export-promises.ts';

const fixtures = join(import.meta.dirname, '../../../fixtures');

/** The bytes of a fixture. */
export function fixture(path: string): Buffer {
  return readFileSync(join(fixtures, path));
}

/** The values of a fixture of JSON lines. */
export function jsonLines(path: string): readonly Record<string, unknown>[] {
  const lines = fixture(path).toString('utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** One expectation of a detection rule: whether it matches the event of a line. */
export interface RuleTest {
  readonly line: number;
  readonly rule: string;
  readonly test: string;
  readonly expected_result: boolean;
}

export function ruleTests(path: string): readonly RuleTest[] {
  return JSON.parse(fixture(path).toString('utf8')) as RuleTest[];
}

export interface Promised {
  readonly format: Format;
  /** A fixture of JSON lines. */
  readonly lines: string;
  /** One event that is read, as the format documents it. */
  readonly event: Readonly<Record<string, unknown>>;
  /** Fixture folders that hold its files. */
  readonly folders: readonly string[];
  /** Its events do not come in a column of a table. */
  readonly hasNoTable?: true;
}

function comparable({ tables, rejects, assumptions }: Collected): unknown {
  return { tables: [...tables], rejects, assumptions };
}

/** Everything that came out but record numbers, in order of the table's rows. */
function rowsWithoutRecords(read: Collected, table: 'events' | 'authentications'): unknown {
  return read.rows(table).map((row) => ({ ...row, record: 0 }));
}

export function checkPromises(promised: Promised): void {
  const { format, lines, event, folders } = promised;
  const bytes = fixture(lines);
  const one = JSON.stringify(event);
  const rest = bytes.toString('utf8').trimEnd().split('\n');

  it('gives the same rows for pieces of any size', () => {
    const whole = comparable(collectRows(format, bytes));
    for (const size of [1, 7, 4096]) expect(comparable(collectRows(format, inPieces(bytes, size)))).toEqual(whole);
  });

  it('gives the same rows for lines, CRLF, a mark at the start, a list, a pretty list and a list in an envelope', () => {
    const values = rest.map((line) => JSON.parse(line) as unknown);
    const plain = collectRows(format, bytes);
    const shapes = [
      `\uFEFF${rest.join('\r\n')}\r\n`,
      JSON.stringify(values),
      JSON.stringify(values, null, 2),
      JSON.stringify({ '@odata.context': 'x', value: values, '@odata.nextLink': 'y' }),
      JSON.stringify({ records: values }, null, 1),
      JSON.stringify({ Records: values }),
      rest.join(''),
    ];
    for (const shape of shapes) {
      const read = collectRows(format, shape);
      expect(read.records).toBe(plain.records);
      expect(rowsWithoutRecords(read, 'events')).toEqual(rowsWithoutRecords(plain, 'events'));
      expect(rowsWithoutRecords(read, 'authentications')).toEqual(rowsWithoutRecords(plain, 'authentications'));
    }
  });

  it('reads an event that a bus or a collector hands on in an envelope', () => {
    const own = collectRows(format, one);
    expect(own.rows('events')).toHaveLength(1);
    const envelopes = [
      { version: '0', 'detail-type': 'x', source: 's', detail: event },
      { time: 1, host: 'h', event },
      { _index: 'i', _source: event },
      { '@timestamp': '2026-03-01T00:00:00Z', message: one },
      { preview: false, result: { _raw: one } },
    ];
    for (const envelope of envelopes) {
      const read = collectRows(format, JSON.stringify(envelope));
      expect(read.tables, JSON.stringify(envelope)).toEqual(own.tables);
    }
  });

  it('keeps the events that damage did not touch', () => {
    const clean = collectRows(format, bytes);
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const { bytes: damagedBytes, damaged } = damageLines(
        rest.map((line) => Buffer.from(line)),
        seed,
      );
      const broken = Buffer.from(damagedBytes);
      const read = collectRows(format, broken);
      // A record begins on each line, so that damage in one cannot reach the next.
      const expected = clean.rows('events').filter(({ record }) => !damaged.has(record));
      const found = read.rows('events').map((row) => ({ ...row, record: 0 }));
      for (const row of expected) expect(found).toContainEqual({ ...row, record: 0 });
      expect(read.rows('events').length + read.rejects.length).toBe(read.records);
      // Damaged lines that follow each other may be one reject, but every line is in a record.
      let from = 0;
      for (const line of broken.toString('latin1').trimEnd().split('\n')) {
        const to = from + line.length;
        expect(read.spans.some(({ byte, length }) => byte < to && byte + length > from)).toBe(true);
        from = to + 1;
      }
    }
  });

  it('keeps what was complete of a file that was cut off, and says so', () => {
    const text = JSON.stringify({ value: [event, event, event] });
    const read = collectRows(format, text.slice(0, -20));
    expect(read.rows('events')).toHaveLength(2);
    expect(read.rejects.map(({ reason }) => reason)).toEqual(['The file is cut off inside this record.']);
    expect(read.assumptions.join()).toContain('ends before its JSON does');
  });

  it('stays bounded and clear with hostile members', () => {
    const hostile: unknown[] = [
      ...[null, true, 0, -1, 1e308, '', '\u0000', '\ud800', '<script>alert(1)</script>', "'; DROP TABLE events; --"],
      ...[
        '=cmd|A1',
        [],
        {},
        [[]],
        [null],
        { value: {} },
        { 0: 'x' },
        'x'.repeat(100_000),
        { __proto__: null, length: 1 },
      ],
    ];
    for (const name of Object.keys(event))
      for (const value of hostile) {
        const read = collectRows(format, `${JSON.stringify({ ...event, [name]: value })}\n${one}`);
        expect(read.records).toBe(2);
        expect(read.rows('events').at(-1)?.record).toBe(2);
      }
    const nested = `${'{"a":'.repeat(400)}1${'}'.repeat(400)}`;
    const odd = `{"__proto__":{"eventType":"x"},"constructor":1,"deep":${nested},${one.slice(1)}`;
    const read = collectRows(format, odd);
    expect(read.rows('events')).toHaveLength(1);
    expect(JSON.parse(String(read.rows('event_fields')[0]?.['fields']))).toHaveProperty('deep');
  });

  it('says when a member is given twice, and keeps numbers as they are written', () => {
    const twice = `{"padding":1,"padding":9007199254740993.10,${one.slice(1)}`;
    const read = collectRows(format, twice);
    expect(read.assumptions).toContain('Where an event gives a member twice ("padding"), the last one counts.');
    expect(read.rows('event_fields')[0]?.['fields']).toContain('"padding":9007199254740993.10');
  });

  it('rejects what is no event, and refuses a file without any', () => {
    const read = collectRows(format, `{"a":1}\n5\n"x"\n${one}\n[]`);
    expect(read.rejects.map(({ record }) => record)).toEqual([1, 2, 3]);
    expect(read.rejects[1]?.reason).toBe('The record is not a JSON object.');
    expect(collectRows(format, '{"a":1}').problem?.message).toMatch(/^None of 1 records is an? .*\. Record 1: .*\.$/);
  });

  it('is recognised, and no other format comes near', () => {
    for (const head of [bytes.subarray(0, 65_536), Buffer.from(one), Buffer.from(JSON.stringify([event], null, 2))]) {
      const own = format.recognise(head);
      expect(own.confidence).toBeGreaterThan(0.5);
      expect(own.reason).toMatch(/^\d+ of the first \d+ JSON records have .*\.$/);
      const others = recogniseFormat(head).filter((candidate) => candidate.format.id !== format.id);
      for (const other of others)
        expect([other.format.id, other.confidence < own.confidence - 0.05]).toEqual([other.format.id, true]);
    }
    const long = JSON.stringify({ ...event, padding: 'x'.repeat(70_000) });
    expect(format.recognise(Buffer.from(long).subarray(0, 65_536)).confidence).toBeGreaterThan(0.5);
  });

  it('claims no file of another format', () => {
    const texts = ['', '{}', '[]', '{"value":[]}', 'type=SYSCALL msg=audit(1.0:1):', '<xml/>', 'a,b\n1,2', '\0\0'];
    for (const text of texts) expect([text, format.recognise(Buffer.from(text)).confidence]).toEqual([text, 0]);
    const others = readdirSync(fixtures, { withFileTypes: true }).filter((each) => each.isDirectory());
    let seen = 0;
    for (const { name } of others.filter((folder) => !folders.includes(folder.name)))
      for (const file of readdirSync(join(fixtures, name), { withFileTypes: true }).filter((each) => each.isFile())) {
        seen++;
        const head = fixture(join(name, file.name)).subarray(0, 65_536);
        expect([name, file.name, format.recognise(head).confidence]).toEqual([name, file.name, 0]);
      }
    expect(seen).toBeGreaterThan(50);
  });

  checkExportPromises(promised);
}
