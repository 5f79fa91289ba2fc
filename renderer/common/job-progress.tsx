import type { z } from 'zod';
import type { progressSchema } from '../../shared/contract.ts';
import type { JobState } from '../engine/use-engine.ts';
import { bytesText, counted, secondsText } from './number-text.ts';
import { ProblemNote } from './problem-note.tsx';

type Progress = z.infer<typeof progressSchema>;

interface JobView {
  readonly state: JobState;
  readonly progress: Progress | undefined;
  cancel(): void;
  dismiss(): void;
}

/** How far a long call is, with the means to stop it; what became of it when it did not finish. */
export function JobProgress(props: { title: string; job: JobView }) {
  const { title, job } = props;
  switch (job.state.kind) {
    case 'idle':
      return null;
    case 'running':
      return <Running title={title} job={job} isCancelling={job.state.isCancelling} />;
    case 'cancelled':
      return (
        <div className="job" role="status" data-testid="job-cancelled">
          <span>{title}: cancelled.</span>
          <button type="button" onClick={job.dismiss}>
            Dismiss
          </button>
        </div>
      );
    case 'failed':
      return (
        <ProblemNote what={`${title}: not finished.`} error={job.state.error}>
          <button type="button" onClick={job.dismiss}>
            Dismiss
          </button>
        </ProblemNote>
      );
  }
}

function Running(props: { title: string; job: JobView; isCancelling: boolean }) {
  const { title, job, isCancelling } = props;
  const { fraction, step } = job.progress ?? {};
  return (
    <div className="job" data-testid="progress">
      <div className="job-text" role="status">
        <strong>{title}</strong> <span>{isCancelling ? 'Cancelling; the step under way is being undone.' : step}</span>
      </div>
      <progress aria-label={title} max={1} {...(fraction === undefined ? {} : { value: fraction })} />
      <span className="job-figures">{job.progress && progressFigures(job.progress)}</span>
      <button type="button" onClick={job.cancel} disabled={isCancelling} data-testid="cancel">
        Cancel
      </button>
    </div>
  );
}

/** `42 % · 1,200 records · 3.1 MB of 7.0 MB · about 8 s left`: what is known of it. */
export function progressFigures(progress: Progress): string {
  const { fraction, recordsDone, bytesDone, bytesTotal, secondsLeft } = progress;
  return [
    fraction === undefined ? undefined : `${Math.floor(fraction * 100)} %`,
    recordsDone === undefined ? undefined : counted(recordsDone, 'record'),
    bytesDone === undefined
      ? undefined
      : bytesText(bytesDone) + (bytesTotal === undefined ? '' : ` of ${bytesText(bytesTotal)}`),
    secondsLeft === undefined ? undefined : `about ${secondsText(secondsLeft)} left`,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}
