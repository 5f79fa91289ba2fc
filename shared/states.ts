/** The words for results, the same on the screen, in SQL, in the PDF and in the code. */

/** States of a control-day, in order of precedence: the first that applies is shown, all that apply are stored. */
export const controlDayStates = [
  'deviation',
  'explained',
  'undecidable',
  'untrusted time',
  'no evidence',
  'partial',
  'error',
  'not due',
  'effective',
] as const;
export type ControlDayState = (typeof controlDayStates)[number];

/** Statuses a pack's row may have: Powerpipe's five and two of ours. */
export const rowStatuses = ['ok', 'alarm', 'info', 'skip', 'error', 'no_evidence', 'undecidable'] as const;
export type RowStatus = (typeof rowStatuses)[number];

/** How often a control operates. */
export const frequencies = ['cont', 'hourly', 'daily', 'weekly', 'monthly', 'quarterly', 'event'] as const;
export type Frequency = (typeof frequencies)[number];

export const severities = ['none', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** Turns an unhandled member of a union into a compile error. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
