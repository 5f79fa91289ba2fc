/** How far the clocks of a case can be trusted. */
import type { Command } from 'commander';
import { readClockReport } from '../../engine/index.ts';
import { fail } from '../../shared/problem.ts';
import { action, withCase, type CommandContext, type ExitCode } from '../run-command.ts';
import { note, printJson, printTable } from '../terminal.ts';

interface ClockOptions {
  readonly thresholdMs?: string;
}

async function clock(context: CommandContext, path: string, { thresholdMs }: ClockOptions): Promise<ExitCode> {
  const threshold = thresholdMs === undefined ? undefined : readThreshold(thresholdMs);
  const report = await withCase(context, path, (target) => readClockReport(target, threshold));
  if (context.json) {
    printJson(report);
    return 0;
  }
  if (report.length === 0) note('The case names no system, so there is no clock to tell of.');
  else
    printTable(
      ['system', 'from', 'to', 'state', 'at most', 'because', 'cited'],
      report.map((one) => [
        one.system,
        one.from,
        one.to,
        one.state,
        one.max_abs_offset_ms === null ? null : `${one.max_abs_offset_ms} ms`,
        one.because,
        one.source === null ? null : `S${one.source} #${one.record}`,
      ]),
    );
  return 0;
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
    .option('--threshold-ms <n>', 'the largest offset within tolerance; that of the engagement, else 50')
    .option('--json', 'one JSON value on stdout')
    .action(action(clock));
}
