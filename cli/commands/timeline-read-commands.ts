/** Commands that show the timeline: where evidence was, and where it is missing. */
import type { Command } from 'commander';
import { gapJson, readCoverage, readCoverageIntervals, readGaps, type GapFilter } from '../../engine/index.ts';
import { fail } from '../../shared/problem.ts';
import { gapSchema } from '../../shared/timeline-contract.ts';
import { action, withCase, type CommandContext, type ExitCode } from '../run-command.ts';
import { print, printJson, printTable } from '../terminal.ts';

const kinds = gapSchema.shape.kind.options;
const states = gapSchema.shape.state.options;

interface GapOptions {
  readonly stream?: string;
  readonly system?: string;
  readonly kind?: string;
  readonly state?: string;
}

async function gaps(context: CommandContext, path: string, options: GapOptions): Promise<ExitCode> {
  const filter = gapFilter(options);
  const asOf = context.engine.effects.now();
  const found = await withCase(context, path, (target) => readGaps({ target, asOf }, filter));
  if (context.json) printJson(found.map(gapJson));
  else
    printTable(
      ['gap', 'cause', 'system', 'stream', 'target', 'kind', 'from', 'to', 'length', 'missing', 'state', 'ticket'],
      found.map((g) => [
        ...[g.id, g.cause, g.system, g.stream, g.target, g.kind, g.from, g.to, lengthText(g.lengthS)],
        ...[g.missing, g.state, g.ticket],
      ]),
    );
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

/** `2 d 3 h`, `5 min 20 s`: the two largest units. */
function lengthText(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  const whole = Math.round(seconds);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([number]) => number > 0);
  const shown = parts.slice(first, first + 2).filter(([number]) => number > 0);
  return shown.map(([number, unit]) => `${number} ${unit}`).join(' ');
}

interface CoverageOptions {
  readonly intervals?: boolean;
  readonly stream?: string;
  readonly system?: string;
}

async function coverage(context: CommandContext, path: string, options: CoverageOptions): Promise<ExitCode> {
  if (options.intervals) return coverageIntervals(context, path, options);
  const { days, rows } = await withCase(context, path, readCoverage);
  const shown = rows.filter(
    ({ stream, system }) =>
      (options.stream === undefined || stream === options.stream) &&
      (options.system === undefined || system === options.system),
  );
  if (context.json) printJson({ days, rows: shown });
  else {
    print(`${days[0]} to ${days.at(-1)}; + seen, - expected and silent, . not expected`);
    printTable(
      ['stream', 'system', 'records', 'days'],
      shown.map((r) => [r.stream, r.system, r.records, r.days]),
    );
  }
  return 0;
}

async function coverageIntervals(context: CommandContext, path: string, options: CoverageOptions): Promise<ExitCode> {
  const { stream, system } = options;
  const asOf = context.engine.effects.now();
  const filter = { ...(stream === undefined ? {} : { stream }), ...(system === undefined ? {} : { system }) };
  const rows = await withCase(context, path, (target) => readCoverageIntervals({ target, asOf }, filter));
  if (context.json) printJson(rows);
  else
    printTable(
      ['stream', 'system', 'from', 'to', 'state'],
      rows.map((r) => [r.stream, r.system, r.from, r.to, r.state]),
    );
  return 0;
}

/** Adds `coverage` and `gaps`. */
export function addTimelineReadCommands(program: Command): void {
  program
    .command('coverage <case>')
    .option('--json', 'one JSON value on stdout')
    .description('Which system spoke in which stream on which day, or from when to when.')
    .option('--intervals', 'from, to and state of each stretch instead of a letter a day')
    .option('--stream <stream>', 'of one stream')
    .option('--system <system>', 'of one system')
    .action(action(coverage));
  program
    .command('gaps <case>')
    .option('--json', 'one JSON value on stdout')
    .description('Where evidence that was expected is missing, the gravest cause first.')
    .option('--stream <stream>', 'in one stream')
    .option('--system <system>', 'of one system')
    .option('--kind <kind>', kinds.join(', '))
    .option('--state <state>', states.join(', '))
    .action(action(gaps));
}
