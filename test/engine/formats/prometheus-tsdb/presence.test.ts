import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PresenceBuilder, type PresenceRun } from '../../../../engine/formats/prometheus-tsdb/presence.ts';
import { HOUR_MS, RollupBuilder, type HourlyRollup } from '../../../../engine/formats/prometheus-tsdb/rollups.ts';
import { seededRandom } from '../damage.ts';
import { collect, STALE_BITS, valueOf } from './collect.ts';
import { folderFiles } from './folder-files.ts';

function runsOf(times: readonly number[], also?: (builder: PresenceBuilder, i: number) => void): PresenceRun[] {
  const runs: PresenceRun[] = [];
  const builder = new PresenceBuilder(2.5, (run) => runs.push(run));
  times.forEach((time, i) => {
    also?.(builder, i);
    builder.sample(time);
  });
  builder.finish();
  return runs;
}

function every(step: number, count: number, from = 0): number[] {
  return Array.from({ length: count }, (_, i) => from + i * step);
}

describe('presence runs', () => {
  it('is one run without gaps, of any length', () => {
    for (const count of [1, 2, 7, 8, 9, 16, 17, 4095, 4096, 4097, 20_001]) {
      const [run, ...more] = runsOf(every(15_000, count));
      expect(more).toEqual([]);
      const intervalMs = count === 1 ? undefined : 15_000;
      expect(run).toEqual({
        fromMs: 0,
        toMs: (count - 1) * 15_000 + 1,
        samples: count,
        intervalMs,
        endedBy: 'end',
        staleAtMs: undefined,
      });
    }
  });

  it('ends at a silence, wherever it is', () => {
    for (let gap = 1; gap < 9000; gap += 61) {
      const times = every(15_000, 9000).map((time, i) => time + (i >= gap ? 40_000 : 0));
      const runs = runsOf(times);
      expect(runs.map(({ samples, endedBy }) => [samples, endedBy])).toEqual([
        [gap, 'silence'],
        [9000 - gap, 'end'],
      ]);
    }
  });

  it('does not end for one missed scrape', () => {
    expect(runsOf(every(15_000, 1000).filter((_, i) => i % 50 !== 49))).toHaveLength(1);
  });

  it('does not end when the distance becomes another one for good', () => {
    for (let change = 490; change < 510; change++) {
      const runs = runsOf([...every(15_000, change), ...every(60_000, 500, change * 15_000)]);
      expect(runs.map(({ samples }) => samples)).toEqual([change + 500]);
      expect(runsOf([...every(60_000, change), ...every(15_000, 500, change * 60_000)])).toHaveLength(1);
    }
  });

  it('ends at a stale marker, also when the series goes on at once', () => {
    const runs = runsOf(every(1000, 100), (builder, i) => {
      if (i === 40) builder.stale(39_500);
    });
    expect(runs.map(({ samples, endedBy, staleAtMs }) => [samples, endedBy, staleAtMs])).toEqual([
      [40, 'stale', 39_500],
      [60, 'end', undefined],
    ]);
  });

  it('ends where samples are not known', () => {
    const runs = runsOf(every(1000, 100), (builder, i) => {
      if (i === 10) builder.unread(70_200, 70_800);
    });
    expect(runs.map(({ samples, endedBy }) => [samples, endedBy])).toEqual([
      [71, 'unread'],
      [29, 'end'],
    ]);
  });

  it('is the same in whatever pieces the samples come', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = seededRandom(seed);
      const oneByOne: PresenceRun[] = [];
      const inPieces: PresenceRun[] = [];
      const single = new PresenceBuilder(2.5, (run) => oneByOne.push(run));
      const pieces = new PresenceBuilder(2.5, (run) => inPieces.push(run));
      let time = 0;
      for (let piece = 0; piece < 40; piece++) {
        const unevenness = random() < 0.3 ? 0.1 : 0.002;
        const also = random();
        for (const builder of [single, pieces]) {
          if (also < 0.1) builder.stale(time + 1);
          if (also > 0.9) builder.unread(time + 1, time + 900);
        }
        const times = Array.from({ length: 1 + Math.floor(random() * 200) }, () => {
          time += random() < unevenness ? Math.ceil(random() * 100_000) : 15_000;
          return time;
        });
        times.forEach((each) => single.sample(each));
        pieces.samples(Float64Array.from([...times, NaN]), times.length);
      }
      single.finish();
      pieces.finish();
      expect(inPieces).toEqual(oneByOne);
      expect(oneByOne.length).toBeGreaterThan(5);
    }
  });

  it('finds the outages of a server that was watched', async () => {
    const { series } = await collect(await folderFiles('test/fixtures/prometheus-tsdb/live-snapshot'));
    const events = readFileSync('test/fixtures/prometheus-tsdb/live-snapshot.events.txt', 'utf8');
    const stopped = Date.parse(/^(\S+) node_exporter stopped/m.exec(events)![1]!);
    const started = Date.parse(/^(\S+) outage 1 ends/m.exec(events)![1]!);
    const load = series.find(({ info }) => info.name === 'node_load1')!;
    expect(load.runs).toHaveLength(2);
    const [before, after] = load.runs;
    expect(before!.endedBy).toBe('stale');
    expect(before!.intervalMs).toBeGreaterThan(900);
    expect(before!.intervalMs).toBeLessThan(1100);
    expect(Math.abs(before!.toMs - stopped)).toBeLessThan(2500);
    expect(Math.abs(after!.fromMs - started)).toBeLessThan(2500);
    // Every sample is in one run, and every run in the samples.
    for (const { samples, runs } of series) {
      const values = samples.filter(({ bits }) => bits !== STALE_BITS);
      expect(runs.reduce((sum, run) => sum + run.samples, 0)).toBe(values.length);
      for (const { fromMs, toMs, samples: count } of runs)
        expect(values.filter(({ timeMs }) => timeMs >= fromMs && timeMs < toMs)).toHaveLength(count);
    }
  });
});

describe('hours', () => {
  it('are what the samples say, in whatever pieces they come', () => {
    const random = seededRandom(5);
    const times = every(15_000, 3000, -7_000_000);
    const values = times.map(() => (random() < 0.05 ? NaN : Math.floor(random() * 100)));
    const hours: HourlyRollup[] = [];
    const builder = new RollupBuilder((hour) => hours.push(hour));
    for (let at = 0; at < times.length;) {
      const to = Math.min(at + 1 + Math.floor(random() * 300), times.length);
      builder.add(Float64Array.from(times), Float64Array.from(values), at, to);
      at = to;
    }
    builder.finish();
    expect(hours.length).toBe(new Set(times.map((time) => Math.floor(time / HOUR_MS))).size);
    for (const hour of hours) {
      const inHour = times.flatMap((time, i) => (Math.floor(time / HOUR_MS) * HOUR_MS === hour.hourMs ? [i] : []));
      const its = inHour.map((i) => values[i]!);
      const numbers = its.filter((value) => !Number.isNaN(value));
      expect(hour.samples).toBe(its.length);
      expect([hour.min, hour.max]).toEqual([Math.min(...numbers), Math.max(...numbers)]);
      expect([hour.first, hour.last]).toEqual([its[0], its.at(-1)]);
      expect(hour.resets).toBe(inHour.filter((i) => i > 0 && values[i]! < values[i - 1]!).length);
      const mean = its.reduce((sum, value) => sum + value, 0) / its.length;
      expect(Object.is(hour.avg, mean) || Math.abs(hour.avg - mean) < 1e-9).toBe(true);
    }
  });

  it('has a mean where the sum is beyond all doubles', () => {
    const hours: HourlyRollup[] = [];
    const builder = new RollupBuilder((hour) => hours.push(hour));
    builder.add(Float64Array.of(0, 1, 2), new Float64Array(3).fill(1.5e308), 0, 3);
    builder.finish();
    expect(hours[0]!.avg).toBeCloseTo(1.5e308, -300);
  });

  it('leaves stale markers out, and only those', async () => {
    const { series } = await collect(await folderFiles('test/fixtures/prometheus-tsdb/made-3.15/xor'));
    const special = series.find(({ info }) => info.name === 'special')!;
    const values = special.samples.filter(({ bits }) => bits !== STALE_BITS);
    expect(values.some(({ bits }) => bits === 0x7ff8000000000002n && Number.isNaN(valueOf(bits)))).toBe(true);
    expect(values.length).toBeLessThan(special.samples.length);
    expect(special.hours.reduce((sum, hour) => sum + hour.samples, 0)).toBe(values.length);
  });
});
