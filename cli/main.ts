import { Command, CommanderError } from 'commander';
import { installedVersion } from '../engine/index.ts';
import { addBinderCommands } from './commands/binder-commands.ts';
import { addCaseCommands } from './commands/case-commands.ts';
import { addRunCommands } from './commands/run-commands.ts';
import { addServeCommand } from './commands/serve-command.ts';
import { watchOutput } from './output.ts';

watchOutput();

const program = new Command('fieldwork')
  .description('An offline evidence workbench for SOC 2 Type 2 audits.')
  .version(installedVersion())
  .exitOverride()
  .showHelpAfterError('Use --help for what can be given.');
addCaseCommands(program);
addRunCommands(program);
addBinderCommands(program);
addServeCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
