import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { collect, dumpLine, dumpRows, STALE_BITS } from './collect.ts';
import { folderFiles } from './folder-files.ts';

const FIXTURES = 'test/fixtures/prometheus-tsdb';

function dumpOf(name: string): string[] {
  const text = gunzipSync(readFileSync(`${FIXTURES}/${name}.dump.txt.gz`)).toString('utf8');
  return text.trimEnd().split('\n').map(dumpLine).sort();
}

describe('snapshots of a running server', () => {
  it.each(['live-snapshot', 'om-snapshot', 'index-v1'])(
    '%s: every row of promtool tsdb dump, to the last bit',
    async (name) => {
      const collected = await collect(await folderFiles(`${FIXTURES}/${name}`));
      expect(collected.report.problems).toEqual([]);
      expect(collected.report.blocks.every(({ whole }) => whole)).toBe(true);
      const rows = dumpRows(collected);
      const expected = dumpOf(name);
      expect(rows.length).toBe(expected.length);
      expect(rows).toEqual(expected);
    },
  );

  it('tells stale markers from other NaNs, as the HTTP API does', async () => {
    const { series } = await collect(await folderFiles(`${FIXTURES}/live-snapshot`));
    const said = JSON.parse(readFileSync(`${FIXTURES}/live-snapshot.stale-markers.json`, 'utf8')) as {
      api_query_last_ms: number;
      stale_markers: { metric: Record<string, string>; t: number }[];
    };
    const found = series.flatMap(({ info, samples }) =>
      samples
        .filter(({ bits, timeMs }) => bits === STALE_BITS && timeMs <= said.api_query_last_ms)
        .map(({ timeMs }) => `${JSON.stringify(Object.fromEntries(info.labels))} ${timeMs}`),
    );
    const expected = said.stale_markers.map(
      ({ metric, t }) =>
        `${JSON.stringify(Object.fromEntries(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1))))} ${t}`,
    );
    expect(found.sort()).toEqual(expected.sort());
    expect(found.length).toBeGreaterThan(50);
  });
});
