import { useCallback } from 'react';
import type { Output } from '../../shared/contract.ts';
import { visibleText } from '../common/hostile-text.ts';
import { JobProgress } from '../common/job-progress.tsx';
import { ProblemNote, Waiting } from '../common/problem-note.tsx';
import { useCall, useJob } from '../engine/use-engine.ts';

type CaseEntry = Output<'case.list'>[number];

/** The cases that this engine may open. */
export function Welcome() {
  const cases = useCall('case.list', {});
  const opening = useJob(
    'case.open',
    useCallback(() => {}, []),
  );
  const isBusy = opening.state.kind === 'running';
  const open = (entry: CaseEntry) => opening.start({ key: entry.key });
  const sample = cases.data?.find(({ kind }) => kind === 'sample');
  const others = cases.data?.filter(({ kind }) => kind === 'case') ?? [];
  return (
    <main className="welcome" data-testid="welcome">
      <header>
        <h1>Fieldwork</h1>
        <p>Tests each control on every day of an audit window, from exported evidence, on this machine only.</p>
      </header>
      <JobProgress title="Opening the case" job={opening} />
      {cases.isError && (
        <ProblemNote what="The list of cases was not read." error={cases.error} onRetry={() => void cases.refetch()} />
      )}
      {cases.isPending && <Waiting what="Reading the list of cases…" />}
      {sample && <SampleCase entry={sample} isBusy={isBusy} onOpen={() => open(sample)} />}
      {others.length > 0 && (
        <section aria-labelledby="cases-title">
          <h2 id="cases-title">Cases</h2>
          <ul className="case-list">
            {others.map((entry) => (
              <li key={entry.key}>
                <div>
                  <strong>{visibleText(entry.title)}</strong>
                  <code>{visibleText(entry.location)}</code>
                </div>
                <button
                  type="button"
                  data-testid="open-case"
                  aria-label={`Open ${entry.title}`}
                  disabled={isBusy}
                  onClick={() => open(entry)}
                >
                  Open
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {cases.isSuccess && others.length === 0 && (
        <p className="faint">
          No case of your own is listed. Make one with <code>fieldwork new</code>, then open it with{' '}
          <code>fieldwork serve CASE</code>.
        </p>
      )}
    </main>
  );
}

function SampleCase(props: { entry: CaseEntry; isBusy: boolean; onOpen: () => void }) {
  const { entry, isBusy, onOpen } = props;
  return (
    <section className="sample-case" aria-labelledby="sample-title">
      <div>
        <h2 id="sample-title">{visibleText(entry.title)}</h2>
        <p>
          {entry.exists
            ? 'A made-up company with known faults, made earlier on this machine. It opens as it was left.'
            : 'A made-up company with known faults. The first opening writes its evidence files, imports them into a new case and runs the controls. It can be cancelled; nothing leaves this machine.'}
        </p>
        <p className="faint">
          Folder: <code>{visibleText(entry.location)}</code>
        </p>
      </div>
      <button type="button" className="primary" data-testid="open-sample" disabled={isBusy} onClick={onOpen} autoFocus>
        Open the sample engagement
      </button>
    </section>
  );
}
