import { fail } from '../../shared/problem.ts';

/** Ends work that was told to stop, with the problem `cancelled`. `message` says what became of it. */
export function failCancelled(message = 'The work was cancelled.', remedy = 'Start it again when you wish.'): never {
  return fail({ code: 'cancelled', message, remedy });
}

/** The same, only when the signal says so. */
export function stopIfCancelled(signal: AbortSignal, message?: string): void {
  if (signal.aborted) failCancelled(message);
}
