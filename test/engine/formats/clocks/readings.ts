/** What tests of clock formats share: rows as a reader of a table sees them, and files in pieces and in ruins. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Format, ReadContext } from '../../../../engine/formats/format.ts';
import { formatInstant } from '../../../../shared/time.ts';
import { collectRows, inPieces, type Collected, type CollectedRow } from '../collect-rows.ts';
import { damageLines } from '../damage.ts';

/** A row of `clock_samples` as text and numbers; what is NULL is `null`. */
export interface Sample {
  readonly time: string;
  readonly offset_s: number | null;
  readonly error_s: number | null;
  readonly stratum: number | null;
  readonly reference: string | null;
  readonly synchronised: boolean | null;
}

export function samplesOf(collected: Collected): readonly Sample[] {
  return collected.rows('clock_samples').map((row) => ({
    time: formatInstant(row['time'] as bigint),
    offset_s: (row['offset_s'] as number | undefined) ?? null,
    error_s: (row['error_s'] as number | undefined) ?? null,
    stratum: (row['stratum'] as number | undefined) ?? null,
    reference: (row['reference'] as string | undefined) ?? null,
    synchronised: (row['synchronised'] as boolean | undefined) ?? null,
  }));
}

/** The members in `event_fields`, in the order of the rows. */
export function fieldsOf(collected: Collected): readonly Readonly<Record<string, unknown>>[] {
  return collected.rows('event_fields').map((row) => JSON.parse(String(row['fields'])) as Record<string, unknown>);
}

/** Every file below a folder. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

const comparable = ({ tables, rejects, records, spans, assumptions, problem }: Collected) => ({
  tables: [...tables],
  rejects,
  records,
  spans,
  assumptions,
  problem,
});

/** Expects the same from pieces of 1, 7 and 4096 bytes as from the whole, with a byte order mark or CRLF the same rows. */
export function expectSamePiecewise(format: Format, bytes: Uint8Array, context: Partial<ReadContext>): void {
  const whole = comparable(collectRows(format, bytes, context));
  for (const size of [1, 7, 4096]) {
    expect(comparable(collectRows(format, inPieces(bytes, size), context))).toEqual(whole);
  }
  const windows = Buffer.from(`\ufeff${Buffer.from(bytes).toString('latin1').replaceAll('\n', '\r\n')}`, 'utf8');
  if (Buffer.from(bytes).every((byte) => byte < 0x80)) {
    const other = collectRows(format, windows, context);
    expect([...other.tables]).toEqual(whole.tables);
    expect(other.records).toBe(whole.records);
  }
}

/** Expects that damage to a tenth of the lines of a log changes the rows of no other line. `headings` are no records. */
export function expectUndamagedUnchanged(format: Format, text: string, isHeading: (line: string) => boolean): void {
  const lines = text.split('\n').filter((line) => line !== '' && !isHeading(line));
  const whole = collectRows(format, `${lines.join('\n')}\n`);
  const before = byRecord(whole);
  for (let seed = 1; seed <= 20; seed++) {
    const { bytes, damaged } = damageLines(
      lines.map((line) => Buffer.from(line)),
      seed,
    );
    const after = collectRows(format, bytes);
    expect(after.records).toBe(lines.length);
    const rows = byRecord(after);
    for (const [record, row] of before) if (!damaged.has(record)) expect(rows.get(record)).toEqual(row);
  }
}

const byRecord = (collected: Collected): ReadonlyMap<number, CollectedRow> =>
  new Map(collected.rows('clock_samples').map((row) => [row.record, row]));

/** Hostile files; each must be read to its end, with every record in one place. */
export const hostileFiles: Readonly<Record<string, Uint8Array>> = {
  empty: new Uint8Array(0),
  blank: Buffer.from('\n\r\n   \n\t\n'),
  'NUL bytes': Buffer.alloc(5000),
  'no UTF-8': Buffer.from([0xff, 0xfe, 0x80, 0x0a, 0xc3, 0x28, 0x0a]),
  script: Buffer.from('<script>alert(1)</script>\n'),
  SQL: Buffer.from("'; DROP TABLE clock_samples; --\n"),
  formula: Buffer.from('=cmd|/C calc!A0\n'),
  'line of = signs': Buffer.from(`${'='.repeat(100_000)}\n`),
  'line of 20 MB': Buffer.alloc(20 * 1024 * 1024, 'a'),
  prototype: Buffer.from(
    '__proto__=1, constructor=2\nassocid=0 status=0615 leap_none, sync_ntp\n__proto__=x, leap=00\n',
  ),
  'words without end': Buffer.from(`${'a=1, '.repeat(12_000)}\n`),
  'quotes without end': Buffer.from(`associd=0 status=0615 leap_none, sync_ntp, version="${'x, '.repeat(20_000)}\n`),
};

export const readFixture = (path: string): Uint8Array => readFileSync(`test/fixtures/${path}`);
