import { useState, type DragEvent } from 'react';
import type { CallName, EvidenceEntry, Output } from '../../shared/contract.ts';
import { visibleText } from '../common/hostile-text.ts';
import { JobProgress } from '../common/job-progress.tsx';
import { bytesText, counted } from '../common/number-text.ts';
import { ProblemNote, Waiting } from '../common/problem-note.tsx';
import { asError, useCall, useClient } from '../engine/use-engine.ts';
import { EvidenceBrowser } from './evidence-browser.tsx';
import type { ImportWork } from './use-import.ts';

/** The choice of files and folders: among the places that the host offers, or in its own dialog. */
export function ChooseEvidence(props: { work: ImportWork }) {
  const { work } = props;
  const places = useCall('evidence.places', {});
  const isBusy = work.planning.state.kind === 'running';
  return (
    <>
      <div className="import-body choose-evidence">
        <div className="choose-from">
          {places.isError && (
            <ProblemNote
              what="What can be imported was not read."
              error={places.error}
              onRetry={() => void places.refetch()}
            />
          )}
          {places.isPending && <Waiting what="Reading what can be imported…" />}
          {places.data && <Chooser work={work} places={places.data} />}
        </div>
        <Chosen work={work} />
      </div>
      <JobProgress title="Looking at the files" job={work.planning} />
      <footer className="import-foot">
        <p role="status">
          {work.chosen.length === 0
            ? 'Nothing is chosen yet. Nothing is imported before you have seen the plan.'
            : `${counted(work.chosen.length, 'entry', 'entries')} chosen. Nothing is imported before you have seen the plan.`}
        </p>
        <button
          type="button"
          className="primary"
          data-testid="make-plan"
          disabled={work.chosen.length === 0 || isBusy}
          onClick={work.makePlan}
        >
          Look at the files
        </button>
      </footer>
    </>
  );
}

function Chooser(props: { work: ImportWork; places: Output<'evidence.places'> }) {
  const { work, places } = props;
  const toggle = (entry: EvidenceEntry) => {
    const others = work.chosen.filter(({ key }) => key !== entry.key);
    work.choose(others.length < work.chosen.length ? others : [...others, entry]);
  };
  switch (places.chooser) {
    case 'browse':
      return <EvidenceBrowser places={places.places} chosen={work.chosen} onToggle={toggle} />;
    case 'dialog':
      return <DialogChooser onAdd={(entries) => work.choose(merged(work.chosen, entries))} />;
    case 'none':
      return (
        <p className="notice" data-testid="no-places">
          This workbench was started without a folder to import from. Whoever starts it says which: end it and start it
          again with <code>fieldwork serve CASE --evidence FOLDER</code>, or import on the command line with{' '}
          <code>fieldwork import CASE PATH</code>.
        </p>
      );
  }
}

function merged(before: readonly EvidenceEntry[], entries: readonly EvidenceEntry[]): readonly EvidenceEntry[] {
  return [...new Map([...before, ...entries].map((entry) => [entry.key, entry])).values()];
}

type Giver = Extract<CallName, 'evidence.choose' | 'evidence.dropped'>;

/** The host's dialog, and the window itself to drop files on. */
function DialogChooser(props: { onAdd: (entries: readonly EvidenceEntry[]) => void }) {
  const client = useClient();
  const [error, setError] = useState<Error>();
  const ask = async (name: Giver, what: 'files' | 'folders' = 'files') => {
    setError(undefined);
    try {
      const { entries } = await (name === 'evidence.choose' ? client.call(name, { what }) : client.call(name, {}));
      props.onAdd(entries);
    } catch (thrown) {
      setError(asError(thrown));
    }
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    void ask('evidence.dropped');
  };
  return (
    <div className="drop-place" onDragOver={(event) => event.preventDefault()} onDrop={drop} data-testid="drop-place">
      <p>Choose exported evidence, or drop files and folders here. A folder is taken with all that it holds.</p>
      <p className="actions">
        <button type="button" data-testid="choose-files" onClick={() => void ask('evidence.choose', 'files')}>
          Choose files…
        </button>
        <button type="button" data-testid="choose-folders" onClick={() => void ask('evidence.choose', 'folders')}>
          Choose folders…
        </button>
      </p>
      {error && <ProblemNote what="Nothing was chosen." error={error} />}
    </div>
  );
}

function Chosen(props: { work: ImportWork }) {
  const { chosen, choose } = props.work;
  return (
    <section className="chosen" aria-labelledby="chosen-title">
      <h3 id="chosen-title">To be looked at</h3>
      {chosen.length === 0 && <p className="faint">Tick files or folders. A folder is taken with all that it holds.</p>}
      <ul>
        {chosen.map((entry) => (
          <li key={entry.key} data-testid="chosen">
            <span>
              <bdi>{visibleText(entry.name)}</bdi>{' '}
              <span className="faint">{entry.bytes === null ? 'folder' : bytesText(entry.bytes)}</span>
            </span>
            <button
              type="button"
              className="link"
              onClick={() => choose(chosen.filter(({ key }) => key !== entry.key))}
            >
              Take out<span className="for-readers"> {visibleText(entry.name)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
