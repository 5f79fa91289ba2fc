/** What CloudTrail's own digests say of the logs in a case. */
import type { Command } from 'commander';
import { readTrails } from '../../engine/index.ts';
import { action, withCase, type CommandContext, type ExitCode } from '../run-command.ts';
import { note, print, printJson, printTable } from '../terminal.ts';

async function trails(context: CommandContext, path: string): Promise<ExitCode> {
  const report = await withCase(context, path, readTrails);
  if (context.json) {
    printJson(report);
    return 0;
  }
  if (report.chains.length === 0)
    note('There is no CloudTrail digest in the case, so nothing vouches for its log files.');
  for (const { summary } of report.chains) print(summary);
  const files = Object.entries(report.log_files).map(([status, count]) => `${count} ${status}`);
  if (files.length > 0) print(`Log files: ${files.join(', ')}.`);
  if (report.findings.length > 0)
    printTable(
      ['what', 'status', 'from', 'to', 'object', 'cited'],
      report.findings.map((f) => [
        f.kind,
        f.status,
        f.from,
        f.to,
        f.object,
        f.record === null ? `S${f.source_id}` : `S${f.source_id} #${f.record}`,
      ]),
    );
  if (report.more_findings > 0)
    note(`${report.more_findings} more are in the tables digest_links and trail_log_files (\`fieldwork sql\`).`);
  return 0;
}

/** Adds the command that shows chains of digests. */
export function addTrailCommand(program: Command): void {
  program
    .command('trails <case>')
    .option('--json', 'prints one JSON value on stdout, and nothing else there')
    .description(
      'What CloudTrail digests say: chains, missing hours, signatures, log files that are missing or changed.',
    )
    .action(action(trails));
}
