import { Command, CommanderError } from 'commander';
import { addCaseCommands } from './commands/case-commands.ts';

// A running query holds a libuv thread; the default of four would starve file reads. Set before the first is used.
process.env['UV_THREADPOOL_SIZE'] ??= '8';
// Whoever reads may stop reading: `fieldwork sources case | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const program = new Command('fieldwork')
  .description('An offline evidence workbench for SOC 2 Type 2 audits.')
  .exitOverride()
  .showHelpAfterError('Use --help for what can be given.');
addCaseCommands(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
