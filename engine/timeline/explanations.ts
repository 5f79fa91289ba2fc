/** Which gaps are explained: by a ticket with a root cause, or by a person who accepted them. */
import { groupBy } from '../core/group-by.ts';
import { dayOf, MICROS_PER_DAY, MICROS_PER_HOUR, type Interval, type UtcMicros } from '../../shared/time.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import { byCodeUnits } from './coverage.ts';
import type { GapDecision } from './gap-decision.ts';
import {
  gapId,
  type Acceptance,
  type CitedRecord,
  type Corroboration,
  type CorroboratedGap,
  type Gap,
  type ProposedTicket,
} from './gap.ts';

/** A ticket as far as gaps are concerned, in its newest state. */
export interface GapTicket {
  readonly ticket: string;
  readonly kind: string | null;
  readonly system: string | null;
  /** Start of what it covers; when it was opened, where it does not say. */
  readonly starts: UtcMicros;
  /** End of what it covers; when it was resolved, where it does not say; `null`: neither. */
  readonly ends: UtcMicros | null;
  readonly hasRootCause: boolean;
  readonly cites: CitedRecord;
}

export interface ExplanationInput {
  readonly tickets: readonly GapTicket[];
  readonly decisions: readonly GapDecision[];
  /** The instant at which expiry is judged, and the zone of the days. */
  readonly asOf: UtcMicros;
  readonly zone: string;
}

// People notice an outage some time after it began; a ticket of the next week is about something else.
const LATEST_OPENING = 24n * MICROS_PER_HOUR;

// One that nobody resolved has no end, but it was opened for an outage of its own days, not for those of months later.
const LONGEST_UNRESOLVED = 7n * MICROS_PER_DAY;

// What is asked for or planned is no account of what went wrong.
const NO_INCIDENT =
  /^(change|request|service[ _-]?request|access|leaver|joiner|mover|exception|risk|task|deployment|release)/i;

/** Reads every ticket in its newest state; tickets without any time cannot overlap a gap and are left out. */
export async function readGapTickets(database: CaseDatabase): Promise<readonly GapTicket[]> {
  const rows = await database.query(
    `SELECT ticket_id, kind, system, coalesce(starts, opened) AS starts, coalesce(ends, resolved) AS ends,
       coalesce(trim(root_cause), '') <> '' AS has_cause, source_id, record
     FROM tickets WHERE ticket_id IS NOT NULL AND coalesce(starts, opened) IS NOT NULL ORDER BY source_id, record`,
  );
  return rows.map((row) => ({
    ticket: String(row['ticket_id']),
    kind: row['kind'] as string | null,
    system: row['system'] as string | null,
    starts: BigInt(row['starts'] as bigint),
    ends: row['ends'] === null || row['ends'] === undefined ? null : BigInt(row['ends'] as bigint),
    hasRootCause: row['has_cause'] === true,
    cites: { sourceId: Number(row['source_id']), record: Number(row['record']) },
  }));
}

/**
 * Says of every gap whether it is open, explained or accepted, and which tickets overlap it.
 *
 * A gap that somebody accepted is `accepted` up to the last day of the acceptance, whatever tickets say: an acceptance is
 * never hidden by an explanation. Order and number of the gaps stay as they are.
 */
export function explainGaps(gaps: readonly CorroboratedGap[], input: ExplanationInput): readonly Gap[] {
  const tickets = groupBy(input.tickets, ({ system }) => system ?? '');
  const decisions = groupBy(input.decisions, ({ system }) => system);
  const byId = groupBy(input.tickets, ({ ticket }) => ticket);
  return gaps.map((gap) => {
    const decided = standingDecisions(gap, decisions.get(gap.system) ?? []);
    const linked = decided.link === null ? [] : (byId.get(decided.link.ticket ?? '') ?? []);
    const candidates = [...new Set([...(tickets.get(gap.system) ?? []), ...linked])];
    return explainedGap(gap, { candidates, decided, today: dayOf(input.asOf, input.zone) });
  });
}

/** What counts of the decisions about a gap: later ones replace earlier ones. */
interface Standing {
  readonly accept: GapDecision | null;
  readonly link: GapDecision | null;
  readonly rejected: ReadonlyMap<string, GapDecision>;
}

/** Gives what counts of the decisions that apply to a gap; `decisions` in the order of the ledger. */
export function standingDecisions(gap: CorroboratedGap, decisions: readonly GapDecision[]): Standing {
  let accept: GapDecision | null = null;
  let link: GapDecision | null = null;
  const rejected = new Map<string, GapDecision>();
  for (const decision of decisions) {
    if (!appliesTo(decision, gap)) continue;
    const ticket = decision.ticket ?? '';
    if (decision.action === 'accept') accept = decision;
    else if (decision.action === 'link') {
      link = decision;
      rejected.delete(ticket);
    } else if (decision.action === 'not') {
      rejected.set(ticket, decision);
      if (link?.ticket === ticket) link = null;
    } else {
      accept = link = null;
      rejected.clear();
    }
  }
  return { accept, link, rejected };
}

/** More evidence makes a gap shorter or two of it: what was decided of the whole holds for its parts, never for more. */
function appliesTo(decision: GapDecision, { system, stream, kind, target, from, to }: CorroboratedGap): boolean {
  const isSame = decision.system === system && decision.stream === stream && decision.kind === kind;
  return isSame && decision.target === (target ?? null) && decision.from <= from && to <= decision.to;
}

interface Known {
  readonly candidates: readonly GapTicket[];
  readonly decided: Standing;
  readonly today: string;
}

function explainedGap(gap: CorroboratedGap, { candidates, decided, today }: Known): Gap {
  const proposals = candidates
    .flatMap((ticket) => proposalOf(gap, ticket, decided))
    .sort((a, b) => Number(b.explains) - Number(a.explains) || bySize(b, a) || byCodeUnits(a.ticket, b.ticket));
  const explaining = proposals.filter(({ explains }) => explains);
  const ticket = (explaining.find((one) => one.ticket === decided.link?.ticket) ?? explaining[0])?.ticket ?? null;
  const accepted = decided.accept === null ? null : acceptanceOf(decided.accept);
  const counts = accepted !== null && (accepted.until === null || today <= accepted.until);
  const state = counts ? 'accepted' : ticket === null ? 'open' : 'explained';
  const corroboration = [...gap.corroboration, ...changedCause(gap, decided.accept)];
  return { ...gap, corroboration, id: gapId(gap), state, ticket, proposals, accepted };
}

/** Who accepted a gap because the host was down has not accepted that one stream alone was silent. */
function changedCause({ cause }: CorroboratedGap, accept: GapDecision | null): readonly Corroboration[] {
  if (accept === null || accept.saidCause === cause) return [];
  return [
    { says: `It was accepted when its cause was said to be ${accept.saidCause}; now it is ${cause}.`, cites: [] },
  ];
}

function acceptanceOf({ by, reason, at, until }: GapDecision): Acceptance {
  return { by, reason: reason ?? '', at, until };
}

function proposalOf(gap: CorroboratedGap, ticket: GapTicket, { link, rejected }: Standing): readonly ProposedTicket[] {
  const overlap = overlapOf(gap, ticket);
  if (overlap === null) return [];
  const refusal = rejected.get(ticket.ticket);
  const counts = covers(gap, ticket) || link?.ticket === ticket.ticket;
  return [
    {
      ticket: ticket.ticket,
      overlap,
      hasRootCause: ticket.hasRootCause,
      explains: counts && ticket.hasRootCause && refusal === undefined,
      rejected: refusal === undefined ? null : { by: refusal.by, reason: refusal.reason ?? '' },
      cites: ticket.cites,
    },
  ];
}

/** The part of the gap that lies within what the ticket covers; `null` where there is none. */
export function overlapOf(gap: Interval, { starts, ends }: GapTicket): Interval | null {
  const from = starts > gap.from ? starts : gap.from;
  const to = ends !== null && ends < gap.to ? ends : gap.to;
  return from < to ? { from, to } : null;
}

/** True when the ticket explains all of the gap by itself, provided that it has a root cause. */
function covers(gap: CorroboratedGap, { kind, system, starts, ends }: GapTicket): boolean {
  if (system !== gap.system || (kind !== null && NO_INCIDENT.test(kind.trim()))) return false;
  const isInTime = starts <= gap.from + LATEST_OPENING && starts < gap.to;
  if (ends === null) return isInTime && gap.from <= starts + LONGEST_UNRESOLVED;
  const tolerated = BigInt(Math.round((gap.usual?.usualS ?? 0) * 1e6));
  return isInTime && ends + tolerated >= gap.to;
}

function bySize(a: ProposedTicket, b: ProposedTicket): number {
  const difference = a.overlap.to - a.overlap.from - (b.overlap.to - b.overlap.from);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
