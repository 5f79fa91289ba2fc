import { useEffect, useRef } from 'react';
import { AccountView } from './account-view.tsx';
import { ChooseEvidence } from './choose-evidence.tsx';
import { PlanView } from './plan-view.tsx';
import type { ImportWork } from './use-import.ts';

interface ImportDialogProps {
  readonly work: ImportWork;
  onShowSource(sourceId: number | undefined): void;
  onRun(): void;
}

const steps = ['Choose', 'Decide', 'Account'] as const;

/** The import of evidence: what to take, what to read it as, and what became of it. */
export function ImportDialog(props: ImportDialogProps) {
  const { work } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const isBusy = work.importing.state.kind === 'running';
  const step = work.account ? 2 : work.plan ? 1 : 0;
  useEffect(() => {
    if (work.isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [work.isOpen]);
  useEffect(() => {
    if (work.isOpen) heading.current?.focus();
  }, [step, work.isOpen]);
  return (
    <dialog
      ref={dialog}
      className="import"
      aria-labelledby="import-title"
      data-testid="import"
      onClose={work.close}
      // An import that runs is ended by its own button, not by a slip of the hand.
      onCancel={(event) => isBusy && event.preventDefault()}
    >
      <header className="import-head">
        <h2 id="import-title" ref={heading} tabIndex={-1}>
          Import evidence
        </h2>
        <ol className="import-steps" aria-label="Steps">
          {steps.map((name, index) => (
            <li key={name} aria-current={index === step ? 'step' : undefined}>
              {index + 1} {name}
            </li>
          ))}
        </ol>
        <button type="button" data-testid="import-close" disabled={isBusy} onClick={work.close}>
          Close
        </button>
      </header>
      {work.isOpen && <Step {...props} />}
    </dialog>
  );
}

function Step(props: ImportDialogProps) {
  const { work, onShowSource, onRun } = props;
  if (work.account) return <AccountView work={work} account={work.account} onShowSource={onShowSource} onRun={onRun} />;
  if (work.plan) return <PlanView work={work} plan={work.plan} />;
  return <ChooseEvidence work={work} />;
}
