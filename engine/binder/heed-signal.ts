import { setImmediate } from 'node:timers/promises';
import { stopIfCancelled } from '../core/cancelled.ts';

/** What is said of a binder that was given up. */
export const NOT_MADE = 'The binder was not made: the work was cancelled.';

/**
 * Lets messages that wait be read, then ends the work with `cancelled` when one of them said so. Needed around long
 * synchronous stretches: nothing can arrive during them.
 */
export async function heedSignal(signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return;
  // The first turn may come before messages are polled for; by the second they have been.
  await setImmediate();
  await setImmediate();
  stopIfCancelled(signal, NOT_MADE);
}
