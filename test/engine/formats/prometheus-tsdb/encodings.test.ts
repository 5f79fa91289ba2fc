/**
 * Blocks that Prometheus' own library (3.15) wrote, with every chunk encoding it has, late samples in a block of their
 * own, and what that library's querier gives for them.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Segments } from '../../../../engine/formats/prometheus-tsdb/segments.ts';
import type { HistogramSample } from '../../../../engine/formats/prometheus-tsdb/histograms.ts';
import { collect, everything } from './collect.ts';
import { folderFiles } from './folder-files.ts';

const FIXTURES = 'test/fixtures/prometheus-tsdb/made-3.15';

interface ExpectedSeries {
  readonly labels: Record<string, string>;
  readonly rows: readonly (readonly unknown[])[];
}

function expectedOf(name: string): ExpectedSeries[] {
  const text = gunzipSync(readFileSync(`${FIXTURES}/${name}.expected.jsonl.gz`)).toString('utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ExpectedSeries);
}

// Go's numbers for hints. This server shows a reset that a chunk says it begins with as unknown, because the chunk before
// might be gone; earlier servers, and this reader, show it.
const HINTS = { unknown: 0, reset: 0, 'not reset': 2, gauge: 3 };

function histogramRow(h: HistogramSample): unknown[] {
  const hint = h.stale ? 0 : HINTS[h.counterReset];
  // The querier empties stale markers.
  const layout = h.stale
    ? { schema: 0, zeroThreshold: 0, positiveSpans: [], negativeSpans: [], customBounds: [] }
    : h.layout;
  const shape = h.counts === 'integer' ? 'int' : 'float';
  const head = [h.timeMs, shape, hint, layout.schema, hex(layout.zeroThreshold), hex(h.zeroCount), hex(h.count)];
  const spans = (given: typeof h.layout.positiveSpans): unknown =>
    given.map(({ offset, length }) => ({ offset, length }));
  return [
    ...head,
    hex(h.sum),
    spans(layout.positiveSpans),
    [...h.positiveBuckets].map(hex),
    spans(layout.negativeSpans),
    [...h.negativeBuckets].map(hex),
    layout.customBounds.map(hex),
  ];
}

function hex(value: number): string {
  return new BigUint64Array(new Float64Array([value]).buffer)[0]!.toString(16).padStart(16, '0');
}

describe.each(['xor', 'xor2', 'start-times'])('blocks with %s', (name) => {
  it('gives what the server gives, bit by bit', async () => {
    const { series, report } = await collect(await folderFiles(`${FIXTURES}/${name}`));
    expect(report.problems).toEqual([]);
    const expected = expectedOf(name);
    expect(series.map(({ info }) => Object.fromEntries(info.labels))).toEqual(expected.map(({ labels }) => labels));
    for (const [i, { samples, info }] of series.entries()) {
      // Stale markers of histograms come out as markers, without a histogram.
      const rows = samples.map(({ timeMs, bits, histogram }) =>
        histogram ? histogramRow(histogram) : [timeMs, bits!.toString(16).padStart(16, '0')],
      );
      expect(rows, info.name).toEqual(expected[i]!.rows.map(withoutStaleHistograms));
    }
  });

  it('has the encodings it is about', async () => {
    const found = new Set<number>();
    const { held } = Segments.prototype;
    Segments.prototype.held = function (this: Segments, ...args) {
      const bytes = held.apply(this, args);
      if (bytes) found.add(bytes.encoding);
      return bytes;
    };
    try {
      await collect(await folderFiles(`${FIXTURES}/${name}`), { ...everything, picks: () => false });
    } finally {
      Segments.prototype.held = held;
    }
    const wanted = { xor: [1, 2, 3], xor2: [2, 3, 4], 'start-times': [4, 5, 6] }[name];
    expect([...found].sort()).toEqual(wanted);
  });
});

function withoutStaleHistograms(row: readonly unknown[]): readonly unknown[] {
  return row.length > 2 && row[7] === '7ff0000000000002' ? [row[0], row[7]] : row;
}
