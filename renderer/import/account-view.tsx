import type { FileOutcome, ImportAccount } from '../../shared/contract.ts';
import { visibleText } from '../common/hostile-text.ts';
import { counted, countText } from '../common/number-text.ts';
import { FileProblemNote } from './file-problem.tsx';
import type { ImportWork } from './use-import.ts';

interface AccountViewProps {
  readonly work: ImportWork;
  readonly account: ImportAccount;
  onShowSource(sourceId: number | undefined): void;
  onRun(): void;
}

/** What became of every file of the plan. */
export function AccountView(props: AccountViewProps) {
  const { work, account, onShowSource, onRun } = props;
  return (
    <>
      <div className="import-body account" data-testid="account">
        <p
          className="verdict"
          role="status"
          data-verdict={account.stopped ? 'invalid' : account.refused > 0 ? 'partial' : 'valid'}
        >
          <strong>{account.stopped ? 'Ended early' : 'Done'}</strong>
          <span data-testid="account-totals">{totalsText(account)}</span>
        </p>
        {account.stopped && (
          <p className="notice" data-testid="account-stopped">
            {visibleText(account.stopped.message)} {visibleText(account.stopped.remedy)}
          </p>
        )}
        <table className="checks">
          <caption>Every file of the plan</caption>
          <thead>
            <tr>
              <th scope="col">Source</th>
              <th scope="col">File</th>
              <th scope="col">What became of it</th>
            </tr>
          </thead>
          <tbody>
            {account.files.map((outcome) => (
              <OutcomeRow key={`${outcome.file} ${outcome.name}`} outcome={outcome} onShowSource={onShowSource} />
            ))}
          </tbody>
        </table>
      </div>
      <footer className="import-foot">
        <button type="button" data-testid="import-more" onClick={work.restart}>
          Import more
        </button>
        <p role="status">
          {account.imported > 0
            ? 'Results do not include the new evidence until the controls are run again.'
            : 'Nothing was added to the case.'}
        </p>
        <button type="button" data-testid="show-sources" onClick={() => onShowSource(undefined)}>
          Show the sources
        </button>
        {account.imported > 0 && (
          <button type="button" className="primary" data-testid="account-run" onClick={onRun}>
            Run controls
          </button>
        )}
      </footer>
    </>
  );
}

/** `3 sources, 4,100 records, 2 rejected; 1 file refused.` */
export function totalsText(account: ImportAccount): string {
  const others = [
    account.alreadyThere === 0 ? undefined : `${counted(account.alreadyThere, 'file')} already there`,
    account.refused === 0 ? undefined : `${counted(account.refused, 'file')} refused`,
    account.leftOut === 0 ? undefined : `${counted(account.leftOut, 'file')} left out`,
    account.notReached === 0 ? undefined : `${counted(account.notReached, 'file')} not reached`,
  ].filter((part) => part !== undefined);
  const taken = [
    `${counted(account.imported, 'source')} imported`,
    counted(account.records, 'record'),
    `${countText(account.rejected)} rejected`,
  ];
  return `${taken.join(', ')}${others.length === 0 ? '' : `; ${others.join(', ')}`}.`;
}

function OutcomeRow(props: { outcome: FileOutcome; onShowSource: (sourceId: number) => void }) {
  const { outcome, onShowSource } = props;
  const source = outcome.outcome === 'imported' || outcome.outcome === 'already there' ? outcome.sourceId : null;
  return (
    <tr data-testid="outcome" data-outcome={outcome.outcome}>
      <td>
        {source !== null && (
          <button type="button" className="citation" onClick={() => onShowSource(source)}>
            S{source}
          </button>
        )}
      </td>
      <td>
        <bdi>{visibleText(outcome.name)}</bdi>
      </td>
      <td>
        <Outcome outcome={outcome} onShowSource={onShowSource} />
      </td>
    </tr>
  );
}

function Outcome(props: { outcome: FileOutcome; onShowSource: (sourceId: number) => void }) {
  const { outcome, onShowSource } = props;
  switch (outcome.outcome) {
    case 'imported':
    case 'would be imported':
      return (
        <>
          <code>{outcome.format}</code>: {counted(outcome.records, 'record')},{' '}
          {outcome.rejected === 0 ? (
            '0 rejected'
          ) : (
            <button
              type="button"
              className="link"
              data-testid="account-rejects"
              onClick={() => onShowSource(outcome.sourceId)}
            >
              {countText(outcome.rejected)} rejected
            </button>
          )}
          <ul className="assumptions">
            {outcome.assumptions.map((assumption) => (
              <li key={assumption}>{visibleText(assumption)}</li>
            ))}
          </ul>
        </>
      );
    case 'already there':
      return (
        <>In the case already{outcome.sourceId === null ? '' : `, as S${outcome.sourceId}`}: its records count once.</>
      );
    case 'refused':
      return <FileProblemNote problem={outcome.problem} />;
    case 'left out':
      return <span className="faint">Left out by you.</span>;
    case 'not reached':
      return <span className="faint">Not reached: the import ended before it. Import it again.</span>;
  }
}
