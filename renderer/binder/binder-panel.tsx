import { JobProgress } from '../common/job-progress.tsx';
import { BinderList } from './binder-list.tsx';
import { MakeBinder } from './make-binder.tsx';
import type { BinderWork } from './use-binder-work.ts';
import { VerificationView } from './verification-view.tsx';

/** Makes the signed binder, lists those that were made, and checks them. */
export function BinderPanel(props: { readOnly: boolean; work: BinderWork }) {
  const { making, verification, showVerification } = props.work;
  return (
    <div className="binder-panel">
      <div className="binder-left">
        <section aria-labelledby="make-title">
          <h2 id="make-title">Make a binder</h2>
          <p>
            One PDF with the matrix, the deviations, the gaps, the evidence register and the SQL, signed with an
            identity of yours. It is verified as soon as it is written.
          </p>
          {props.readOnly ? (
            <p className="notice">This case is read-only: no binder can be made in it from here.</p>
          ) : (
            <MakeBinder isBusy={making.state.kind === 'running'} onMake={making.start} />
          )}
          <JobProgress title="Making the binder" job={making} />
        </section>
        <BinderList onVerified={showVerification} />
      </div>
      <section className="binder-right" aria-labelledby="verification-title" aria-live="polite">
        <h2 id="verification-title">Verification</h2>
        {verification ? (
          <VerificationView verification={verification} />
        ) : (
          <p className="faint">Make or verify a binder to see each check and its outcome.</p>
        )}
      </section>
    </div>
  );
}
