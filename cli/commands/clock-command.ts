/** How far the clocks of a case can be trusted. */
import type { Command } from 'commander';
import { readClockReport, type ClockReport } from '../../engine/index.ts';
import { fail } from '../../shared/problem.ts';
import { action, withCase, type CommandContext, type ExitCode } from '../run-command.ts';
import { note, printJson, printTable } from '../terminal.ts';

interface ClockOptions {
  readonly system?: string;
  readonly thresholdMs?: string;
}

async function clock(context: CommandContext, path: string, { system, thresholdMs }: ClockOptions): Promise<ExitCode> {
  const threshold = thresholdMs === undefined ? undefined : readThreshold(thresholdMs);
  const report = await withCase(context, path, (target) =>
    readClockReport({ target, asOf: context.engine.effects.now() }, { system, thresholdMs: threshold }),
  );
  if (context.json) printJson(report);
  else if (report.length === 0) note('The case names no system, so there is no clock to tell of.');
  else {
    printTable(
      ['system', 'from', 'to', 'state', 'at most', 'cited', 'because'],
      report.map((one) => [
        ...[one.system, one.from, one.to, one.state],
        one.max_abs_offset_ms === null ? null : `${one.max_abs_offset_ms} ms`,
        one.source === null ? null : `S${one.source} #${one.record}`,
        one.because,
      ]),
    );
    note(summary(report));
  }
  return 0;
}

/** How many clocks can be trusted throughout, and which were never measured. */
function summary(report: readonly ClockReport[]): string {
  const systems = new Map<string, Set<string>>();
  for (const { system, state } of report) systems.set(system, (systems.get(system) ?? new Set()).add(state));
  const countWith = (wanted: string): number => [...systems.values()].filter((states) => states.has(wanted)).length;
  const never = [...systems.values()].filter((states) => states.size === 1 && states.has('unknown')).length;
  return (
    `${systems.size === 1 ? '1 clock' : `${systems.size} clocks`}: ${countWith('out')} out of tolerance at some time, ` +
    `${countWith('unknown')} unknown at some time, ${never} of them throughout.`
  );
}

function readThreshold(text: string): number {
  const threshold = Number(text);
  if (text.trim() !== '' && Number.isFinite(threshold) && threshold > 0) return threshold;
  return fail({
    code: 'bad_request',
    message: `The threshold is ${text}, which is no number above 0.`,
    remedy: 'Give it in milliseconds, such as --threshold-ms 50.',
  });
}

/** Adds the command that shows clocks. */
export function addClockCommand(program: Command): void {
  program
    .command('clock <case>')
    .description('How far the clock of each system can be trusted: within tolerance, out, or unknown.')
    .option('--system <system>', 'of one system')
    .option('--threshold-ms <n>', 'the largest offset within tolerance; that of the engagement, else 50')
    .option('--json', 'one JSON value on stdout')
    .action(action(clock));
}
