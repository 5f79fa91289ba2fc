import { expect, it } from 'vitest';
import { evidenceByDay } from '../../../engine/controls/day-evidence.ts';
import { GapsByStream, touchesDay, type GapOfDay } from '../../../engine/controls/gaps-of-day.ts';
import { TrustedTime } from '../../../engine/controls/untrusted-time.ts';
import type { StreamCoverage } from '../../../engine/timeline/coverage.ts';
import { parseInstant, windowDays } from '../../../shared/time.ts';

const at = (text: string): bigint => parseInstant(`2026-03-${text}:00Z`)!;
const days = windowDays({ firstDay: '2026-03-01', lastDay: '2026-03-03', zone: 'UTC' });

function gap(from: string, to: string, more: Partial<GapOfDay> = {}): GapOfDay {
  const usual = { usualS: 3600, allowedS: 14_400, likelihood: 1e-9 };
  const names = { system: 'web-1', stream: 'auditd', kind: 'silence' as const };
  return { ...names, from: at(from), to: at(to), usual, state: 'open', ...more };
}

const someDay = { records: 10 } as unknown as NonNullable<StreamCoverage['seen'][number]>;

function silentOn(gaps: readonly GapOfDay[], seen: readonly boolean[], isAgreed = false): readonly string[] {
  const coverage: StreamCoverage = {
    ...{ stream: 'auditd', system: 'web-1', basis: 'declared', isScan: false, neverSeen: false, records: 20 },
    expected: [true, true, true],
    seen: seen.map((isSeen) => (isSeen ? someDay : undefined)),
  };
  const ground = { days, gaps: new GapsByStream(gaps), isQuietAgreed: () => isAgreed };
  const found = evidenceByDay({ streams: ['auditd'], per: 'daily' }, [coverage], ground);
  return found.map((day) => {
    const [silent] = day![0]!.silent;
    return silent === undefined
      ? 'seen'
      : `${silent.isPartly ? 'partly' : 'wholly'}${silent.isExplained ? ' explained' : ''}`;
  });
}

it('forgives a day the minutes of a gap that are usual', () => {
  expect(touchesDay(gap('01T12:00', '02T00:20'), days[1]!)).toBe(false);
  expect(touchesDay(gap('01T12:00', '02T02:00'), days[1]!)).toBe(true);
  expect(touchesDay(gap('01T12:00', '02T02:00'), days[2]!)).toBe(false);
});

it('knows silent, touched and explained days', () => {
  const long = gap('01T12:00', '03T06:00');
  expect(silentOn([long], [true, false, true])).toEqual(['partly', 'wholly', 'partly']);
  expect(silentOn([{ ...long, state: 'accepted' }], [true, false, true])).toEqual([
    'partly explained',
    'wholly explained',
    'partly explained',
  ]);
});

it('calls a day without a record quiet only where a person stands for it', () => {
  expect(silentOn([], [true, false, true])).toEqual(['seen', 'wholly', 'seen']);
  expect(silentOn([], [true, false, true], true)).toEqual(['seen', 'seen', 'seen']);
});

it('trusts no time of a clock that was out or unknown, and judges none that nobody measured', () => {
  const rest = { offsetS: null, errorS: null, maxAbsOffsetS: null, basis: 'chrony', because: 'So.', cites: null };
  const of = (system: string) => [
    { system, from: at('01T00:00'), to: at('02T00:00'), state: 'within' as const, ...rest },
    { system, from: at('02T00:00'), to: at('03T00:00'), state: 'out' as const, ...rest },
  ];
  const trusted = new TrustedTime([...of('web-1'), ...of('web-2')], new Set(['web-1']));
  expect(trusted.isTrusted('web-1', at('01T23:59'))).toBe(true);
  expect(trusted.isTrusted('web-1', at('02T00:00'))).toBe(false);
  expect(trusted.isTrusted('web-2', at('02T00:00'))).toBe(true);
});
