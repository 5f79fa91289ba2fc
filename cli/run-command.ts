/** How every command runs: its effects, its way to be cancelled, and what becomes of a problem. */
import type { Command } from 'commander';
import { ProblemError, describeProblem, fail, type Problem } from '../shared/problem.ts';
import {
  createEngine,
  currentActor,
  openCase,
  type Engine,
  type EvidenceCase,
  type JobContext,
} from '../engine/index.ts';
import { exitCodeOf, outputFailure, outputGone } from './output.ts';
import { clearProgress, hasBegunJson, note, printJson, showProgress } from './terminal.ts';

/** 0 done, 1 done and found something, 2 wrong use, 3 could not. */
export type ExitCode = 0 | 1 | 2 | 3;

export interface CommandContext {
  readonly engine: Engine;
  readonly job: JobContext;
  readonly json: boolean;
}

type Work = (context: CommandContext, ...args: never[]) => Promise<ExitCode>;

/**
 * Gives a commander action that runs `work` with the command's arguments and options, and ends with its exit code.
 * With --json a problem is one JSON value too.
 */
export function action<W extends Work>(work: W): (...args: unknown[]) => Promise<void> {
  return async (...args) => {
    const command = args.pop() as Command;
    const json = command.opts()['json'] === true;
    const stop = new AbortController();
    const forget = onSignals(() => stop.abort());
    const job = { signal: AbortSignal.any([stop.signal, outputGone]), progress: showProgress };
    try {
      process.exitCode = await work({ engine: engineForCommandLine(), job, json }, ...(args as never[]));
    } catch (error) {
      process.exitCode = report(error, json);
    } finally {
      clearProgress();
      forget();
      const failure = outputFailure();
      if (failure) process.exitCode = exitCodeOf(failure);
    }
  };
}

/**
 * Calls `stop` at the first signal that asks this process to end. The signals have their own effect again from then on,
 * so that a second one ends it at once. Gives what undoes this.
 */
function onSignals(stop: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const forget = (): void => {
    for (const signal of signals) process.off(signal, heard);
  };
  const heard = (): void => {
    forget();
    stop();
  };
  for (const signal of signals) process.on(signal, heard);
  return forget;
}

function report(error: unknown, json: boolean): ExitCode {
  const problem = error instanceof ProblemError ? error.problem : bug(error);
  if (json && !hasBegunJson()) printJson({ error: problem });
  note(`fieldwork: ${describeProblem(problem)}`);
  const isBug = !(error instanceof ProblemError) && error instanceof Error;
  if (isBug && process.env['FIELDWORK_DEBUG']) for (const line of (error.stack ?? '').split('\n')) note(line);
  return problem.code === 'bad_request' ? 2 : 3;
}

function bug(error: unknown): Problem {
  const detail = error instanceof Error ? error.message : String(error);
  return {
    code: 'internal',
    message: `Something happened that Fieldwork does not expect: ${detail}.`,
    remedy: 'Run the command again with FIELDWORK_DEBUG=1 and report what it prints.',
  };
}

function engineForCommandLine(): Engine {
  return createEngine({
    now: () => BigInt(Date.now()) * 1000n,
    log: (_level, message) => note(message),
    actor: currentActor(),
  });
}

/** Opens a case for one command and closes it whatever happens. */
export async function withCase<T>(
  { engine, job }: CommandContext,
  path: string,
  work: (target: EvidenceCase) => Promise<T>,
): Promise<T> {
  const target = await openCase(engine, path, job);
  try {
    stopIfAsked(job);
    return await work(target);
  } finally {
    await target.close();
  }
}

/** Ends work that was told to stop. Fails with `cancelled`. */
export function stopIfAsked({ signal }: JobContext): void {
  if (signal.aborted)
    fail({ code: 'cancelled', message: 'The work was cancelled.', remedy: 'Start it again when you wish.' });
}
