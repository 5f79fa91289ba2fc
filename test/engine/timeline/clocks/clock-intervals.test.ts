/** Clocks over small evidence, written down as a case of a pack would be. */
import { describe, expect, it } from 'vitest';
import { clockIntervalsTable } from '../../../../engine/store/timeline-tables.ts';
import { clockIntervalRow, findClocks } from '../../../../engine/timeline/clocks/clock-intervals.ts';
import { seededRandom } from '../../formats/damage.ts';
import { at, clockSamples, evidence, intervalsOf, spoken, states, window } from './clock-evidence.ts';

describe('a clock that is measured', () => {
  it('is within until it is out, out from the last good measurement, and unknown after four times the usual distance', async () => {
    const intervals = await intervalsOf({
      clock_samples: clockSamples([
        ['web-1', 0, 0.001],
        ['web-1', 600, -0.05],
        ['web-1', 1200, 0.08],
        ['web-1', 1800, 0.002],
      ]),
    });
    expect(states(intervals, 'web-1')).toEqual([
      '0 600 within measured',
      '600 1800 out measured',
      '1800 4200 within measured',
      '4200 172800 unknown not measured',
    ]);
    expect(intervals[1]).toMatchObject({ offsetS: 0.08, maxAbsOffsetS: 0.08, cites: { record: 3 } });
  });

  it('is unknown where it is not synchronised, frozen, 0 throughout, or never measured', async () => {
    const every = (system: string, offset: (i: number) => number, synchronised?: string) =>
      Array.from({ length: 8 }, (_, i) => [system, i * 600, offset(i), synchronised] as const);
    const intervals = await intervalsOf({
      systems: 'system\nmute',
      clock_samples: clockSamples([
        ...every('frozen', () => 0.003),
        ...every('zero', () => 0),
        ...every('alone', (i) => i / 1000 + 0.001, 'false'),
      ]),
    });
    expect(new Set(intervals.map(({ state }) => state))).toEqual(new Set(['unknown']));
    expect(states(intervals, 'mute')).toEqual(['0 172800 unknown never measured']);
    expect(intervals.find(({ system }) => system === 'frozen')?.because).toContain('does not move');
    expect(intervals.find(({ system }) => system === 'zero')?.because).toContain('0 throughout');
  });
});

describe('evidence that is no measurement', () => {
  it('finds a step back by serials that rise while times fall, and what occurs twice is out', async () => {
    const times = [0, 60, 400, 220, 280, 340];
    const rows = times.map((t, i) => `web-1,auditd,${at(t)},${100 + i}`);
    const { intervals, steps } = await findClocks(
      await evidence({ events: ['system,stream,time,sequence', ...rows].join('\n') }),
      { window, thresholdS: 0.05 },
    );
    expect(steps).toMatchObject([{ system: 'web-1', stepS: -180, before: { record: 3 }, after: { record: 4 } }]);
    expect(states(intervals, 'web-1')[1]).toBe('220 400 out serial order');
  });

  it('finds a step among the records of other systems, and in rows that are stored in any order', async () => {
    const steps = async (order: 1 | -1) => {
      const rows = Array.from({ length: 60 }, (_, i) => {
        const isStepped = i >= 30;
        return i % 3 === 0
          ? `9,${i + 1},web-1,auditd,${at(1000 + i - (isStepped ? 7 : 0))},${100 + i}`
          : `9,${i + 1},web-2,auditd,${at(1000 + i - (isStepped ? 1 : 0))},${500 + i}`;
      });
      const database = await evidence({
        events: ['source_id,record,system,stream,time,sequence', ...(order === 1 ? rows : rows.toReversed())].join(
          '\n',
        ),
      });
      return (await findClocks(database, { window, thresholdS: 0.05 })).steps;
    };
    const found = await steps(1);
    expect(found).toMatchObject([{ system: 'web-1', stepS: -4, before: { record: 28 }, after: { record: 31 } }]);
    expect(await steps(-1)).toEqual(found);
  });

  it('takes one record that came late for no step', async () => {
    const rows = [0, 60, 400, 220, 480].map((t, i) => `web-1,auditd,${at(t)},${100 + i}`);
    const { steps } = await findClocks(
      await evidence({ events: ['system,stream,time,sequence', ...rows].join('\n') }),
      { window, thresholdS: 0.05 },
    );
    expect(steps).toEqual([]);
  });

  it('finds a clock that is ahead of the time of receipt, and one that is behind by what is not delay', async () => {
    const hour = (system: string, h: number, lag: number): string[] =>
      Array.from({ length: 30 }, (_, i) => {
        const t = h * 3600 + i * 60;
        return `${system},syslog,${at(t)},${at(t + lag + 0.01 + (i % 7) / 1000)}`;
      });
    const rows = [
      ...[0, 1, 2].flatMap((h) => [...hour('a', h, 0), ...hour('b', h, 0)]),
      ...hour('a', 3, -90),
      ...hour('b', 4, 180),
    ];
    const intervals = await intervalsOf({ events: ['system,stream,time,received', ...rows].join('\n') });
    expect(states(intervals, 'a')).toEqual(
      ['10800 14400 out received'].flatMap((x) => [
        '0 10800 unknown never measured',
        x,
        '14400 172800 unknown never measured',
      ]),
    );
    expect(states(intervals, 'b')[1]).toBe('14400 18000 out received');
    const [, ahead] = intervals.filter(({ system }) => system === 'a');
    expect(ahead!.offsetS).toBeCloseTo(89.99, 3);
  });

  it('finds an offset of 268 days by connections that two systems saw', async () => {
    const far = 268 * 86_400;
    const random = seededRandom(7);
    const rows = Array.from({ length: 12 }, (_, i) => {
      const t = 3600 + i * 500;
      const end = `10.0.0.9,${40_000 + i},10.0.0.1,443`;
      return [`fw,firewall,${at(t)},${end}`, `web-1,nginx,${at(t - far + random() * 0.3)},${end}`];
    }).flat();
    const good = Array.from({ length: 40 }, (_, i) => ['fw', i * 600, 0.001 + i / 1e5] as const);
    const intervals = await intervalsOf({
      events: ['system,stream,time,src_ip,src_port,dst_ip,dst_port', ...rows].join('\n'),
      clock_samples: clockSamples(good),
    });
    const out = intervals.filter(({ system, state }) => system === 'web-1' && state === 'out');
    expect(out).toHaveLength(1);
    expect(out[0]!.basis).toBe('anchors');
    expect(Math.abs(out[0]!.offsetS! + far)).toBeLessThan(1);
    expect(out[0]!.because).toContain('268 days behind');
    expect(states(intervals, 'fw')[0]).toContain('within');
  });
});

describe('whatever is measured', () => {
  it('partitions the window, and moves with it', async () => {
    for (const seed of [1, 2, 3]) {
      const random = seededRandom(seed);
      const rows = Array.from({ length: 40 }, () => {
        const offset = random() < 0.2 ? ('' as const) : (random() - 0.5) / 5;
        return ['s', Math.floor(random() * 172_800), offset, random() < 0.9 ? 'true' : 'false'] as const;
      });
      const intervals = await intervalsOf({ clock_samples: clockSamples(rows) });
      expect(spoken(intervals[0]!.from)).toBe(0);
      expect(spoken(intervals.at(-1)!.to)).toBe(172_800);
      intervals.slice(1).forEach((one, i) => expect(one.from).toBe(intervals[i]!.to));
      const later = clockSamples(rows.map(([system, t, offset, is]) => [system, t + 86_400 * 3, offset, is] as const));
      const moved = await findClocks(await evidence({ clock_samples: later }), {
        window: { ...window, firstDay: '2026-03-04', lastDay: '2026-03-05' },
        thresholdS: 0.05,
      });
      const shift = 3n * 86_400_000_000n;
      expect(moved.intervals.map((one) => ({ ...one, from: one.from - shift, to: one.to - shift }))).toEqual(intervals);
    }
  });
});

describe('what controls ask', () => {
  it('trusts only a clock within, and orders only what the clocks can tell apart', async () => {
    const database = await evidence({
      clock_samples: clockSamples(
        ['a', 'b'].flatMap((system, s) =>
          Array.from({ length: 20 }, (_, i) => [system, i * 600, (s === 0 ? 0.001 : 10) + i / 1e4] as const),
        ),
      ),
    });
    const { intervals } = await findClocks(database, { window, thresholdS: 0.05 });
    await database.transaction(async (transaction) => {
      for (const one of intervals) transaction.add(clockIntervalsTable, clockIntervalRow(one));
    });
    const time = (seconds: number): string => `TIMESTAMP '${at(seconds).slice(0, 19)}'`;
    const ask = async (sql: string) => (await database.query(`SELECT ${sql} AS it`))[0]!['it'];
    expect(await ask(`event_time_trusted('a', ${time(100)})`)).toBe(true);
    expect(await ask(`event_time_trusted('b', ${time(100)})`)).toBe(false);
    expect(await ask(`event_time_trusted('nobody', ${time(100)})`)).toBe(false);
    expect(await ask(`event_time_trusted(NULL, NULL)`)).toBe(false);
    expect(await ask(`ordered('a', ${time(100)}, 'b', ${time(105)}).order`)).toBe('after');
    expect(await ask(`ordered('a', ${time(100)}, 'b', ${time(120)}).order`)).toBe('before');
    expect(await ask(`ordered('a', ${time(100)}, 'b', ${time(110)}).order`)).toBe('undecidable');
    expect(await ask(`ordered('a', ${time(100)}, 'nobody', ${time(110)}).order`)).toBe('undecidable');
    expect(await ask(`ordered('a', ${time(100)}, 'nobody', ${time(110)}).margin_s`)).toBe(null);
  });
});
