import { useState } from 'react';
import type { FileOutcome, FileSettings, PlannedEvidence, SettingsForAll } from '../../shared/contract.ts';
import { visibleText } from '../common/hostile-text.ts';
import { JobProgress } from '../common/job-progress.tsx';
import { counted, countText } from '../common/number-text.ts';
import { useJob } from '../engine/use-engine.ts';
import { FileProblemNote } from './file-problem.tsx';
import type { ImportPlan } from './import-choices.ts';
import { PreviewTable } from './preview-table.tsx';

interface DryRunProps {
  readonly plan: ImportPlan;
  readonly planned: PlannedEvidence;
  readonly settings: FileSettings;
  readonly forAll: SettingsForAll;
  onMapping(mapping: string): void;
}

/** Reads the whole file as it would be imported, keeps nothing, and shows its first rows. */
export function DryRun(props: DryRunProps) {
  const { plan, planned, settings, forAll } = props;
  const [outcomes, setOutcomes] = useState<readonly FileOutcome[]>();
  const job = useJob('import.preview', ({ files }) => setOutcomes(files));
  return (
    <div className="dry-run" data-testid="dry-run">
      <p className="actions">
        <button
          type="button"
          data-testid="dry-run-start"
          disabled={job.state.kind === 'running'}
          onClick={() => job.start({ planId: plan.planId, file: planned.file, settings, forAll })}
        >
          Dry run: show the first rows
        </button>
        <span className="faint">Reads all of the file with these settings and keeps nothing.</span>
      </p>
      <JobProgress title="Dry run" job={job} />
      {outcomes?.map((outcome) => (
        <DryRunOutcome key={outcome.name} outcome={outcome} onMapping={props.onMapping} />
      ))}
    </div>
  );
}

function DryRunOutcome(props: { outcome: FileOutcome; onMapping: (mapping: string) => void }) {
  const { outcome, onMapping } = props;
  if (outcome.outcome === 'already there') return <p>{visibleText(outcome.name)} is in the case already.</p>;
  if (outcome.outcome === 'refused') {
    const { mapping } = outcome.problem;
    return (
      <div>
        <p>
          {visibleText(outcome.name)}: <FileProblemNote problem={outcome.problem} />
        </p>
        {mapping !== null && (
          <>
            <pre className="mapping-start">{visibleText(mapping)}</pre>
            <button type="button" data-testid="use-mapping" onClick={() => onMapping(mapping)}>
              Begin with this mapping
            </button>
          </>
        )}
      </div>
    );
  }
  if (outcome.outcome !== 'would be imported') return null;
  return (
    <div role="status">
      <p>
        {visibleText(outcome.name)} as <code>{outcome.format}</code>: {counted(outcome.records, 'record')},{' '}
        {countText(outcome.rejected)} rejected.
      </p>
      <ul className="assumptions">
        {outcome.assumptions.map((assumption) => (
          <li key={assumption}>{visibleText(assumption)}</li>
        ))}
      </ul>
      {outcome.preview.map((table) => (
        <PreviewTable
          key={table.table}
          of={visibleText(outcome.name)}
          preview={table}
          total={outcome.rows[table.table] ?? table.rows.length}
        />
      ))}
    </div>
  );
}
