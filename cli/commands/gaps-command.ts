/** Where evidence that was expected is missing: a table of all gaps, or one gap in full. */
import type { Command } from 'commander';
import { gapJson, lengthInWords, readGap, readGaps, type GapFilter, type GapLine } from '../../engine/index.ts';
import type { Citation } from '../../shared/contract.ts';
import { chanceInWords, gapCauseWords, gapKindWords } from '../../shared/gap-words.ts';
import { fail } from '../../shared/problem.ts';
import { parseInstant } from '../../shared/time.ts';
import { gapSchema } from '../../shared/timeline-contract.ts';
import { action, withCase, type CommandContext, type ExitCode } from '../run-command.ts';
import { note, print, printJson, printTable } from '../terminal.ts';

const kinds = gapSchema.shape.kind.options;
const states = gapSchema.shape.state.options;

interface GapOptions {
  readonly stream?: string;
  readonly system?: string;
  readonly kind?: string;
  readonly state?: string;
}

async function gaps(
  context: CommandContext,
  path: string,
  name: string | undefined,
  options: GapOptions,
): Promise<ExitCode> {
  if (name !== undefined) return oneGap(context, path, name);
  const filter = gapFilter(options);
  const asOf = context.engine.effects.now();
  const found = await withCase(context, path, (target) => readGaps({ target, asOf }, filter));
  if (context.json) printJson(found.map(gapJson));
  else if (found.length === 0)
    note(Object.keys(filter).length === 0 ? 'No gap was found in the window.' : 'No gap is of this kind.');
  else {
    printTable(
      ['gap', 'cause', 'system', 'stream', 'kind', 'from', 'to', 'length', 'missing', 'state', 'who answers for it'],
      found.map((gap) => [
        ...[gap.id, gap.cause, gap.system, gap.target === null ? gap.stream : `${gap.stream} ${gap.target}`],
        ...[gap.kind, gap.from, gap.to, lengthInWords(gap.lengthS), gap.missing, gap.state, answerOf(gap)],
      ]),
    );
    note(summary(found));
  }
  return 0;
}

function gapFilter({ stream, system, kind, state }: GapOptions): GapFilter {
  return {
    ...(stream === undefined ? {} : { stream }),
    ...(system === undefined ? {} : { system }),
    ...(kind === undefined ? {} : { kind: choice('--kind', kind, kinds) }),
    ...(state === undefined ? {} : { state: choice('--state', state, states) }),
  };
}

function choice<T extends string>(option: string, given: string, known: readonly T[]): T {
  return (
    known.find((one) => one === given) ??
    fail({ code: 'bad_request', message: `${option} cannot be ${given}.`, remedy: `Give one of ${known.join(', ')}.` })
  );
}

function summary(found: readonly GapLine[]): string {
  const counts = states.map((state) => `${found.filter((gap) => gap.state === state).length} ${state}`);
  const one = found.length === 1 ? '1 gap' : `${found.length} gaps`;
  return `${one}: ${counts.join(', ')}. \`fieldwork gaps CASE GAP\` tells all that is known of one.`;
}

/** Who stands for a gap, or what might: one cell. */
function answerOf(gap: GapLine): string {
  const { state, ticket, accepted, proposals } = gap;
  if (state === 'explained') return ticket ?? '';
  const acceptor = accepted === null ? [] : [accepted.by + (accepted.until === null ? '' : ` until ${accepted.until}`)];
  if (state === 'accepted') return acceptor.join('');
  return [
    ...acceptor.map((by) => `no longer ${by}`),
    ...proposals.map((one) => `${one.ticket}? ${shortcoming(one, gap)}`),
  ].join('; ');
}

type Proposal = GapLine['proposals'][number];

/** Why a ticket that overlaps does not explain the gap. */
function shortcoming({ rejected, hasRootCause, overlap }: Proposal, gap: GapLine): string {
  if (rejected !== null) return `turned down by ${rejected.by}`;
  if (!hasRootCause) return 'no root cause';
  return `overlaps ${lengthInWords(secondsOf(overlap))} of ${lengthInWords(gap.lengthS)}`;
}

function secondsOf({ from, to }: { readonly from: string; readonly to: string }): number {
  return Number((parseInstant(to) ?? 0n) - (parseInstant(from) ?? 0n)) / 1e6;
}

async function oneGap(context: CommandContext, path: string, name: string): Promise<ExitCode> {
  const asOf = context.engine.effects.now();
  const gap = await withCase(context, path, (target) => readGap({ target, asOf }, name));
  if (context.json) printJson(gapJson(gap));
  else for (const line of inFull(gap)) print(line);
  return 0;
}

function inFull(gap: GapLine): readonly string[] {
  const target = gap.target === null ? '' : ` (${gap.target})`;
  return [
    `${gap.id}: ${gap.stream}${target} of ${gap.system}, ${gapKindWords[gap.kind]}`,
    `  from      ${gap.from}  ${gap.before === null ? 'no record before it' : `after record ${cited(gap.before)}`}`,
    `  to        ${gap.to}  ${gap.after === null ? 'no record after it' : `until record ${cited(gap.after)}`}`,
    `  length    ${lengthInWords(gap.lengthS)}${usually(gap)}`,
    ...(gap.missing === null ? [] : [`  missing   ${countOfRecords(gap.missing)}`]),
    `  cause     ${gap.cause}: ${gapCauseWords[gap.cause]}.`,
    ...gap.because.map(
      ({ says, cites }) => `            ${says}${cites.length === 0 ? '' : ` [${cites.map(cited).join(', ')}]`}`,
    ),
    ...gap.proposals.map((one) => `  ticket    ${proposalLine(one, gap)}`),
    ...acceptance(gap),
    `  state     ${gap.state}${gap.state === 'explained' ? ` by ${gap.ticket}` : ''}`,
  ];
}

const countOfRecords = (count: number): string => (count === 1 ? '1 record' : `${count} records`);

function usually({ usualS, allowedS, likelihood }: GapLine): string {
  if (usualS === null || allowedS === null) return '';
  const chance = likelihood === null ? '' : `; so long by chance: ${chanceInWords(likelihood)}`;
  return `; usually silent for ${lengthInWords(usualS)}, at most ${lengthInWords(allowedS)} at these hours${chance}`;
}

function proposalLine(one: Proposal, gap: GapLine): string {
  const overlap = `overlaps ${lengthInWords(secondsOf(one.overlap))} of ${lengthInWords(gap.lengthS)}`;
  const cause = one.hasRootCause ? 'has a root cause' : 'has no root cause';
  const reason = one.rejected === null ? '' : `; turned down by ${one.rejected.by}: ${one.rejected.reason}`;
  const explains = one.explains ? 'explains it' : 'does not explain it';
  return `${one.ticket} ${overlap}, ${cause}, ${explains}${reason} [${cited(one.cites)}]`;
}

function acceptance({ accepted, state }: GapLine): readonly string[] {
  if (accepted === null) return [];
  const until = accepted.until === null ? '' : `, until ${accepted.until}`;
  const ended = state === 'open' ? ' (no longer counts)' : '';
  return [`  accepted  by ${accepted.by} at ${accepted.at}${until}${ended}: ${accepted.reason}`];
}

function cited({ sourceId, record }: Citation): string {
  return `S${sourceId} #${record}`;
}

/** Adds `gaps`. */
export function addGapsCommand(program: Command): void {
  program
    .command('gaps <case> [gap]')
    .description('Where evidence that was expected is missing, the gravest cause first; or one gap in full.')
    .option('--stream <stream>', 'in one stream')
    .option('--system <system>', 'of one system')
    .option('--kind <kind>', kinds.join(', '))
    .option('--state <state>', states.join(', '))
    .option('--json', 'one JSON value on stdout')
    .action(action(gaps));
}
