import { describe, expect, it } from 'vitest';
import { explainGaps, type GapTicket } from '../../../engine/timeline/explanations.ts';
import type { GapAction, GapDecision } from '../../../engine/timeline/gap-decision.ts';
import type { CorroboratedGap, Gap } from '../../../engine/timeline/gap.ts';
import { parseInstant } from '../../../shared/time.ts';

const at = (text: string): bigint => parseInstant(`2026-${text}:00Z`)!;

// A silence of web-1 from 10 March 02:00 to 11 March 14:00, where one hour is usual.
const gap: CorroboratedGap = {
  system: 'web-1',
  stream: 'auditd',
  kind: 'silence',
  from: at('03-10T02:00'),
  to: at('03-11T14:00'),
  before: { sourceId: 1, record: 10 },
  after: { sourceId: 1, record: 11 },
  usual: { usualS: 3600, allowedS: 14_400, likelihood: 1e-9 },
  missing: null,
  cause: 'stream-alone',
  corroboration: [],
};

const outage: GapTicket = {
  ticket: 'INC-1',
  kind: 'incident',
  system: 'web-1',
  starts: at('03-10T09:00'),
  ends: at('03-11T15:00'),
  hasRootCause: true,
  cites: { sourceId: 2, record: 1 },
};

let seq = 0;
function decision(action: GapAction, more: Partial<GapDecision> = {}): GapDecision {
  const { system, stream, kind, from, to } = gap;
  seq += 1;
  const what = { ticket: null, reason: null, until: null, target: null, saidCause: gap.cause, ...more };
  return { seq, at: at('04-01T00:00'), by: 'ann', action, system, stream, kind, from, to, ...what };
}

interface Given {
  readonly tickets?: readonly GapTicket[];
  readonly decisions?: readonly GapDecision[];
  readonly asOf?: bigint;
  readonly zone?: string;
  readonly of?: CorroboratedGap;
}

function explained({ tickets = [], decisions = [], asOf = at('06-01T12:00'), zone = 'UTC', of = gap }: Given): Gap {
  return explainGaps([of], { tickets, decisions, asOf, zone })[0]!;
}

describe('a ticket', () => {
  it('explains the gap that it covers when it has a root cause, and is cited', () => {
    const found = explained({ tickets: [outage] });
    expect(found).toMatchObject({ state: 'explained', ticket: 'INC-1', accepted: null });
    expect(found.proposals).toEqual([
      {
        ticket: 'INC-1',
        overlap: { from: at('03-10T09:00'), to: gap.to },
        hasRootCause: true,
        explains: true,
        rejected: null,
        cites: { sourceId: 2, record: 1 },
      },
    ]);
  });

  it.each([
    ['has no root cause', { hasRootCause: false }],
    ['was opened more than a day after the gap began', { starts: at('03-11T02:01') }],
    ['was resolved more than the usual silence before the gap ended', { ends: at('03-11T12:59') }],
    ['is a planned change', { kind: 'change' }],
    ['is a request', { kind: 'access_request' }],
  ])('is only proposed when it %s', (_, change) => {
    const found = explained({ tickets: [{ ...outage, ...change }] });
    expect(found).toMatchObject({ state: 'open', ticket: null, proposals: [{ ticket: 'INC-1', explains: false }] });
  });

  it.each([
    ['opened a day after the gap began', { starts: at('03-11T02:00') }],
    ['resolved within the usual silence of its end', { ends: at('03-11T13:00') }],
    ['not resolved', { ends: null }],
  ])('explains when it was %s', (_, change) => {
    expect(explained({ tickets: [{ ...outage, ...change }] }).state).toBe('explained');
  });

  it.each([
    ['of another system', { system: 'web-2' }],
    ['that ended as the gap began', { starts: at('03-09T00:00'), ends: gap.from }],
    ['opened as the gap ended', { starts: gap.to }],
  ])('%s is not proposed', (_, change) => {
    expect(explained({ tickets: [{ ...outage, ...change }] }).proposals).toEqual([]);
  });

  // An unresolved ticket has no end, and must not explain every gap of that system for ever.
  it.each<[string, string, Gap['state']]>([
    ['a day after the gap began', '03-11T02:00', 'explained'],
    ['more than a day after the gap began', '03-11T02:01', 'open'],
    ['seven days before the gap began', '03-03T02:00', 'explained'],
    ['more than seven days before the gap began', '03-03T01:59', 'open'],
  ])('that nobody resolved and that was opened %s: %s', (_, opened, state) => {
    const found = explained({ tickets: [{ ...outage, starts: at(opened), ends: null }] });
    expect(found).toMatchObject({ state, proposals: [{ ticket: 'INC-1', explains: state === 'explained' }] });
  });

  it('that was resolved covers by its own interval, however long before it was opened', () => {
    expect(explained({ tickets: [{ ...outage, starts: at('01-05T00:00') }] }).state).toBe('explained');
  });

  it('that nobody resolved can be linked by a person, however old it is', () => {
    const old = { ...outage, starts: at('01-05T00:00'), ends: null };
    const decisions = [decision('link', { ticket: 'INC-1' })];
    expect(explained({ tickets: [old], decisions })).toMatchObject({ state: 'explained', ticket: 'INC-1' });
  });

  it('that explains stands before larger ones that do not', () => {
    const whole = { ...outage, ticket: 'INC-0', starts: at('03-01T00:00'), hasRootCause: false };
    const found = explained({ tickets: [whole, outage] });
    expect([found.ticket, ...found.proposals.map(({ ticket }) => ticket)]).toEqual(['INC-1', 'INC-1', 'INC-0']);
  });
});

describe('a decision', () => {
  const part = { ...outage, ends: at('03-10T12:00') };

  it('links a ticket that covers a part; it explains until it loses its root cause', () => {
    const decisions = [decision('link', { ticket: 'INC-1' })];
    expect(explained({ tickets: [part], decisions })).toMatchObject({ state: 'explained', ticket: 'INC-1' });
    expect(explained({ tickets: [{ ...part, hasRootCause: false }], decisions }).state).toBe('open');
    expect(explained({ decisions }).state).toBe('open');
  });

  it('links a ticket about another system, that of the collector', () => {
    const decisions = [decision('link', { ticket: 'INC-1' })];
    expect(explained({ tickets: [{ ...outage, system: 'log-1' }], decisions }).state).toBe('explained');
  });

  it('that a ticket is not about the gap takes the explanation away, and stays with its reason', () => {
    const decisions = [decision('not', { ticket: 'INC-1', reason: 'About the disk.' })];
    const found = explained({ tickets: [outage], decisions });
    expect(found).toMatchObject({ state: 'open', ticket: null });
    expect(found.proposals).toMatchObject([
      { ticket: 'INC-1', explains: false, rejected: { by: 'ann', reason: 'About the disk.' } },
    ]);
    const again = [...decisions, decision('link', { ticket: 'INC-1' })];
    expect(explained({ tickets: [outage], decisions: again }).state).toBe('explained');
  });

  it('to accept shows as accepted, not as explained, even where a ticket explains', () => {
    const decisions = [decision('accept', { reason: 'Planned move.' })];
    expect(explained({ decisions })).toMatchObject({
      state: 'accepted',
      ticket: null,
      accepted: { by: 'ann', reason: 'Planned move.', until: null, at: at('04-01T00:00') },
    });
    expect(explained({ decisions, tickets: [outage] })).toMatchObject({ state: 'accepted', ticket: 'INC-1' });
  });

  it('to accept counts to the end of its last day in the zone of the engagement, and stays visible then', () => {
    const decisions = [decision('accept', { reason: 'For now.', until: '2026-05-31' })];
    const [last, after] = [at('05-31T18:29'), at('05-31T18:30')];
    expect(explained({ decisions, asOf: last, zone: 'Asia/Kolkata' }).state).toBe('accepted');
    const expired = explained({ decisions, asOf: after, zone: 'Asia/Kolkata' });
    expect(expired).toMatchObject({ state: 'open', accepted: { until: '2026-05-31', reason: 'For now.' } });
    expect(explained({ decisions, asOf: after, zone: 'UTC' }).state).toBe('accepted');
  });

  it('to accept says so when the cause is another one than was accepted', () => {
    const decisions = [decision('accept', { reason: 'Planned move.', saidCause: 'host-down' })];
    const changed = explained({ decisions });
    expect(changed.state).toBe('accepted');
    expect(changed.corroboration).toEqual([
      { says: 'It was accepted when its cause was said to be host-down; now it is stream-alone.', cites: [] },
    ]);
    expect(explained({ decisions: [decision('accept', { reason: 'A.' })] }).corroboration).toEqual([]);
    expect(explained({ decisions: [...decisions, decision('withdraw')] }).corroboration).toEqual([]);
  });

  it('is withdrawn by a later one, and can be made again', () => {
    const decisions = [decision('accept', { reason: 'A.' }), decision('withdraw')];
    expect(explained({ decisions })).toMatchObject({ state: 'open', accepted: null });
    decisions.push(decision('accept', { reason: 'B.' }));
    expect(explained({ decisions })).toMatchObject({ state: 'accepted', accepted: { reason: 'B.' } });
  });

  it('holds for the parts that more evidence leaves of a gap, and for nothing more', () => {
    const decisions = [decision('accept', { reason: 'Planned.' })];
    expect(explained({ decisions, of: { ...gap, from: at('03-10T08:00') } }).state).toBe('accepted');
    expect(explained({ decisions, of: { ...gap, to: gap.to + 1n } }).state).toBe('open');
    expect(explained({ decisions, of: { ...gap, stream: 'syslog' } }).state).toBe('open');
    expect(explained({ decisions, of: { ...gap, kind: 'truncated' } }).state).toBe('open');
    expect(explained({ decisions, of: { ...gap, target: 'node web-1:9100' } }).state).toBe('open');
  });
});
