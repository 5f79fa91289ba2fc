/** What every reader of reports has to hold up to: pieces, cuts, damage, hostile values. */
import { expect } from 'vitest';
import type { Format } from '../../../../engine/formats/format.ts';
import { collectRows, inPieces, type Collected, type CollectedRow } from '../collect-rows.ts';
import { seededRandom } from '../damage.ts';

export const takenAt = BigInt(Date.UTC(2026, 0, 1)) * 1000n;

function comparable({ tables, rejects, spans, assumptions, problem }: Collected): unknown {
  return { tables: [...tables], rejects, spans, assumptions, problem };
}

/** The same rows from pieces of any size, and nothing lost (collectRows checks it) wherever the file is cut or changed. */
export function holdsUp(format: Format, bytes: Uint8Array): void {
  const whole = comparable(collectRows(format, bytes, { takenAt }));
  for (const size of bytes.length < 60_000 ? [1, 7, 4096] : [4096])
    expect(comparable(collectRows(format, inPieces(bytes, size), { takenAt }))).toEqual(whole);
  const random = seededRandom(bytes.length);
  for (let i = 0; i < 40; i++) {
    const at = Math.floor(random() * bytes.length);
    collectRows(format, bytes.subarray(0, at), { takenAt });
    const changed = Uint8Array.from(bytes);
    changed[at] = Math.floor(random() * 256);
    collectRows(format, changed, { takenAt });
  }
}

/** A row without what its place in the file decides. */
export function withoutRecord(row: CollectedRow): string {
  return JSON.stringify({ ...row, record: 0 }, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

export const hostile = [
  '<script>alert(1)</script>',
  "'; DROP TABLE vulnerabilities; --",
  '=HYPERLINK("http://example.test")',
  '__proto__',
  'constructor',
  '\u0000\u202e\ud800',
  -1,
  1e308,
  12345678901234567890,
  null,
  true,
  [],
  {},
  [[[]]],
  { __proto__: { polluted: true }, toString: 1 },
] as const;
