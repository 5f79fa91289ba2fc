import { describe, expect, it } from 'vitest';
import type { isDatedBySystems } from '../../../engine/controls/untrusted-time.ts';
import { judgedClocks, TrustedTime, unmeasuredClocks } from '../../../engine/controls/untrusted-time.ts';
import type { ClockInterval } from '../../../engine/timeline/clock-interval.ts';

function interval(system: string, from: bigint, to: bigint, own: Partial<ClockInterval> = {}): ClockInterval {
  const nothing = { offsetS: null, errorS: null, maxAbsOffsetS: null, because: 'B.', cites: null };
  return { system, from, to, state: 'unknown', basis: 'never measured', ...nothing, ...own };
}

const none = { owed: [], measured: [] };

describe('the clocks that are judged', () => {
  const intervals = [
    interval('a', 0n, 10n),
    interval('b', 0n, 4n),
    interval('b', 4n, 10n, { state: 'out', basis: 'serial order' }),
    interval('c', 0n, 10n, { basis: 'anchors' }),
    interval('d', 0n, 10n),
    interval('e', 0n, 10n),
  ];

  it('are those that are asked for, measured, or put in doubt by other evidence', () => {
    const judged = judgedClocks(intervals, { owed: ['d'], measured: ['e'] });
    expect([...judged].sort()).toEqual(['b', 'c', 'd', 'e']);
    expect(unmeasuredClocks(intervals, judged)).toEqual(['a']);
  });

  it('of others the time is taken as it is', () => {
    const trusted = new TrustedTime(intervals, judgedClocks(intervals, none));
    expect(['a', 'b', 'c', 'd', 'nobody'].map((system) => trusted.isTrusted(system, 5n))).toEqual([
      true,
      false,
      false,
      true,
      true,
    ]);
  });
});

describe('an item', () => {
  const intervals = [
    interval('a', 20n, 30n, { state: 'within', basis: 'chrony' }),
    interval('a', 0n, 10n, { state: 'within', basis: 'chrony' }),
    interval('a', 10n, 20n, { state: 'out', basis: 'chrony' }),
  ];
  const trusted = new TrustedTime(intervals, new Set(['a']));

  it('is untrusted from the start of an interval up to and without its end', () => {
    const at = (time: bigint): boolean => trusted.isTrusted('a', time);
    expect([0n, 9n, 10n, 19n, 20n, 29n, 30n].map(at)).toEqual([true, true, false, false, true, true, false]);
  });

  it('is concerned only where it was judged and is dated by the system that it names', () => {
    const events = { needs: { events: ['time'] } };
    const item = { ...{ time: 15n, system: 'a', resource: 'r', status: 'ok', reason: 'R.' }, sourceId: 1, record: 1 };
    const isUntrusted = (own: object, control: Parameters<typeof isDatedBySystems>[0] = events): boolean =>
      trusted.isUntrusted(control, { ...item, dimensions: {}, ...own } as Parameters<typeof trusted.isUntrusted>[1]);
    expect(isUntrusted({})).toBe(true);
    expect(isUntrusted({ status: 'alarm' })).toBe(true);
    expect(isUntrusted({ status: 'skip' })).toBe(false);
    expect(isUntrusted({ system: null })).toBe(false);
    expect(isUntrusted({ time: 5n })).toBe(false);
    expect(isUntrusted({}, { needs: { scans: ['started'] } })).toBe(false);
  });
});
