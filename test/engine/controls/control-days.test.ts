import { describe, expect, it } from 'vitest';
import { controlDay, type DayFacts } from '../../../engine/controls/control-days.ts';
import type { StreamEvidence } from '../../../engine/controls/day-evidence.ts';
import { rollUp } from '../../../engine/controls/roll-up.ts';
import { controlDayStates, rowStatuses, type ControlDayState, type RowStatus } from '../../../shared/states.ts';

const noItems = Object.fromEntries(rowStatuses.map((status) => [status, 0])) as Record<RowStatus, number>;

function items(some: Partial<Record<RowStatus, number>>): Record<RowStatus, number> {
  return { ...noItems, ...some };
}

function evidence(
  expected: readonly string[],
  silent: readonly string[] = [],
  explained: readonly string[] = [],
): StreamEvidence {
  const all = [...silent, ...explained];
  return {
    streams: 'auditd',
    isUnknown: false,
    isLearned: false,
    expected,
    seen: expected.filter((system) => !all.includes(system)),
    silent: all.map((system) => ({
      system,
      stream: 'auditd',
      isPartly: false,
      isExplained: explained.includes(system),
    })),
  };
}

/** A clean day of a daily control: three items, two systems, all well. */
const clean: DayFacts = {
  day: '2026-03-01',
  per: 'daily',
  isDue: true,
  items: items({ ok: 3 }),
  explainedAlarms: 0,
  untrustedItems: 0,
  evidence: [evidence(['a', 'b'])],
  emptyTables: [],
  error: null,
};

const unknown: StreamEvidence = {
  streams: 'x or y',
  isUnknown: true,
  isLearned: false,
  expected: [],
  seen: [],
  silent: [],
};

describe('the state of a control-day', () => {
  const table: readonly (readonly [story: string, facts: Partial<DayFacts>, states: readonly ControlDayState[]])[] = [
    ['a clean day', {}, ['effective']],
    ['full coverage and no item', { items: noItems }, ['effective']],
    ['an event control, full coverage and no item', { per: 'event', items: noItems }, ['effective']],
    ['full coverage, and only items that were not to be judged', { items: items({ info: 2, skip: 1 }) }, ['effective']],
    ['one alarm', { items: items({ ok: 2, alarm: 1 }) }, ['deviation']],
    ['one alarm, explained', { items: items({ alarm: 1 }), explainedAlarms: 1 }, ['explained']],
    ['one alarm explained, one not', { items: items({ alarm: 2 }), explainedAlarms: 1 }, ['deviation']],
    ['an order that clocks cannot decide', { items: items({ undecidable: 1 }) }, ['undecidable']],
    ['a record of a clock that was out', { untrustedItems: 1 }, ['untrusted time']],
    ['nobody seen', { evidence: [evidence(['a', 'b'], ['a', 'b'])] }, ['no evidence']],
    ['nobody seen and no item', { items: noItems, evidence: [evidence(['a'], ['a'])] }, ['no evidence']],
    [
      'nobody seen, an event control',
      { per: 'event', items: noItems, evidence: [evidence(['a'], ['a'])] },
      ['no evidence'],
    ],
    ['nobody known', { items: noItems, evidence: [unknown] }, ['no evidence']],
    ['one of two streams unknown', { evidence: [evidence(['a']), unknown] }, ['no evidence']],
    ['one of two seen', { evidence: [evidence(['a', 'b'], ['b'])] }, ['partial']],
    ['one of two seen, the other explained', { evidence: [evidence(['a', 'b'], [], ['b'])] }, ['explained']],
    ['nobody seen, all explained', { items: noItems, evidence: [evidence(['a', 'b'], [], ['a', 'b'])] }, ['explained']],
    ['nobody seen, one explained', { items: noItems, evidence: [evidence(['a', 'b'], ['a'], ['b'])] }, ['no evidence']],
    [
      'an explained alarm beside an open gap',
      { items: items({ alarm: 1 }), explainedAlarms: 1, evidence: [evidence(['a', 'b'], ['b'])] },
      ['partial'],
    ],
    [
      'an alarm beside a gap',
      { items: items({ alarm: 1 }), evidence: [evidence(['a', 'b'], ['b'])] },
      ['deviation', 'partial'],
    ],
    [
      'an alarm though nobody was seen',
      { items: items({ alarm: 1 }), evidence: [evidence(['a'], ['a'])] },
      ['deviation', 'no evidence'],
    ],
    ['a table without rows', { items: noItems, emptyTables: ['systems'] }, ['no evidence']],
    ['items without evidence among others', { items: items({ ok: 1, no_evidence: 1 }) }, ['partial']],
    ['items without evidence alone', { items: items({ no_evidence: 2 }), evidence: [] }, ['no evidence']],
    ['a test that failed', { items: noItems, error: 'It took longer than 60 s.' }, ['error']],
    [
      'a test that failed on a day without evidence',
      { items: noItems, error: 'x.', evidence: [evidence(['a'], ['a'])] },
      ['no evidence', 'error'],
    ],
    ['an item that could not be tested', { items: items({ ok: 1, error: 1 }) }, ['error']],
    [
      'a test that failed on a day it was not due',
      { items: noItems, isDue: false, evidence: null, error: 'x.' },
      ['not due'],
    ],
    [
      'a day the frequency does not fall on',
      { per: 'monthly', items: noItems, isDue: false, evidence: null },
      ['not due'],
    ],
    [
      'an item on a day the frequency does not fall on',
      { per: 'monthly', items: items({ ok: 1 }), isDue: false, evidence: null },
      ['effective'],
    ],
    [
      'an alarm on such a day',
      { per: 'monthly', items: items({ alarm: 1 }), isDue: false, evidence: null },
      ['deviation'],
    ],
    ['nobody in scope', { items: noItems, evidence: [evidence([])] }, ['not due']],
    ['without streams, nothing tested', { items: noItems, evidence: [] }, ['no evidence']],
    [
      'nobody in scope, and a skipped item that says so',
      { items: items({ skip: 1 }), evidence: [evidence([])] },
      ['not due'],
    ],
    ['nobody in scope, and an item', { items: items({ ok: 1 }), evidence: [evidence([])] }, ['effective']],
    [
      'only a skipped item on a day the frequency does not fall on',
      { per: 'monthly', items: items({ skip: 1 }), isDue: false, evidence: null },
      ['not due'],
    ],
    [
      'an item without evidence on such a day',
      { per: 'monthly', items: items({ no_evidence: 1 }), isDue: false, evidence: null },
      ['no evidence'],
    ],
    ['without streams, only skipped items', { items: items({ skip: 2 }), evidence: [] }, ['not due']],
    ['without streams, only information', { items: items({ info: 2 }), evidence: [] }, ['no evidence']],
    [
      'without streams, information beside a skipped item',
      { items: items({ info: 1, skip: 1 }), evidence: [] },
      ['no evidence'],
    ],
    [
      'without streams, an event control with only a skipped item',
      { per: 'event', items: items({ skip: 1 }), evidence: [] },
      ['not due'],
    ],
    ['without streams, tested', { items: items({ ok: 1 }), evidence: [] }, ['effective']],
    ['without streams, an event control with no item', { per: 'event', items: noItems, evidence: [] }, ['not due']],
  ];

  it.each(table)('%s', (_story, facts, states) => {
    const day = controlDay({ ...clean, ...facts });
    expect(day.allStates).toEqual(states);
    expect(day.state).toBe(states[0]);
    expect(day.reasons).toHaveLength(states.length);
    for (const reason of day.reasons) expect(reason).toMatch(/^[A-Z0-9].*\.$/);
  });

  it('has a row in the table above for every state', () => {
    const shown = new Set(table.map(([, , [first]]) => first));
    expect([...shown].sort()).toEqual([...controlDayStates].sort());
  });

  it('shows the first by precedence of any two that apply together', () => {
    const causes: Partial<Record<ControlDayState, (facts: DayFacts) => DayFacts>> = {
      deviation: (facts) => ({ ...facts, items: { ...facts.items, alarm: 1 } }),
      undecidable: (facts) => ({ ...facts, items: { ...facts.items, undecidable: 1 } }),
      'untrusted time': (facts) => ({ ...facts, untrustedItems: 1 }),
      'no evidence': (facts) => ({ ...facts, evidence: [evidence(['a'], ['a'])] }),
      partial: (facts) => ({ ...facts, items: { ...facts.items, no_evidence: 1 } }),
      error: (facts) => ({ ...facts, items: { ...facts.items, error: 1 } }),
    };
    const entries = Object.entries(causes) as [ControlDayState, (facts: DayFacts) => DayFacts][];
    for (const [one, cause] of entries) {
      for (const [other, otherCause] of entries) {
        const day = controlDay(otherCause(cause(clean)));
        const expected = controlDayStates.filter((state) => state === one || state === other);
        expect(day.allStates).toEqual(expected);
      }
    }
  });

  it('is never effective without evidence, whatever else is known', () => {
    for (const ok of [0, 3])
      for (const per of ['cont', 'daily', 'event', 'monthly'] as const)
        for (const lack of [
          { evidence: [evidence(['a'], ['a'])] },
          { evidence: [unknown] },
          { emptyTables: ['systems'] },
        ]) {
          expect(controlDay({ ...clean, per, items: items({ ok }), ...lack }).allStates).not.toContain('effective');
        }
  });

  it('counts items, those judged, those deviating, and the systems', () => {
    const day = controlDay({
      ...clean,
      items: items({ ok: 4, alarm: 3, info: 2, skip: 1, no_evidence: 1 }),
      explainedAlarms: 1,
      evidence: [evidence(['b', 'a', 'c'], ['c'])],
    });
    expect(day).toMatchObject({
      population: 11,
      tested: 7,
      deviations: 2,
      systemsExpected: ['a', 'b', 'c'],
      systemsSeen: ['a', 'b'],
    });
    expect(day.reasons[0]).toBe('2 of 7 items tested deviate.');
    expect(controlDay({ ...clean, items: items({ ok: 2, skip: 3 }) }).reasons).toEqual([
      '2 items, none deviates; all 2 systems were covered.',
    ]);
    expect(controlDay({ ...clean, items: items({ skip: 3 }), evidence: [] }).reasons).toEqual([
      '3 items, none of which was to be tested.',
    ]);
    expect(controlDay({ ...clean, per: 'event', items: noItems }).reasons).toEqual([
      '0 items; all 2 systems were covered.',
    ]);
  });
});

describe('the words of an effective day', () => {
  const learned = { ...evidence(['x', 'y']), streams: 'cloudtrail', isLearned: true };

  it('do not call systems expected that no inventory asks for', () => {
    expect(controlDay({ ...clean, evidence: [learned] }).reasons).toEqual([
      '3 items, none deviates; no inventory asks for cloudtrail: the 2 systems seen in it were taken as expected.',
    ]);
    expect(
      controlDay({ ...clean, items: noItems, evidence: [evidence(['a']), { ...learned, expected: ['x'] }] }).reasons,
    ).toEqual([
      '0 items; the one system expected was covered; ' +
        'no inventory asks for cloudtrail: the one system seen in it was taken as expected.',
    ]);
  });
});

describe('the roll-up', () => {
  const day = (state: ControlDayState, deviations = 0) => ({ state, deviations });

  it('says what was found in a sentence', () => {
    const days = [
      ...Array.from({ length: 177 }, () => day('effective')),
      day('no evidence'),
      ...[4, 4, 1].map((n) => day('deviation', n)),
    ];
    expect(rollUp(days)).toEqual({
      overall: 'deviation',
      totals: { deviation: 3, 'no evidence': 1, effective: 177 },
      conclusion: '3 deviation days (9 items); 1 day without evidence; 177 effective.',
    });
  });

  it('is not effective with one day of anything else, and names items outside the window', () => {
    for (const state of controlDayStates) {
      const expected = state === 'not due' ? 'effective' : state;
      expect(rollUp([day('effective'), day(state)]).overall).toBe(expected);
    }
    expect(rollUp([day('not due')]).overall).toBe('not due');
    expect(rollUp([day('effective')], 2).conclusion).toBe('1 effective; 2 items outside the window.');
  });
});
