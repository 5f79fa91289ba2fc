/** Every exposition of the corpus: nothing is lost, whole, in pieces or damaged. */
import { describe, expect, test } from 'vitest';
import { openmetrics } from '../../../../engine/formats/openmetrics/openmetrics.ts';
import { collectRows, inPieces, type Collected } from '../collect-rows.ts';
import { damageLines } from '../damage.ts';
import { contentLines, expositions, fixture, fixtureText, takenAt } from './corpus.ts';
import { bitsOf, labelsBySeries } from './samples.ts';

const read = (content: Uint8Array | readonly Uint8Array[]): Collected => collectRows(openmetrics, content, { takenAt });

test('the corpus has the samples that were counted when it was made', () => {
  const samples = (name: string): number => read(fixture(name)).rows('metric_samples').length;
  expect(samples('gen-federate.prom')).toBe(15);
  expect(samples('gen-node_exporter.prom')).toBe(507);
  expect(samples('gen-prometheus.openmetrics')).toBe(657);
  expect(samples('gen-prometheus.prom')).toBe(657);
  expect(samples('gen-special.openmetrics')).toBe(11);
  expect(samples('promtestdata.nometa.txt')).toBe(410);
});

describe.each(expositions)('%s', (name) => {
  const bytes = fixture(name);
  const whole = read(bytes);

  test('has each line that is not blank as a record', () => {
    const lines = contentLines(fixtureText(name));
    const at = ({ byte, length }: { byte: number; length: number }): string =>
      Buffer.from(bytes.subarray(byte, byte + length)).toString();
    expect(whole.spans.map(at)).toEqual(lines);
    const kept = whole.rows('metric_samples').length + whole.rows('metric_metadata').length;
    expect(kept + whole.rejects.length).toBe(lines.length);
  });

  test.each([1, 7, 4096])('gives the same in pieces of %i', (size) => {
    const pieces = read(inPieces(bytes, size));
    expect(pieces.tables).toEqual(whole.tables);
    expect(pieces.rejects).toEqual(whole.rejects);
    expect(pieces.spans).toEqual(whole.spans);
    expect(pieces.assumptions).toEqual(whole.assumptions);
  });
});

/** What each record gave, series by their labels, so that another first record of a series makes no difference. */
function byRecord(collected: Collected): ReadonlyMap<number, string> {
  const labels = labelsBySeries(collected);
  const samples = collected
    .rows('metric_samples')
    .map(
      (row) =>
        [
          row.record,
          JSON.stringify([labels.get(row['series_id']), bitsOf(row['value'] as number), String(row['time'])]),
        ] as const,
    );
  const metadata = collected.rows('metric_metadata').map((row) => [row.record, JSON.stringify(row)] as const);
  return new Map([...samples, ...metadata]);
}

describe('with a tenth of the lines damaged', () => {
  const files = expositions.filter((name) => !name.startsWith('conformance/'));
  test.each(files.flatMap((name) => [1, 2, 3, 4].map((seed) => [name, seed] as const)))(
    '%s, seed %i: every other line reads as before',
    (name, seed) => {
      const lines = contentLines(fixtureText(name)).map((line) => Buffer.from(line));
      const { bytes, damaged } = damageLines(lines, seed);
      const before = read(Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])));
      const after = read(bytes);
      expect(after.records).toBe(lines.length);
      const others = (collected: Collected) => [...byRecord(collected)].filter(([record]) => !damaged.has(record));
      expect(others(after)).toEqual(others(before));
      for (const { record } of after.rejects) expect(damaged).toContain(record);
    },
  );
});
