/** What a person decides about how long a stream may be silent, and what stands: one entry of the ledger each. */
import { fail } from '../shared/problem.ts';
import { durationSeconds } from './core/duration.ts';
import { knownStreams } from './core/known-streams.ts';
import type { Engine } from './engine.ts';
import type { EvidenceCase } from './intake/evidence-case.ts';
import { ledgerData, type ExpectationDecided } from './intake/ledger-kinds.ts';
import { readCaseTimeline } from './read-timeline.ts';
import { readSystemsByStream, standingExpectation } from './timeline/declared-expectations.ts';
import { HOURS_OF_WEEK, type Expectation } from './timeline/expectations.ts';

export type ExpectationChoice =
  | { readonly action: 'declare'; readonly longestSilence: string; readonly reason: string }
  | { readonly action: 'confirm'; readonly reason?: string }
  | { readonly action: 'withdraw'; readonly reason?: string };

export interface ExpectationRequest {
  readonly stream: string;
  /** A name as the inventory has it; all systems of the stream where left out. */
  readonly system?: string;
  readonly choice: ExpectationChoice;
}

/**
 * Writes decisions about a stream into the ledger and gives them: one entry, but of a confirmation one for each system
 * whose numbers are confirmed.
 * Fails with `not_found` for a stream or system that nothing is known of, or where nothing was learned that could be
 * confirmed; `bad_request` for a length that is none or a missing reason; `already_exists` when it is decided so already.
 */
export async function decideExpectation(
  { effects }: Engine,
  target: EvidenceCase,
  { stream, system = '*', choice }: ExpectationRequest,
): Promise<readonly ExpectationDecided[]> {
  await checkIsKnown(target, stream, system);
  const decided =
    choice.action === 'confirm'
      ? confirmed((await readCaseTimeline(target, effects.now())).expectations, { stream, system, choice })
      : [stated(choice, stream, system)];
  const fresh = decided.filter((one) => !stands(target, one));
  if (fresh.length === 0) failStands(choice.action, stream, system);
  await target.note(fresh.map((data) => ({ kind: 'expectation-decided', data: ledgerData(data) })));
  return fresh;
}

async function checkIsKnown({ database }: EvidenceCase, stream: string, system: string): Promise<void> {
  const systems = (await readSystemsByStream(database)).get(stream);
  if (systems === undefined && !knownStreams.includes(stream))
    fail({
      code: 'not_found',
      message: `The stream ${stream} is not known and nothing of it is in the case.`,
      remedy: '`fieldwork expectations` lists the streams of the case.',
    });
  if (system === '*' || systems?.includes(system)) return;
  fail({
    code: 'not_found',
    message: `The system ${system} neither needs the stream ${stream} nor was it heard in it.`,
    remedy: systems ? `Give one of ${systems.slice(0, 10).join(', ')}.` : 'Import its evidence or the inventory first.',
  });
}

function stated(
  choice: Exclude<ExpectationChoice, { action: 'confirm' }>,
  stream: string,
  system: string,
): ExpectationDecided {
  const reason = choice.reason?.trim() ?? '';
  const nothing = { longest_silence_s: null, usual_s: null, allowed_s: null };
  const common = { action: choice.action, stream, system, reason: reason === '' ? null : reason, ...nothing };
  if (choice.action === 'withdraw') return common;
  if (reason === '')
    fail({
      code: 'bad_request',
      message: 'A longest silence is declared with a reason.',
      remedy: 'Say with --reason on what it rests: an agreement, a configuration, a policy.',
    });
  return { ...common, longest_silence_s: durationSeconds(choice.longestSilence) ?? failLength(choice.longestSilence) };
}

function failLength(text: string): never {
  return fail({
    code: 'bad_request',
    message: `The longest silence cannot be ${text}.`,
    remedy: 'Give a whole number and a unit: 90s, 30m, 6h or 2d, at most two years.',
  });
}

/** What was learned of each system of the stream, as decisions. */
function confirmed(
  expectations: readonly Expectation[],
  { stream, system, choice }: ExpectationRequest & { readonly choice: { readonly action: 'confirm' } },
): readonly ExpectationDecided[] {
  const reason = choice.reason?.trim() ?? '';
  const learned = expectations.filter(
    (one) =>
      one.stream === stream &&
      (system === '*' || one.system === system) &&
      (one.basis === 'learned' || one.basis === 'confirmed') &&
      one.usualS.length === HOURS_OF_WEEK &&
      one.allowedS.length === HOURS_OF_WEEK,
  );
  if (learned.length === 0)
    fail({
      code: 'not_found',
      message: `Nothing was learned of ${stream} of ${system === '*' ? 'any system' : system} that could be confirmed.`,
      remedy: 'Declare a longest silence instead: --longest-silence 6h --reason TEXT.',
    });
  return learned.map((one) => ({
    action: 'confirm',
    stream,
    system: one.system,
    reason: reason === '' ? null : reason,
    longest_silence_s: null,
    usual_s: [...one.usualS],
    allowed_s: [...one.allowedS],
  }));
}

function stands({ ledger }: EvidenceCase, decided: ExpectationDecided): boolean {
  const standing = standingExpectation(ledger.entries, decided);
  if (decided.action === 'withdraw') return standing === undefined;
  return standing !== undefined && JSON.stringify(comparable(standing)) === JSON.stringify(comparable(decided));
}

function comparable({ action, longest_silence_s, usual_s, allowed_s, reason }: ExpectationDecided): readonly unknown[] {
  // Numbers that are confirmed once more, with other words, are no news.
  return [action, longest_silence_s, usual_s, allowed_s, action === 'confirm' ? null : reason];
}

function failStands(action: ExpectationChoice['action'], stream: string, system: string): never {
  const whose = `${stream} of ${system === '*' ? 'every system' : system}`;
  return fail({
    code: 'already_exists',
    message:
      action === 'withdraw'
        ? `Nothing stands decided about ${whose}, so nothing can be withdrawn.`
        : `The same is decided about ${whose} already.`,
    remedy: '`fieldwork expectations` shows what stands.',
  });
}
