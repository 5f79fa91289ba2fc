import type { JobContext } from '../core/effects.ts';
import type { PlannedFile } from './plan-import.ts';

/** Turns bytes read and records seen into progress with time left. */
export interface ImportProgress {
  readonly bytes: (count: number) => void;
  readonly records: (seenInSource: number) => void;
  readonly fileDone: (file: PlannedFile) => void;
}

const REPORTS_A_SECOND = 8;

/** Begins the progress of an import over files whose sizes are known. */
export function startProgress(files: readonly PlannedFile[], job: JobContext): ImportProgress {
  const bytesTotal = files.reduce((total, file) => total + file.bytes, 0);
  const started = performance.now();
  let bytesDone = 0;
  let recordsBefore = 0;
  let recordsNow = 0;
  let filesDone = 0;
  let lastReport = -Infinity;
  const report = (force = false): void => {
    const now = performance.now();
    if (!force && now - lastReport < 1000 / REPORTS_A_SECOND) return;
    lastReport = now;
    const fraction = bytesTotal === 0 ? 1 : Math.min(1, bytesDone / bytesTotal);
    const secondsLeft = fraction > 0.01 ? ((now - started) / 1000 / fraction) * (1 - fraction) : undefined;
    job.progress({
      step: `Importing file ${Math.min(filesDone + 1, files.length)} of ${files.length}`,
      fraction,
      bytesDone,
      bytesTotal,
      recordsDone: recordsBefore + recordsNow,
      ...(secondsLeft === undefined ? {} : { secondsLeft }),
    });
  };
  return {
    bytes: (count) => {
      bytesDone += count;
      report();
    },
    records: (seen) => {
      if (seen < recordsNow) recordsBefore += recordsNow; // the next source began
      recordsNow = seen;
      report();
    },
    fileDone: () => {
      recordsBefore += recordsNow;
      recordsNow = 0;
      filesDone++;
      report(filesDone === files.length);
    },
  };
}
