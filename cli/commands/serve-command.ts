/** The workbench in a browser on this machine. */
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { fail } from '../../shared/problem.ts';
import { action, type CommandContext, type ExitCode } from '../run-command.ts';
import { note, print, printJson } from '../terminal.ts';
import { startWebHost } from '../web-host.ts';

interface ServeOptions {
  readonly readOnly?: boolean;
  readonly port: string;
  readonly data: string;
  readonly evidence: readonly string[];
}

async function serve(
  { engine, job, json }: CommandContext,
  path: string | undefined,
  options: ServeOptions,
): Promise<ExitCode> {
  const port = portNumber(options.port);
  if (path !== undefined) await checkIsCase(path);
  for (const folder of options.evidence) await checkIsFolder(folder);
  const host = await startWebHost({
    port,
    staticDir: engine.paths.renderer,
    engineEntry: engine.paths.engineProcess,
    engineOptions: {
      host: 'web',
      cases: path === undefined ? [] : [{ key: 'case-1', path: resolve(path), title: basename(resolve(path)) }],
      evidence: options.evidence.map((folder) => ({ path: resolve(folder), title: titleOf(resolve(folder)) })),
      sampleDir: join(resolve(options.data), 'sample'),
      identitiesDir: join(resolve(options.data), 'identities'),
      readOnly: options.readOnly === true,
    },
    effects: engine.effects,
  });
  if (json) printJson({ url: host.url });
  else print(host.url);
  note('The workbench is at this address, on this machine only. Ctrl+C ends it.');
  await untilStopped(job.signal);
  await host.close();
  return 0;
}

/** A workbench that listens has a case to show: the folder is looked at before, though it is opened only later. */
async function checkIsCase(path: string): Promise<void> {
  const isCase = await stat(join(path, 'data', 'ledger.jsonl')).then(
    (found) => found.isFile(),
    () => false,
  );
  if (isCase) return;
  fail({
    code: 'not_a_case',
    message: 'This folder is not a case: there is no data/ledger.jsonl in it.',
    where: { file: path },
    remedy: 'Give the folder of a case, or make one with `fieldwork new`.',
  });
}

/** What may be imported is said by whoever starts the workbench: a window that is given it browses nothing else. */
async function checkIsFolder(path: string): Promise<void> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return;
  fail({
    code: 'not_found',
    message: 'There is no such folder to import evidence from.',
    where: { file: path },
    remedy: 'Give --evidence a folder that is there; what it holds can then be chosen in the workbench.',
  });
}

function titleOf(path: string): string {
  return basename(path) || path;
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function untilStopped(signal: AbortSignal): Promise<void> {
  return new Promise((stopped) => {
    if (signal.aborted) stopped();
    else signal.addEventListener('abort', () => stopped(), { once: true });
  });
}

function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  return fail({
    code: 'bad_request',
    message: `${text} is not a port.`,
    remedy: 'Give a number from 0 (any free port) to 65535.',
  });
}

/** Where the sample engagement and the identities of this user are kept. */
export function dataFolder(): string {
  return process.env['FIELDWORK_DATA'] ?? join(homedir(), '.fieldwork');
}

/** Adds the command of this file. */
export function addServeCommand(program: Command): void {
  program
    .command('serve [case]')
    .description('Serves the workbench to a browser on this machine.')
    .option('--read-only', 'nothing can be changed')
    .option('--port <number>', 'port to listen on; 0 takes any that is free', '0')
    .option('--data <folder>', 'where the sample engagement and the identities are', dataFolder())
    .option(
      '--evidence <folder>',
      'a folder from which evidence may be imported in the workbench; may be given again',
      collect,
      [] as readonly string[],
    )
    .option('--json', 'one JSON value on stdout')
    .action(action(serve));
}
