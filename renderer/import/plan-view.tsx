import { useState } from 'react';
import type { PlannedEvidence } from '../../shared/contract.ts';
import { JobProgress } from '../common/job-progress.tsx';
import { bytesText, counted, countText } from '../common/number-text.ts';
import { ForAllFields } from './for-all-fields.tsx';
import { choiceOf, isTaken, isUndecided, undecided, withFile, type ImportPlan } from './import-choices.ts';
import { PlannedFileItem } from './planned-file.tsx';
import type { ImportWork } from './use-import.ts';

const SHOWN_AT_ONCE = 100;
const states = ['ambiguous', 'unknown', 'refused', 'recognised', 'archive', 'already there'] as const;

/** What a state is called over the list. */
export const stateWords: Readonly<Record<PlannedEvidence['state'], string>> = {
  ambiguous: 'to be decided',
  unknown: 'not recognised',
  refused: 'cannot be read',
  recognised: 'recognised',
  archive: 'archives',
  'already there': 'in the case already',
};

/** What would become of each file, and the choices about it. Those that ask for a word come first. */
export function PlanView(props: { work: ImportWork; plan: ImportPlan }) {
  const { work, plan } = props;
  const { choices, setChoices } = work;
  const isBusy = work.importing.state.kind === 'running';
  const open = undecided(plan, choices);
  // Members are imported with their archive.
  const taken = plan.files.filter((planned) => planned.archive === null && isTaken(planned, choices));
  return (
    <>
      <div className="import-body plan" inert={isBusy}>
        <ForAllFields plan={plan} choices={choices} onChange={setChoices} />
        <PlannedFiles work={work} plan={plan} />
      </div>
      <JobProgress title="Importing" job={work.importing} />
      <footer className="import-foot">
        <button type="button" data-testid="plan-back" disabled={isBusy} onClick={work.back}>
          Choose other files
        </button>
        <p role="status" data-testid="plan-status">
          {open.length > 0
            ? `${counted(open.length, 'file')} could be of more than one format: decide each, or leave it out.`
            : `${counted(taken.length, 'file')} to be imported, ${bytesText(sizeOf(taken))}.${refusedWords(plan, work)}`}
        </p>
        {open.length > 0 && (
          <button
            type="button"
            data-testid="leave-undecided-out"
            disabled={isBusy}
            onClick={() => leaveOut(work, open)}
          >
            Leave {open.length === 1 ? 'it' : 'them'} out
          </button>
        )}
        <button
          type="button"
          className="primary"
          data-testid="import-start"
          disabled={isBusy || open.length > 0 || taken.length === 0}
          onClick={work.start}
        >
          Import {counted(taken.length, 'file')}
        </button>
      </footer>
    </>
  );
}

function leaveOut(work: ImportWork, files: readonly PlannedEvidence[]): void {
  work.setChoices(files.reduce((choices, { file }) => withFile(choices, file, { leaveOut: true }), work.choices));
}

function sizeOf(files: readonly PlannedEvidence[]): number {
  return files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
}

/** Silence would be worse: what is neither taken nor left out goes into the ledger as refused. */
function refusedWords(plan: ImportPlan, { choices }: ImportWork): string {
  const refused = plan.files.filter(
    (planned) =>
      !isTaken(planned, choices) && planned.state !== 'already there' && !choiceOf(choices, planned.file).leaveOut,
  ).length;
  return refused === 0 ? '' : ` ${counted(refused, 'other')} will be recorded in the ledger as refused.`;
}

function PlannedFiles(props: { work: ImportWork; plan: ImportPlan }) {
  const { work, plan } = props;
  const { choices, setChoices } = work;
  const [state, setState] = useState<PlannedEvidence['state']>();
  const [limit, setLimit] = useState(SHOWN_AT_ONCE);
  const ordered = [...plan.files].sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state));
  const chosen = state === undefined ? ordered : ordered.filter((planned) => planned.state === state);
  const count = (of: PlannedEvidence['state']) => plan.files.filter((planned) => planned.state === of).length;
  return (
    <section className="planned" aria-labelledby="planned-title">
      <div className="planned-head">
        <h3 id="planned-title">{counted(plan.files.length, 'file')}</h3>
        <div className="chips" role="group" aria-label="Show only">
          {states
            .filter((of) => count(of) > 0)
            .map((of) => (
              <button
                key={of}
                type="button"
                className="chip"
                data-testid={`plan-${of.replace(' ', '-')}`}
                aria-pressed={state === of}
                onClick={() => setState(state === of ? undefined : of)}
              >
                <b>{countText(count(of))}</b> {stateWords[of]}
              </button>
            ))}
        </div>
      </div>
      {plan.files.length === 0 && <p className="empty">There is no file in what was chosen.</p>}
      <ul className="planned-list">
        {chosen.slice(0, limit).map((planned) => (
          <PlannedFileItem
            key={planned.file}
            plan={plan}
            planned={planned}
            choices={choices}
            isUndecided={isUndecided(planned, choices)}
            onChange={setChoices}
          />
        ))}
      </ul>
      {chosen.length > limit && (
        <button type="button" onClick={() => setLimit(limit + SHOWN_AT_ONCE)}>
          Show {countText(Math.min(SHOWN_AT_ONCE, chosen.length - limit))} more of {countText(chosen.length)}
        </button>
      )}
    </section>
  );
}
