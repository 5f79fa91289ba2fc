import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rollUpSource } from '../../../engine/evidence/roll-ups.ts';
import { coverageIntervals } from '../../../engine/timeline/coverage-intervals.ts';
import type { DeclaredExpectation } from '../../../engine/timeline/expectations.ts';
import { expectationOf, findExpectedAndGaps } from '../../../engine/timeline/found-gaps.ts';
import { fixedSilencesSql } from '../../../engine/timeline/heard-hours.ts';
import { gapsByHour, silencesWithin, type Silence } from '../../../engine/timeline/silences.ts';
import { readStreamHistories } from '../../../engine/timeline/stream-histories.ts';
import { hourOfWeek, zoneOffsets } from '../../../engine/timeline/zone-hours.ts';
import { formatInstant, parseInstant, windowInterval, type AuditWindow } from '../../../shared/time.ts';
import { makeScratchCase, type ScratchCase } from '../store/locked/scratch-case.ts';

let scratch: ScratchCase;
beforeEach(async () => {
  scratch = await makeScratchCase();
});
afterEach(() => scratch.remove());

const june: AuditWindow = { firstDay: '2026-06-01', lastDay: '2026-06-30', zone: 'UTC' };
const HOUR = 3_600_000_000n;

/** Events as a source of their own, rolled up as an import does; `system` is SQL. */
async function events(sourceId: number, times: readonly bigint[], system = `'web-1'`): Promise<void> {
  if (times.length === 0) return;
  await scratch.database.query(
    `INSERT INTO evidence.events (source_id, record, stream, system, time)
     SELECT ${sourceId}, record, 'syslog', ${system}, make_timestamp(micros::BIGINT)
     FROM (SELECT unnest($times::VARCHAR[]) AS micros, generate_subscripts($times::VARCHAR[], 1) AS record)`,
    { times: times.map(String) },
  );
  await scratch.database.transaction((transaction) =>
    rollUpSource(transaction, { sourceId, series: null, dayZone: 'UTC' }),
  );
}

async function needsSyslog(): Promise<void> {
  await scratch.database.query(
    `INSERT INTO evidence.systems (source_id, record, system, needs, addresses) VALUES (90, 1, 'web-1', ['syslog'], [])`,
  );
}

async function gaps(declared: readonly DeclaredExpectation[] = []): Promise<readonly string[]> {
  const { gaps: found } = await findExpectedAndGaps(scratch.database, june, declared);
  return found.map(({ kind, from, to }) => `${kind} ${formatInstant(from)} ${formatInstant(to)}`);
}

/** Every 20 minutes on weekdays; at weekends once in six hours. */
function officeTimes(): readonly bigint[] {
  const start = parseInstant('2026-06-01T00:05:00Z')!;
  return Array.from({ length: 30 * 72 }, (_, at) => start + BigInt(at) * (HOUR / 3n)).filter((time) => {
    const weekday = Number(((time - start) / (24n * HOUR)) % 7n);
    const isSixth = ((time - start) / (HOUR / 3n)) % 18n === 0n;
    return weekday < 5 || isSixth;
  });
}

describe('learned silences', () => {
  it('take a silent Tuesday for a gap and a quiet weekend for none, with both citations', async () => {
    await needsSyslog();
    const from = parseInstant('2026-06-16T09:00:00Z')!;
    const cut = officeTimes().filter((time) => time < from || time > from + 10n * HOUR);
    await events(1, cut);
    const { gaps: found, expectations } = await findExpectedAndGaps(scratch.database, june, []);
    expect(expectations.map(({ basis }) => basis)).toEqual(['learned']);
    expect(found.map(({ from: f, to }) => [formatInstant(f), formatInstant(to)])).toEqual([
      ['2026-06-16T08:45:00Z', '2026-06-16T19:05:00Z'],
    ]);
    const place = cut.findIndex((time) => time > from);
    expect(found[0]).toMatchObject({
      before: { sourceId: 1, record: place },
      after: { sourceId: 1, record: place + 1 },
    });
    expect(found[0]!.usual!.likelihood).toBeLessThan(1e-6);
  });

  it('owe a record on each day where too little was seen', async () => {
    await needsSyslog();
    await events(1, [parseInstant('2026-06-02T10:00:00Z')!, parseInstant('2026-06-05T10:00:00Z')!]);
    expect(await gaps()).toEqual([
      'silence 2026-06-01T00:00:00Z 2026-06-02T10:00:00Z',
      'silence 2026-06-02T10:00:00Z 2026-06-05T10:00:00Z',
      'silence 2026-06-05T10:00:00Z 2026-07-01T00:00:00Z',
    ]);
  });

  it('give way to what is declared', async () => {
    await needsSyslog();
    await events(1, officeTimes());
    const sixHours: DeclaredExpectation = { system: 'web-1', stream: 'syslog', allowedS: 5 * 3600, basis: 'declared' };
    expect((await gaps([sixHours])).length).toBeGreaterThan(20);
    expect(await gaps([{ ...sixHours, allowedS: 7 * 3600 }])).toEqual([]);
  });
});

describe('silences from roll-ups', () => {
  const base = parseInstant('2026-06-01T00:00:00Z')!;
  const inOrder = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

  async function clear(): Promise<void> {
    for (const table of ['events', 'stream_hours', 'repeats', 'clock_samples'])
      await scratch.database.query(`DELETE FROM evidence.${table}`);
    await scratch.database.query('DELETE FROM stream_histories');
  }

  /** Seconds after the base, mostly in few hours so that silences end within them, and the source of each. */
  const drawn = fc
    .array(
      fc.tuple(fc.integer({ min: 0, max: 5 * 3600 }), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 3 })),
      {
        minLength: 2,
        maxLength: 50,
      },
    )
    .map((all) =>
      all.map(([second, day, source]) => [base + BigInt(second + day * 86_400) * 1_000_000n, source] as const),
    );

  it(
    'are those of the raw times, however these are split into sources and names, to the second',
    { timeout: 180_000 },
    async () => {
      await scratch.database.query(
        `INSERT INTO evidence.systems (source_id, record, system, addresses) VALUES (90, 1, 'web-1', ['web-1.local'])`,
      );
      await fc.assert(
        fc.asyncProperty(drawn, fc.constantFrom(20, 600, 2700, 7200), async (timed, limitS) => {
          await clear();
          for (const source of [1, 2, 3]) {
            await events(
              source,
              timed.filter((one) => one[1] === source).map(([time]) => time),
              // Two names of one system in one source.
              `CASE WHEN record % 3 = 0 THEN 'web-1.local' ELSE 'web-1' END`,
            );
          }
          const times = timed.map(([time]) => time).toSorted(inOrder);
          const raw = times
            .slice(1)
            .map((to, at) => [times[at]!, to] as const)
            .filter(([from, to]) => to - from > BigInt(limitS) * 1_000_000n);
          const rows = await scratch.database.query(
            `SELECT * FROM (${fixedSilencesSql(windowInterval(june), limitS)}) ORDER BY "from"`,
          );
          expect(rows.map((row) => [row['from'], row['to']])).toEqual(raw);
          const { all } = await readStreamHistories(scratch.database, {
            within: windowInterval(june),
            offsets: [{ from: base, offset: 0n }],
            shortestSaid: () => limitS,
          });
          const { silences } = all[0]!.heard;
          expect(silences.map(({ from, to }) => [from, to])).toEqual(raw);
          await expectCited(silences);
        }),
        { numRuns: 25 },
      );
    },
  );

  /** Each end of a silence is the time of the record that is cited for it. */
  async function expectCited(silences: readonly Silence[]): Promise<void> {
    const rows = await scratch.database.query('SELECT source_id, record, time FROM evidence.events');
    const timeOf = new Map(rows.map((row) => [`${String(row['source_id'])} ${String(row['record'])}`, row['time']]));
    for (const { from, to, before, after } of silences) {
      expect(timeOf.get(`${before!.sourceId} ${before!.record}`)).toBe(from);
      expect(timeOf.get(`${after!.sourceId} ${after!.record}`)).toBe(to);
    }
  }

  it('are those of measurements of clocks too', async () => {
    const seconds = [0, 60, 120, 2520, 2580, 3300, 3420];
    const rows = seconds.map((s, at) => `(1, ${at + 1}, 'web-1', make_timestamp(${base + BigInt(s) * 1_000_000n}))`);
    await scratch.database.query(
      `INSERT INTO evidence.clock_samples (source_id, record, system, time) VALUES ${rows.join(', ')}`,
    );
    await scratch.database.transaction((transaction) =>
      rollUpSource(transaction, { sourceId: 1, series: null, dayZone: 'UTC' }),
    );
    const found = await scratch.database.query(
      `SELECT * FROM (${fixedSilencesSql(windowInterval(june), 600)}) ORDER BY "from"`,
    );
    const lengths = found.map((row) => [row['stream'], Number((row['to'] as bigint) - (row['from'] as bigint)) / 1e6]);
    expect(lengths).toEqual([
      ['clock', 2400],
      ['clock', 720],
    ]);
  });

  it('teach the same, however times are split into sources', async () => {
    const times = officeTimes().slice(0, 20 * 72);
    const learned = async (split: (at: number) => number): Promise<unknown> => {
      await clear();
      const sources = [1, 2, 3].map((source) => times.filter((_, at) => split(at) === source));
      for (const [at, some] of sources.entries()) await events(at + 1, some);
      const request = {
        within: windowInterval(june),
        offsets: [{ from: base, offset: 0n }],
        shortestSaid: () => undefined,
      };
      const { all } = await readStreamHistories(scratch.database, request);
      return { learned: all[0]!.learned, silences: all[0]!.heard.silences.map(({ from, to }) => [from, to]) };
    };
    const whole = await learned(() => 1);
    expect(await learned((at) => 1 + Math.floor(at / 500))).toEqual(whole);
    expect(await learned((at) => 1 + ((at * 7) % 3))).toEqual(whole);
  });
});

describe('silences within an hour', () => {
  /** Every 30 seconds for 20 days. */
  const dense = (): readonly bigint[] =>
    Array.from({ length: 20 * 2880 }, (_, at) => parseInstant('2026-06-01T00:00:10Z')! + BigInt(at) * 30_000_000n);
  const scoped = (): Promise<unknown> =>
    scratch.database.query(
      `INSERT INTO evidence.systems (source_id, record, system, needs, addresses, scope_to)
       VALUES (90, 1, 'web-1', ['syslog'], [], TIMESTAMP '2026-06-21')`,
    );

  it('of a stream that speaks each half minute are gaps from 15 minutes on', async () => {
    await scoped();
    const [from, to] = [parseInstant('2026-06-10T12:10:00Z')!, parseInstant('2026-06-10T12:50:00Z')!];
    const [from2, to2] = [parseInstant('2026-06-12T12:10:00Z')!, parseInstant('2026-06-12T12:20:00Z')!];
    await events(
      1,
      dense().filter((time) => !(time > from && time < to) && !(time > from2 && time < to2)),
    );
    expect(await gaps()).toEqual(['silence 2026-06-10T12:09:40Z 2026-06-10T12:50:10Z']);
  });

  it('are gaps when they are longer than was declared, also two of one hour', async () => {
    await scoped();
    const cuts = [
      ['2026-06-10T12:05:00Z', '2026-06-10T12:16:00Z'],
      ['2026-06-10T12:30:00Z', '2026-06-10T12:42:00Z'],
      ['2026-06-10T13:55:00Z', '2026-06-10T14:06:00Z'],
      ['2026-06-11T12:30:00Z', '2026-06-11T12:39:00Z'],
    ].map((cut) => cut.map((text) => parseInstant(text)!));
    await events(
      1,
      dense().filter((time) => !cuts.some(([from, to]) => time > from! && time < to!)),
    );
    expect(await gaps([{ system: 'web-1', stream: 'syslog', allowedS: 600, basis: 'declared' }])).toEqual([
      'silence 2026-06-10T12:04:40Z 2026-06-10T12:16:10Z',
      'silence 2026-06-10T12:29:40Z 2026-06-10T12:42:10Z',
      'silence 2026-06-10T13:54:40Z 2026-06-10T14:06:10Z',
    ]);
  });
});

describe('gaps by a fixed expectation', () => {
  const owed = windowInterval(june);
  const expectation = expectationOf(
    {
      stream: 'syslog',
      system: 'web-1',
      basis: 'declared',
      isScan: false,
      neverSeen: false,
      expected: [],
      seen: [],
      records: 0,
    },
    { system: 'web-1', stream: 'syslog', allowedS: 4 * 3600, basis: 'declared' },
    {},
  );
  const found = (times: readonly bigint[], shift = 0n): readonly (readonly [bigint, bigint])[] => {
    const sorted = times.map((time) => time + shift).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const silences = sorted.slice(1).map((to, at) => ({ from: sorted[at]!, to, before: null, after: null }));
    const first = { at: sorted[0]!, cites: null };
    const heard = { stream: 'syslog', system: 'web-1', first, last: { at: sorted.at(-1)!, cites: null }, silences };
    const place = { from: owed.from + shift, to: owed.to + shift };
    const offsets = [{ from: place.from, offset: 0n }];
    return gapsByHour(silencesWithin(heard, place), expectation, { owed: place, offsets }).map(
      ({ from, to }) => [from - shift, to - shift] as const,
    );
  };
  const time = fc.integer({ min: 0, max: 30 * 24 * 60 - 1 }).map((minute) => owed.from + BigInt(minute) * 60_000_000n);
  const times = fc.array(time, { minLength: 1, maxLength: 60 });

  it('grow no longer by another event', () => {
    fc.assert(
      fc.property(times, time, (all, more) => {
        const before = found(all);
        for (const [from, to] of found([...all, more])) {
          expect(before.some(([f, t]) => f <= from && to <= t)).toBe(true);
        }
      }),
    );
  });

  it('shift with the events', () => {
    fc.assert(
      fc.property(times, fc.bigInt({ min: -(10n ** 13n), max: 10n ** 13n }), (all, shift) => {
        expect(found(all, shift)).toEqual(found(all));
      }),
    );
  });
});

describe('coverage intervals', () => {
  it('partition the window, whatever is owed and silent', () => {
    const interval = fc
      .tuple(fc.bigInt({ min: -50n, max: 150n }), fc.bigInt({ min: 1n, max: 60n }))
      .map(([from, length]) => ({ from, to: from + length }));
    fc.assert(
      fc.property(fc.array(interval), fc.array(interval), (owed, silent) => {
        const found = coverageIntervals({ from: 0n, to: 100n }, owed, silent);
        expect(found[0]!.from).toBe(0n);
        expect(found.at(-1)!.to).toBe(100n);
        found.slice(1).forEach((one, at) => {
          expect(one.from).toBe(found[at]!.to);
          expect(one.state).not.toBe(found[at]!.state);
        });
      }),
    );
  });
});

describe('hours of the week', () => {
  it('follow daylight saving: of the day with 23 hours one is not there, of that with 25 one is twice', () => {
    const zone = 'Europe/Berlin';
    const offsets = zoneOffsets(zone, windowInterval({ firstDay: '2026-03-01', lastDay: '2026-10-31', zone }));
    const hours = (from: string, count: number): readonly number[] =>
      Array.from({ length: count }, (_, at) => hourOfWeek(parseInstant(from)! + BigInt(at) * HOUR, offsets) - 144);
    expect(hours('2026-03-28T23:00:00Z', 4)).toEqual([0, 1, 3, 4]);
    expect(hours('2026-10-24T22:00:00Z', 5)).toEqual([0, 1, 2, 2, 3]);
  });
});
