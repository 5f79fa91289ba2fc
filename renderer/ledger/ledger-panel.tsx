import { HashText } from '../common/hash-text.tsx';
import { visibleText } from '../common/hostile-text.ts';
import { Instant } from '../common/instant.tsx';
import { countText } from '../common/number-text.ts';
import { VirtualRows } from '../common/virtual-rows.tsx';
import { usePages } from '../engine/use-engine.ts';

/** Everything that was done to the case, in order. */
export function LedgerPanel() {
  const list = usePages('ledger.page', {});
  return (
    <div className="ledger-panel" data-testid="ledger">
      <p className="panel-note">
        Everything that was done to this case, oldest first. Each entry carries the hash of the one before it, so a
        changed or missing entry breaks the chain.
      </p>
      <VirtualRows
        label="Ledger entries"
        className="ledger"
        rowTestId="ledger-row"
        list={list}
        rowHeight={30}
        header={
          <>
            <span role="columnheader">Entry</span>
            <span role="columnheader">Time (UTC, then local)</span>
            <span role="columnheader">Kind</span>
            <span role="columnheader">By</span>
            <span role="columnheader">What</span>
            <span role="columnheader">Hash</span>
          </>
        }
        whenEmpty="The ledger has no entries."
        renderRow={(entry) => (
          <>
            <span role="cell" className="number">
              {countText(entry.seq)}
            </span>
            <span role="cell">
              <Instant at={entry.at} />
            </span>
            <span role="cell">
              <code>{visibleText(entry.kind)}</code>
            </span>
            <span role="cell">
              <bdi>{visibleText(entry.by)}</bdi>
            </span>
            <span role="cell">
              <bdi>{visibleText(entry.what)}</bdi>
            </span>
            <span role="cell">
              <HashText hash={entry.hash} of={`ledger entry ${entry.seq}`} />
            </span>
          </>
        )}
      />
    </div>
  );
}
