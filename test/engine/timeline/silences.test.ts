import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rollUpSource } from '../../../engine/evidence/roll-ups.ts';
import { coverageIntervals } from '../../../engine/timeline/coverage-intervals.ts';
import type { DeclaredExpectation } from '../../../engine/timeline/expectations.ts';
import { expectationOf, findExpectedAndGaps } from '../../../engine/timeline/found-gaps.ts';
import { fixedSilencesSql } from '../../../engine/timeline/heard-hours.ts';
import { gapsByHour, silencesWithin } from '../../../engine/timeline/silences.ts';
import { refreshTimeline } from '../../../engine/timeline/stored-timeline.ts';
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

/** Events of one system as a source of their own, rolled up as an import does. */
async function events(sourceId: number, times: readonly bigint[]): Promise<void> {
  if (times.length === 0) return;
  const rows = times.map((time, at) => `(${sourceId}, ${at + 1}, 'syslog', 'web-1', make_timestamp(${time}))`);
  await scratch.database.query(
    `INSERT INTO evidence.events (source_id, record, stream, system, time) VALUES ${rows.join(', ')}`,
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
  it('are those of the raw times, however these are split into sources', async () => {
    const base = parseInstant('2026-06-01T00:00:00Z')!;
    const minutes = fc.array(fc.tuple(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 1, max: 3 })), {
      minLength: 2,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(minutes, async (drawn) => {
        await scratch.database.query('DELETE FROM evidence.events');
        await scratch.database.query('DELETE FROM evidence.stream_hours');
        await scratch.database.query('DELETE FROM evidence.repeats');
        const timed = drawn.map(([minute, source]) => [base + BigInt(minute) * 60_000_000n, source] as const);
        for (const source of [1, 2, 3]) {
          await events(
            source,
            timed.filter((one) => one[1] === source).map(([time]) => time),
          );
        }
        const rows = await scratch.database.query(
          `SELECT * FROM (${fixedSilencesSql(windowInterval(june), 2 * 3600)}) ORDER BY "from"`,
        );
        const times = timed.map(([time]) => time).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        const raw = times.slice(1).map((to, at) => [times[at]!, to] as const);
        expect(rows.map((row) => [row['from'], row['to']])).toEqual(raw.filter(([from, to]) => to - from > 2n * HOUR));
      }),
      { numRuns: 15 },
    );
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
    undefined,
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

describe('the stored timeline', () => {
  it('is in the tables, and made again when evidence is added', async () => {
    await needsSyslog();
    await events(1, [parseInstant('2026-06-02T10:00:00Z')!]);
    const asOf = parseInstant('2026-07-02T00:00:00Z')!;
    const request = { window: june, expectations: [], decisions: [], clockThresholdS: 0.05, asOf };
    const first = await refreshTimeline(scratch.database, request);
    expect(await refreshTimeline(scratch.database, request)).toBe(first);
    await events(2, [parseInstant('2026-06-20T10:00:00Z')!]);
    const second = await refreshTimeline(scratch.database, request);
    const rows = await scratch.database.query('SELECT gap_id, "from", "to" FROM gaps ORDER BY "from"');
    expect(rows.map((row) => row['to'])).toEqual(second.gaps.map(({ to }) => to));
    expect([first.gaps.length, second.gaps.length]).toEqual([2, 3]);
  });
});
