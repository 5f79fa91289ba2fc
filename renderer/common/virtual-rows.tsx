import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type ReactNode } from 'react';
import type { Paged } from '../engine/use-engine.ts';
import { countText } from './number-text.ts';
import { ProblemNote, Waiting } from './problem-note.tsx';

interface VirtualRowsProps<Row> {
  /** What the rows are, for screen readers and notes: `Items`. */
  readonly label: string;
  readonly list: Paged<Row>;
  /** Pixels a row takes before it has been measured. */
  readonly rowHeight: number;
  readonly header: ReactNode;
  readonly renderRow: (row: Row, index: number) => ReactNode;
  readonly whenEmpty: ReactNode;
  /** Adds `result-row` and the like to each row. */
  readonly rowTestId?: string;
  readonly className?: string;
}

/** A long list of which only the rows in sight are drawn; further pages are fetched as they come near. */
export function VirtualRows<Row>(props: VirtualRowsProps<Row>) {
  const { label, list, header, renderRow, whenEmpty, rowTestId, className } = props;
  const scroller = useRef<HTMLDivElement>(null);
  // The compiler leaves this component alone, as the virtualizer changes in place; nothing here is memoised on it.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtualizer = useVirtualizer({
    count: list.rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => props.rowHeight,
    overscan: 10,
  });
  const shown = virtualizer.getVirtualItems();
  const lastShown = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (lastShown >= list.rows.length - 40) list.fetchMore();
  });
  if (list.error && list.rows.length === 0)
    return <ProblemNote what={`${label}: not read.`} error={list.error} onRetry={list.retry} />;
  if (list.total === undefined) return <Waiting what={`Reading ${label.toLowerCase()}…`} />;
  if (list.total === 0) return <div className="empty">{whenEmpty}</div>;
  return (
    <div className={`rows ${className ?? ''}`}>
      <div
        ref={scroller}
        className="rows-scroller"
        role="table"
        aria-label={label}
        aria-rowcount={list.total + 1}
        tabIndex={0}
      >
        <div role="rowgroup" className="rows-head">
          <div role="row" className="rows-row">
            {header}
          </div>
        </div>
        <div role="rowgroup" className="rows-body" style={{ height: virtualizer.getTotalSize() }}>
          {shown.map((item) => (
            <div
              key={item.key}
              ref={virtualizer.measureElement}
              data-index={item.index}
              data-testid={rowTestId}
              role="row"
              aria-rowindex={item.index + 2}
              className="rows-row"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {renderRow(list.rows[item.index]!, item.index)}
            </div>
          ))}
        </div>
      </div>
      {list.error && <ProblemNote what={`${label}: not all read.`} error={list.error} onRetry={list.retry} />}
      <p className="rows-note faint">
        {countText(list.rows.length)} of {countText(list.total)} read{list.isFetching ? ', reading more…' : ''}
      </p>
    </div>
  );
}
