/** What a person decides about gaps and expectations. */
import type { Command } from 'commander';
import {
  checkNames,
  decideExpectation,
  explainGap,
  lengthInWords,
  readExpectations,
  type ExpectationChoice,
  type GapChoice,
} from '../../engine/index.ts';
import { fail } from '../../shared/problem.ts';
import { formatInstant } from '../../shared/time.ts';
import { action, withCase, type CommandContext, type ExitCode } from '../run-command.ts';
import { note, print, printJson, printTable } from '../terminal.ts';

interface ExplainOptions {
  readonly ticket?: string;
  readonly accept?: boolean;
  readonly not?: string;
  readonly withdraw?: boolean;
  readonly reason?: string;
  readonly until?: string;
}

async function explain(context: CommandContext, path: string, gap: string, options: ExplainOptions): Promise<ExitCode> {
  const choice = gapChoice(options);
  const found = await withCase(context, path, (target) => explainGap(context.engine, target, { gap, choice }));
  const [from, to] = [formatInstant(found.from), formatInstant(found.to)];
  const { id, system, stream, kind, state, ticket } = found;
  const accepted = found.accepted === null ? null : { ...found.accepted, at: formatInstant(found.accepted.at) };
  if (context.json) printJson({ id, system, stream, kind, from, to, state, ticket, accepted });
  else {
    const by = state === 'explained' ? ` by ${ticket}` : accepted && state === 'accepted' ? ` by ${accepted.by}` : '';
    print(`${id}: ${stream} of ${system}, ${kind}, ${from} to ${to}, is now ${state}${by}.`);
    note('Results of earlier runs do not know of this: run the controls again.');
  }
  return 0;
}

function gapChoice({ ticket, accept, not, withdraw, reason, until }: ExplainOptions): GapChoice {
  const chosen = [ticket !== undefined, accept === true, not !== undefined, withdraw === true].filter(Boolean).length;
  if (chosen !== 1) failChoice(chosen, '--ticket T, --accept, --not T and --withdraw');
  if (until !== undefined && !accept)
    fail({ code: 'bad_request', message: '--until goes with --accept only.', remedy: 'Leave it out.' });
  const why = reason === undefined ? {} : { reason };
  if (ticket !== undefined) return { action: 'link', ticket, ...why };
  if (not !== undefined) return { action: 'not', ticket: not, reason: reason ?? '' };
  if (withdraw) return { action: 'withdraw', ...why };
  return { action: 'accept', reason: reason ?? '', ...(until === undefined ? {} : { until }) };
}

function failChoice(chosen: number, choices: string): never {
  return fail({
    code: 'bad_request',
    message: chosen === 0 ? 'It is not said what is decided.' : `${chosen} decisions are given; one is possible.`,
    remedy: `Give one of ${choices}.`,
  });
}

interface NameOptions {
  readonly stream?: string;
  readonly system?: string;
}

async function expectations(context: CommandContext, path: string, names: NameOptions): Promise<ExitCode> {
  const now = context.engine.effects.now();
  const read = await withCase(context, path, (target) => readExpectations(target, now));
  checkNames(read.expectations, names);
  const shown = read.expectations.filter(
    ({ stream, system }) => [stream, undefined].includes(names.stream) && [system, undefined].includes(names.system),
  );
  if (context.json) {
    printJson({ ...read, expectations: shown });
    return 0;
  }
  printTable(
    ['stream', 'system', 'owed by', 'basis', 'usually silent', 'at most', 'rests on'],
    shown.map((e) => [e.stream, e.system, e.owed_by, e.basis, lengths(e.usual_s), lengths(e.allowed_s), e.says]),
  );
  for (const notice of read.notices) note(notice);
  if (shown.some(({ basis }) => basis === 'learned')) note(LEARNED);
  return 0;
}

const LEARNED =
  "What was learned is nobody's word yet: `fieldwork expect CASE STREAM --confirm` confirms it, " +
  '`--longest-silence 6h --reason TEXT` declares another.';

function lengths(range: readonly [number, number] | null): string | null {
  if (range === null) return null;
  const [least, most] = range.map(lengthInWords);
  return least === most ? least! : `${least} to ${most}`;
}

interface ExpectOptions {
  readonly system?: string;
  readonly longestSilence?: string;
  readonly confirm?: boolean;
  readonly withdraw?: boolean;
  readonly reason?: string;
}

async function expect(
  context: CommandContext,
  path: string,
  stream: string,
  options: ExpectOptions,
): Promise<ExitCode> {
  const request = {
    stream,
    choice: expectationChoice(options),
    ...(options.system === undefined ? {} : { system: options.system }),
  };
  const decided = await withCase(context, path, (target) => decideExpectation(context.engine, target, request));
  if (context.json) printJson(decided);
  else {
    const done = { declare: 'Declared', confirm: 'Confirmed', withdraw: 'Withdrawn' };
    for (const one of decided)
      print(`${done[one.action]}: ${one.stream} of ${one.system === '*' ? 'every system' : one.system}.`);
    note('Results of earlier runs do not know of this: run the controls again.');
  }
  return 0;
}

function expectationChoice({ longestSilence, confirm, withdraw, reason }: ExpectOptions): ExpectationChoice {
  const chosen = [longestSilence !== undefined, confirm === true, withdraw === true].filter(Boolean).length;
  if (chosen !== 1) failChoice(chosen, '--longest-silence LENGTH, --confirm and --withdraw');
  const why = reason === undefined ? {} : { reason };
  if (longestSilence !== undefined) return { action: 'declare', longestSilence, reason: reason ?? '' };
  return { action: confirm ? 'confirm' : 'withdraw', ...why };
}

/** Adds the commands that decide about gaps and expectations. */
export function addTimelineCommands(program: Command): void {
  program
    .command('explain <case> <gap>')
    .description('Decides about a gap: a ticket explains it, or somebody accepts it with a reason.')
    .option('--ticket <id>', 'this ticket explains it')
    .option('--accept', 'it is accepted, with --reason')
    .option('--not <id>', 'this ticket does not explain it, with --reason')
    .option('--withdraw', 'what was decided about it no longer counts')
    .option('--reason <text>', 'why')
    .option('--until <day>', 'the last day on which the acceptance counts')
    .option('--json', 'one JSON value on stdout')
    .action(action(explain));
  program
    .command('expectations <case>')
    .description('How long each stream may be silent, and on what that rests.')
    .option('--stream <stream>', 'of one stream')
    .option('--system <system>', 'of one system')
    .option('--json', 'one JSON value on stdout')
    .action(action(expectations));
  program
    .command('expect <case> <stream>')
    .description('Declares how long a stream may be silent, or confirms what was learned.')
    .option('--system <name>', 'of this system; of every system of the stream where left out')
    .option('--longest-silence <length>', 'such as 30m, 6h or 2d, with --reason')
    .option('--confirm', 'what was learned is right, as it stands now')
    .option('--withdraw', 'what was decided no longer counts')
    .option('--reason <text>', 'why')
    .option('--json', 'one JSON value on stdout')
    .action(action(expect));
}
