import { z } from 'zod';

// The renderer runs without `eval`; zod must not probe for it.
z.config({ jitless: true });

/** How far a long call is. `fraction` is 0 to 1; whatever is not known is left out. */
export const progressSchema = z.object({
  step: z.string(),
  fraction: z.number().min(0).max(1).optional(),
  bytesDone: z.number().optional(),
  bytesTotal: z.number().optional(),
  recordsDone: z.number().optional(),
  secondsLeft: z.number().optional(),
});
