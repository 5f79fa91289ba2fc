/** What a person decides about a gap: one entry of the ledger each. */
import { fail } from '../shared/problem.ts';
import { dayOf, formatInstant, isDay, MICROS_PER_SECOND } from '../shared/time.ts';
import type { Engine } from './engine.ts';
import { lengthInWords } from './core/duration.ts';
import type { EvidenceCase } from './intake/evidence-case.ts';
import { ledgerData, type GapDecided } from './intake/ledger-kinds.ts';
import { findGap, readCaseTimeline } from './read-timeline.ts';
import { overlapOf, readGapTickets, standingDecisions, type GapTicket } from './timeline/explanations.ts';
import { gapDecisionsOf } from './timeline/gap-decision.ts';
import type { Gap } from './timeline/gap.ts';

export type GapChoice =
  | { readonly action: 'accept'; readonly reason: string; readonly until?: string }
  | { readonly action: 'link'; readonly ticket: string; readonly reason?: string }
  | { readonly action: 'not'; readonly ticket: string; readonly reason: string }
  | { readonly action: 'withdraw'; readonly reason?: string };

/**
 * Writes a decision about a gap into the ledger and gives the gap as it stands then. `gap` is its name, or enough of its
 * beginning to be the only one.
 * Fails with `not_found` for a gap or ticket that is not there, `already_exists` when it is decided so already, and
 * `bad_request` for a decision that cannot be: no reason, a day that is past, a ticket without root cause or overlap.
 */
export async function explainGap(
  { effects }: Engine,
  target: EvidenceCase,
  { gap: name, choice }: { readonly gap: string; readonly choice: GapChoice },
): Promise<Gap> {
  const asOf = effects.now();
  const gap = findGap((await readCaseTimeline(target, asOf)).gaps, name);
  const today = dayOf(asOf, target.engagement.window.zone);
  const decision = decisionOf(choice, today);
  if (decision.ticket !== null) await checkTicket(target, gap, decision);
  checkIsNew(target, gap, decision);
  await target.note([{ kind: 'gap-decided', data: ledgerData({ ...decision, ...asRecorded(gap) }) }]);
  return findGap((await readCaseTimeline(target, asOf)).gaps, gap.id);
}

type Decision = Pick<GapDecided, 'action' | 'ticket' | 'reason' | 'until'>;

function decisionOf(choice: GapChoice, today: string): Decision {
  const reason = choice.reason?.trim() ?? '';
  const ticket = 'ticket' in choice ? choice.ticket.trim() : null;
  if (reason === '' && (choice.action === 'accept' || choice.action === 'not')) failNoReason(choice.action);
  const until = choice.action === 'accept' ? (choice.until ?? null) : null;
  if (until !== null) checkUntil(until, today);
  return { action: choice.action, ticket, reason: reason === '' ? null : reason, until };
}

function failNoReason(action: 'accept' | 'not'): never {
  return fail({
    code: 'bad_request',
    message: action === 'accept' ? 'A gap is accepted with a reason.' : 'A ticket is turned down with a reason.',
    remedy: 'Say why with --reason: it stands in the ledger and in the binder.',
  });
}

function checkUntil(until: string, today: string): void {
  const remedy = 'Give the last day on which the acceptance counts, or leave it out.';
  if (!isDay(until))
    fail({
      code: 'bad_request',
      message: `The day ${until} is not a day of the calendar written YYYY-MM-DD.`,
      remedy,
    });
  if (until < today) fail({ code: 'bad_request', message: `The day ${until} is past: today is ${today}.`, remedy });
}

/** Fails when the ticket is not in the case; a link also without root cause, overlap, or a reason for another system. */
async function checkTicket({ database }: EvidenceCase, gap: Gap, { action, ticket, reason }: Decision): Promise<void> {
  const rows = (await readGapTickets(database)).filter((one) => one.ticket === ticket);
  if (rows.length === 0) failNoTicket(ticket ?? '');
  if (action === 'not') return;
  const overlapping = rows.filter((row) => overlapOf(gap, row) !== null);
  if (overlapping.length === 0) failNoOverlap(gap, rows[0]!);
  if (!overlapping.some(({ hasRootCause }) => hasRootCause))
    fail({
      code: 'bad_request',
      message: `Ticket ${ticket} has no root cause, so it explains nothing.`,
      remedy: 'Ask for a newer export that has one, or accept the gap with --accept --reason.',
    });
  if (reason === null && !overlapping.some(({ system }) => system === gap.system))
    fail({
      code: 'bad_request',
      message: `Ticket ${ticket} is about ${overlapping[0]!.system ?? 'no system'}; the gap is one of ${gap.system}.`,
      remedy: 'Say with --reason why it explains the gap all the same.',
    });
}

function failNoTicket(ticket: string): never {
  return fail({
    code: 'not_found',
    message: `There is no ticket ${ticket} with a time in this case.`,
    remedy: 'Import the export that has it; `fieldwork sql` shows the table tickets.',
  });
}

function failNoOverlap(gap: Gap, { ticket, starts, ends }: GapTicket): never {
  const isLater = starts >= gap.to;
  const apart = isLater ? starts - gap.to : gap.from - (ends ?? gap.from);
  const distance = lengthInWords(Number(apart) / Number(MICROS_PER_SECOND));
  const when = isLater
    ? `begins at ${formatInstant(starts)}, ${distance} after the gap ended (${formatInstant(gap.to)})`
    : `ends at ${formatInstant(ends ?? gap.from)}, ${distance} before the gap began (${formatInstant(gap.from)})`;
  return fail({
    code: 'bad_request',
    message: `Ticket ${ticket} ${when}.`,
    remedy: 'Give a ticket that overlaps the gap, or accept the gap with --accept --reason.',
  });
}

function checkIsNew({ ledger }: EvidenceCase, gap: Gap, decision: Decision): void {
  const { accept, link, rejected } = standingDecisions(gap, gapDecisionsOf(ledger.entries, ledger.head.seq));
  const isSame = {
    accept: accept !== null && accept.reason === decision.reason && accept.until === decision.until,
    link: link !== null && link.ticket === decision.ticket,
    not: rejected.has(decision.ticket ?? ''),
    withdraw: accept === null && link === null && rejected.size === 0,
  }[decision.action];
  if (!isSame) return;
  fail({
    code: 'already_exists',
    message:
      decision.action === 'withdraw'
        ? `Nothing stands decided about ${gap.id}, so nothing can be withdrawn.`
        : `The same is decided about ${gap.id} already.`,
    remedy: '`fieldwork gaps` shows what stands.',
  });
}

function asRecorded(gap: Gap): Omit<GapDecided, keyof Decision> {
  return {
    gap: gap.id,
    system: gap.system,
    stream: gap.stream,
    gap_kind: gap.kind,
    target: gap.target ?? null,
    from: formatInstant(gap.from),
    to: formatInstant(gap.to),
    said: {
      state: gap.state,
      cause: gap.cause,
      corroboration: gap.corroboration.map(({ says }) => says),
      likelihood: gap.usual?.likelihood ?? null,
      missing: gap.missing,
    },
  };
}
