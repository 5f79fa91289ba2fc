import type { UtcMicros } from '../../shared/time.ts';

/** The world, passed in: the app, the command line and the tests run the same code with other effects. */
export interface Effects {
  /** The time now. */
  readonly now: () => UtcMicros;
  /** A note for a person; never evidence, never on stdout. */
  readonly log: (level: 'info' | 'warning', message: string) => void;
  /** Who is at the keyboard, for the ledger. */
  readonly actor: string;
}

/** Progress of long work. `fraction` is 0 to 1, `undefined` where the total is not known. */
export interface Progress {
  readonly step: string;
  readonly fraction?: number;
  readonly bytesDone?: number;
  readonly bytesTotal?: number;
  readonly recordsDone?: number;
  readonly secondsLeft?: number;
}

/** What long work is given: how to report, and how it is told to stop. */
export interface JobContext {
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}
