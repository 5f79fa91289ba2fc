/** What every reader of results promises, whatever its format is. */
import { expect } from 'vitest';
import type { Format, ReadContext } from '../../../../engine/formats/format.ts';
import { collectRows, inPieces, type Collected } from '../collect-rows.ts';

/** Rows, rejects and assumptions of a reading, to be compared as a whole. */
export function everything(read: Collected): unknown {
  const { tables, rejects, records, spans, assumptions, problem } = read;
  return { tables: [...tables].sort(([a], [b]) => (a < b ? -1 : 1)), rejects, records, spans, assumptions, problem };
}

/** Reads the bytes whole and in pieces of each size; all give the same. */
export function expectSameInPieces(
  format: Format,
  bytes: Uint8Array,
  { context = {}, sizes = [1, 7, 4096] }: { context?: Partial<ReadContext>; sizes?: readonly number[] } = {},
): void {
  const whole = everything(collectRows(format, bytes, context));
  for (const size of sizes) expect(everything(collectRows(format, inPieces(bytes, size), context))).toEqual(whole);
}

/** Cuts the bytes off at so many places: each is read without a row lost, or refused with a reason and a remedy. */
export function expectBoundedWhenCut(format: Format, bytes: Uint8Array, context: Partial<ReadContext> = {}): void {
  const places = 40;
  for (let i = 0; i < places; i++) {
    const read = collectRows(format, bytes.subarray(0, Math.floor((bytes.length * i) / places)), context);
    if (read.problem) {
      expect(read.problem.message).toMatch(/\.$/);
      expect(read.problem.remedy).toMatch(/\.$/);
    } else expect(read.rows('scans').every(({ completed }) => completed === false)).toBe(true);
  }
}

/** JSON values that no reader expects, for every member of a record. */
export const strangeValues: readonly unknown[] = [
  ...[null, true, 0, -1, 1e308, '', ' ', [], {}, [[]], [null], { toString: 1 }, '\u0000', '\ud800', 'x'.repeat(5000)],
  ...["'; DROP TABLE scans; --", '=cmd|calc!A0', '<script>alert(1)</script>', '2026-99-99T99:99:99Z'],
];

/** The value with each of its members in turn replaced by a strange one, and left out; up to `most` of them. */
export function* altered(value: unknown, most: number): Generator<unknown> {
  const paths: (string | number)[][] = [];
  const walk = (at: unknown, path: (string | number)[]): void => {
    if (path.length > 0) paths.push(path);
    if (typeof at !== 'object' || at === null) return;
    for (const [name, each] of Object.entries(at)) walk(each, [...path, name]);
  };
  walk(value, []);
  const step = Math.max(1, Math.floor((paths.length * strangeValues.length) / most));
  for (let i = 0; i < paths.length * strangeValues.length; i += step) {
    const copy = structuredClone(value);
    const path = paths[i % paths.length]!;
    let holder = copy as Record<string | number, unknown>;
    for (const name of path.slice(0, -1)) holder = holder[name] as Record<string | number, unknown>;
    holder[path.at(-1)!] = strangeValues[i % strangeValues.length];
    yield copy;
  }
}

/** Reads the value with strange members in it: nothing is thrown, and every record is accounted for. */
export function expectSurvivesStrangeValues(format: Format, value: unknown, context: Partial<ReadContext> = {}): void {
  for (const each of altered(value, 400)) {
    const { problem } = collectRows(format, JSON.stringify(each), context);
    if (problem) expect(problem.message).toMatch(/\.$/);
  }
}
