#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { installedVersion } from '../engine/index.ts';
import type { Problem } from '../shared/problem.ts';
import { addBinderCommands } from './commands/binder-commands.ts';
import { addCaseCommands, addSealCommand } from './commands/case-commands.ts';
import { addClockCommand } from './commands/clock-command.ts';
import { addConfigCommands } from './commands/config-commands.ts';
import { addCoverageCommand } from './commands/coverage-command.ts';
import { addGapsCommand } from './commands/gaps-command.ts';
import { addMetricCommands } from './commands/metric-commands.ts';
import { addPackCommands, addRunCommands, addSampleCommand } from './commands/run-commands.ts';
import { addServeCommand } from './commands/serve-command.ts';
import { addTimelineCommands } from './commands/timeline-commands.ts';
import { addTrailCommand } from './commands/trail-commands.ts';
import { watchOutput } from './output.ts';
import { printJson } from './terminal.ts';

watchOutput();

const HELP = 'Use --help for what can be given.';

const program = new Command('fieldwork')
  .description('An offline evidence workbench for SOC 2 Type 2 audits.')
  .version(installedVersion(), '-V, --version', 'prints the version')
  .helpOption('-h, --help', 'shows what can be given')
  .helpCommand('help [command]', 'Shows what can be given to a command.')
  .exitOverride()
  .showHelpAfterError(HELP);
// In the order of the work; the help lists them so.
addSampleCommand(program);
addCaseCommands(program);
addMetricCommands(program);
addConfigCommands(program);
addTrailCommand(program);
addCoverageCommand(program);
addGapsCommand(program);
addClockCommand(program);
addTimelineCommands(program);
addRunCommands(program);
addBinderCommands(program);
addSealCommand(program);
addPackCommands(program);
addServeCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
  if (error.exitCode !== 0 && asksForJson(process.argv.slice(2))) printJson({ error: wrongUse(error) });
}

function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? args.length : end).includes('--json');
}

/** What commander has said on stderr, as a problem: a program that reads stdout is told too. */
function wrongUse({ message }: CommanderError): Problem {
  const said = message.replace(/^error: /, '').replace(/\s+/g, ' ');
  return { code: 'bad_request', message: `${said.charAt(0).toUpperCase()}${said.slice(1)}.`, remedy: HELP };
}
