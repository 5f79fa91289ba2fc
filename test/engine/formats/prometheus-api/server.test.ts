/** A running Prometheus over blocks whose samples are known: what it answers, read, is what is in the blocks. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { awkwardSeries, BEGIN } from '../prometheus-tsdb/awkward-series.ts';
import { dump, makeBlocks, withFolder } from '../prometheus-tsdb/promtool.ts';
import { prometheusMissing, withPrometheus, type Server } from './prometheus.ts';
import { bitsOf, dumpRow, readApi, sampleLines, type DumpRow } from './rows.ts';

const missing = prometheusMissing();
if (missing !== undefined) process.stdout.write(`Left out: ${missing}\n`);

const END = BEGIN + 400 * 86_400;
const LOOK_BACK_MS = 300_000;

async function serve(seed: number, run: (server: Server, rows: DumpRow[]) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    makeBlocks(folder, awkwardSeries(seed, 4800));
    const rows = (await dump(folder)).map(dumpRow);
    expect(rows.length).toBeGreaterThan(4500);
    await withPrometheus(folder, (server) => run(server, rows));
  });
}

/** What a query gives at a time: the last sample of each series that is younger than the look-back. */
function evaluated(rows: readonly DumpRow[], times: readonly number[]): string[] {
  const names = [...new Set(rows.map(({ labels }) => labels))];
  return names.flatMap((labels) => {
    const samples = rows.filter((row) => row.labels === labels).sort((a, b) => a.millis - b.millis);
    return times.flatMap((time) => {
      const last = samples.findLast(({ millis }) => millis <= time);
      return last !== undefined && last.millis > time - LOOK_BACK_MS ? [`${labels} ${time} ${last.bits}`] : [];
    });
  });
}

const line = ({ labels, millis, bits }: DumpRow): string => `${labels} ${millis} ${bits}`;

describe.skipIf(missing !== undefined)('answers of a running Prometheus', () => {
  it.each([1, 2])('a range selector gives each sample of the blocks, seed %i', async (seed) => {
    await serve(seed, async (server, rows) => {
      const collected = readApi(await server.ask('query', { query: 'awkward[500d]', time: END }));
      expect(collected.rejects).toEqual([]);
      expect(collected.records).toBe(24);
      expect(sampleLines(collected)).toEqual(rows.map(line).sort());
      const bits = new Set(rows.map((row) => row.bits));
      for (const limit of [NaN, Infinity, -Infinity, -0, 5e-324, 1e-310, -Number.MAX_VALUE])
        expect(bits.has(bitsOf(limit))).toBe(true);
      expect(collected.assumptions.join()).toContain('Times follow no common step');
    });
  });

  it('ranges and instants give the last sample before each time', async () => {
    await serve(3, async (server, rows) => {
      const times = Array.from({ length: 500 }, (_, i) => (BEGIN + i * 30) * 1000);
      const range = { query: 'awkward', start: BEGIN, end: BEGIN + 499 * 30, step: 30 };
      const collected = readApi(await server.ask('query_range', range));
      const expected = evaluated(rows, times).sort();
      expect(expected.length).toBeGreaterThan(2000);
      expect(sampleLines(collected)).toEqual(expected);
      expect(collected.assumptions.join()).toContain('Values stand at steps of 30 s');
      const at = BEGIN + 1000.123;
      const instant = readApi(await server.ask('query', { query: 'awkward', time: at }));
      expect(sampleLines(instant)).toEqual(evaluated(rows, [Math.round(at * 1000)]).sort());
      expect(instant.assumptions.join()).toContain('Values of an instant query');
    });
  });

  it('a range asked in parts that share their ends is the range asked at once', async () => {
    await serve(4, async (server) => {
      const part = (from: number, to: number): Promise<Uint8Array> =>
        server.ask('query_range', { query: 'awkward', start: BEGIN + from, end: BEGIN + to, step: 60 });
      const whole = readApi(await part(0, 6000));
      const parts = await Promise.all([part(2400, 4200), part(4200, 6000), part(0, 2400)]);
      const joined = readApi(Buffer.concat(parts));
      expect(joined.rejects).toEqual([]);
      expect(sampleLines(joined)).toEqual(sampleLines(whole));
      expect(joined.rows('metric_series').length).toBe(whole.rows('metric_series').length);
      expect(joined.assumptions.join()).toMatch(
        /Samples at the seam of two answers, the same in both, are taken once: \d+/,
      );
    });
  });

  it('promtool and the API give the same rows; expressions have no name; errors and texts are no series', async () => {
    await serve(5, async (server) => {
      const range = { query: 'awkward', start: BEGIN, end: BEGIN + 3000, step: 50 };
      const printed = execFileSync(
        'promtool',
        [
          'query',
          '-o',
          'json',
          'range',
          `--start=${BEGIN}`,
          `--end=${BEGIN + 3000}`,
          '--step=50s',
          server.url,
          'awkward',
        ],
        { maxBuffer: 1 << 30 },
      );
      expect(sampleLines(readApi(printed))).toEqual(sampleLines(readApi(await server.ask('query_range', range))));
      const sum = readApi(await server.ask('query', { query: 'count(awkward)', time: BEGIN + 60 }));
      expect(sum.rows('metric_series')).toMatchObject([{ name: '', labels: [] }]);
      const scalar = readApi(await server.ask('query', { query: '1/3', time: BEGIN }));
      expect(scalar.rows('metric_samples')).toMatchObject([{ time: BigInt(BEGIN) * 1_000_000n, value: 1 / 3 }]);
      const text = readApi(await server.ask('query', { query: '"x"', time: BEGIN }));
      expect(text.problem?.message).toContain('The result is a text');
      const error = readApi(await server.ask('query', { query: 'awkward[', time: BEGIN }));
      expect(error.problem?.message).toContain('is an error, "bad_data"');
      const none = readApi(await server.ask('query', { query: 'nothing', time: BEGIN }));
      expect([none.problem, none.records]).toEqual([undefined, 0]);
      expect(none.assumptions).toEqual(['The result of 1 of 1 answers is empty: the query gave no series.']);
    });
  });
});
