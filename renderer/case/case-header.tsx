import type { CaseSummary } from '../../shared/contract.ts';
import { ImportButton } from '../import/import-button.tsx';
import { HashText } from '../common/hash-text.tsx';
import { visibleText } from '../common/hostile-text.ts';
import { countText } from '../common/number-text.ts';
import { utcText } from '../time/ruler.ts';

interface CaseHeaderProps {
  readonly summary: CaseSummary;
  readonly isBusy: boolean;
  onImport(): void;
  onRun(): void;
  onBinder(): void;
  onClose(): void;
  onHelp(): void;
}

/** Whose evidence this is, over which days, how much of it, and what can be done with it. */
export function CaseHeader(props: CaseHeaderProps) {
  const { summary, isBusy } = props;
  return (
    <header className="case-header">
      <div className="case-title">
        <h1>{visibleText(summary.entity)}</h1>
        <p>
          <span className="window" data-testid="window">
            {summary.firstDay} to {summary.lastDay}
          </span>
          <span>{countText(summary.days)} days</span>
          <span>{summary.zone}</span>
          {summary.readOnly && (
            <span className="tag" data-testid="read-only" title="Nothing can be added to this case from here.">
              read-only
            </span>
          )}
        </p>
      </div>
      <CaseFigures summary={summary} />
      <div className="case-actions">
        <ImportButton readOnly={summary.readOnly} isBusy={isBusy} onImport={props.onImport} />
        <button type="button" data-testid="run-start" disabled={isBusy || summary.readOnly} onClick={props.onRun}>
          Run controls
        </button>
        <button type="button" data-testid="go-binder" onClick={props.onBinder}>
          Make binder
        </button>
        <button type="button" data-testid="close-case" disabled={isBusy} onClick={props.onClose}>
          Close case
        </button>
        <button
          type="button"
          data-testid="help"
          aria-label="Keyboard shortcuts"
          title="Keyboard shortcuts (?)"
          onClick={props.onHelp}
        >
          ?
        </button>
      </div>
    </header>
  );
}

function CaseFigures(props: { summary: CaseSummary }) {
  const { summary } = props;
  const { lastRun } = summary;
  return (
    <dl className="case-figures">
      <Figure name="Systems">{countText(summary.systems)}</Figure>
      <Figure name="Sources">{countText(summary.sources)}</Figure>
      <Figure name="Records">{countText(summary.records)}</Figure>
      <Figure name="Rejected">{countText(summary.rejected)}</Figure>
      <Figure name="Last run">
        {lastRun ? (
          <span title={[`${countText(lastRun.controls)} controls`, ...lastRun.packs.map(packText)].join('\n')}>
            {utcText(lastRun.finishedAt).slice(0, 16)}Z
          </span>
        ) : (
          'none'
        )}
      </Figure>
      <Figure name={`Ledger head, entry ${countText(summary.ledgerEntries)}`}>
        <HashText hash={summary.ledgerHead} of="the ledger head" />
      </Figure>
    </dl>
  );
}

type Pack = NonNullable<CaseSummary['lastRun']>['packs'][number];

/** `soc2 1.0.0, as shipped`: what a run was made with. */
export function packText(pack: Pack): string {
  return `${pack.id} ${pack.version}, ${pack.shipped ? 'as shipped' : 'altered or not shipped with Fieldwork'}`;
}

function Figure(props: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
