/** Which system spoke when: a letter a day, or intervals. */
import type { Command } from 'commander';
import { checkNames, readCoverage, readCoverageIntervals, type GapFilter } from '../../engine/index.ts';
import { action, withCase, type CommandContext, type ExitCode } from '../run-command.ts';
import { print, printJson, printTable } from '../terminal.ts';

/** What the states of an interval mean. */
const INTERVAL_LEGEND = 'covered: owed, and in no gap; silent: in a gap; not-expected: out of scope, or owed by nobody';

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
  checkNames(rows, namesOf(options));
  if (context.json) printJson({ days, rows: shown });
  else {
    print(`${days[0]} to ${days.at(-1)}; + seen on that day, - expected and silent all day, . not expected`);
    printTable(
      ['stream', 'system', 'records', 'days'],
      shown.map((r) => [r.stream, r.system, r.records, r.days]),
    );
  }
  return 0;
}

async function coverageIntervals(context: CommandContext, path: string, options: CoverageOptions): Promise<ExitCode> {
  const asOf = context.engine.effects.now();
  const rows = await withCase(context, path, (target) => readCoverageIntervals({ target, asOf }, namesOf(options)));
  if (context.json) printJson(rows);
  else {
    print(INTERVAL_LEGEND);
    printTable(
      ['stream', 'system', 'from', 'to', 'state'],
      rows.map((r) => [r.stream, r.system, r.from, r.to, r.state]),
    );
  }
  return 0;
}

function namesOf({ stream, system }: CoverageOptions): Pick<GapFilter, 'stream' | 'system'> {
  return { ...(stream === undefined ? {} : { stream }), ...(system === undefined ? {} : { system }) };
}

/** Adds `coverage`. */
export function addCoverageCommand(program: Command): void {
  program
    .command('coverage <case>')
    .description('Which system spoke in which stream on which day, or from when to when.')
    .option('--intervals', 'from, to and state of each stretch instead of a letter a day')
    .option('--stream <stream>', 'of one stream')
    .option('--system <system>', 'of one system')
    .option('--json', 'one JSON value on stdout')
    .action(action(coverage));
}
