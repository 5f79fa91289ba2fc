/** How configurations changed. */
import type { Command } from 'commander';
import { driftSides, readDrift, type DriftLine, type DriftSide } from '../../engine/index.ts';
import { fail } from '../../shared/problem.ts';
import { action, withCase, type CommandContext, type ExitCode } from '../run-command.ts';
import { printJson, printTable } from '../terminal.ts';

interface DriftOptions {
  readonly against?: string;
  readonly resource?: string;
  readonly volatile?: boolean;
}

async function drift(context: CommandContext, path: string, options: DriftOptions): Promise<ExitCode> {
  const question = { against: sideOf(options.against), resource: options.resource, withVolatile: options.volatile };
  const rows = await withCase(context, path, (target) => readDrift(target, question));
  if (context.json) printJson(rows);
  else
    printTable(
      ['captured', 'type', 'resource', 'against', 'change', 'attribute', 'old', 'new', 'record', 'of'],
      rows.map((d) => [
        d.captured,
        d.resource_type,
        d.resource,
        d.against,
        d.volatile ? `${d.change}, by itself` : d.change,
        d.path,
        d.old,
        d.new,
        `S${d.source_id} #${d.record}`,
        ofText(d),
      ]),
    );
  return 0;
}

function ofText({ of_source_id, of_record }: DriftLine): string | null {
  return of_source_id === null ? null : `S${of_source_id} #${of_record}`;
}

function sideOf(given: string | undefined): DriftSide | undefined {
  if (given === undefined) return undefined;
  const side = driftSides.find((each) => each === given);
  if (side) return side;
  return fail({
    code: 'bad_request',
    message: `--against cannot be ${given}.`,
    remedy: `Give ${driftSides.join(' or ')}.`,
  });
}

/** Adds the commands about configurations. */
export function addConfigCommands(program: Command): void {
  program
    .command('drift <case>')
    .description('Attributes of resources that differ from the look before, and from what was approved.')
    .option('--against <side>', `only ${driftSides.join(' or ')}`)
    .option('--resource <id>', 'only this resource')
    .option('--volatile', 'also what changes by itself: counters, when it was last used')
    .option('--json', 'one JSON value on stdout')
    .action(action(drift));
}
