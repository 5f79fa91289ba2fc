import type { Citation, ResultItem } from '../../shared/contract.ts';
import type { RowStatus } from '../../shared/states.ts';
import { visibleText } from '../common/hostile-text.ts';
import { Instant } from '../common/instant.tsx';
import { VirtualRows } from '../common/virtual-rows.tsx';
import { usePages } from '../engine/use-engine.ts';

interface ItemTableProps {
  readonly query: { readonly control: string; readonly day: string; readonly status?: RowStatus };
  readonly cited: Citation | undefined;
  onOpenRecord(record: Citation): void;
}

/** The items of a day, each with the record it rests on. */
export function ItemTable(props: ItemTableProps) {
  const list = usePages('results.page', props.query);
  return (
    <VirtualRows
      label="Items"
      className="items"
      rowTestId="result-row"
      list={list}
      rowHeight={40}
      header={
        <>
          <span role="columnheader">Status</span>
          <span role="columnheader">Time (UTC, then local)</span>
          <span role="columnheader">System</span>
          <span role="columnheader">Resource and reason</span>
          <span role="columnheader">Rests on</span>
        </>
      }
      whenEmpty="No item of this control falls on this day. What the day says rests on coverage alone."
      renderRow={(item) => <ItemCells item={item} cited={props.cited} onOpenRecord={props.onOpenRecord} />}
    />
  );
}

function ItemCells(props: Pick<ItemTableProps, 'cited' | 'onOpenRecord'> & { item: ResultItem }) {
  const { item, cited, onOpenRecord } = props;
  const dimensions = Object.entries(item.dimensions).filter(([, value]) => value !== null);
  return (
    <>
      <span role="cell">
        <span className="status" data-status={item.status}>
          {item.status}
        </span>
      </span>
      <span role="cell">
        <Instant at={item.time} />
      </span>
      <span role="cell">
        <bdi>{item.system === null ? '' : visibleText(item.system)}</bdi>
      </span>
      <span role="cell" className="item-text">
        <bdi className="resource">{visibleText(item.resource)}</bdi>
        <bdi className="reason">{visibleText(item.reason)}</bdi>
        {dimensions.length > 0 && (
          <span className="dimensions faint">
            {dimensions.map(([name, value]) => (
              <bdi key={name}>
                {visibleText(name)} {visibleText(value ?? '')}
              </bdi>
            ))}
          </span>
        )}
      </span>
      <span role="cell">
        <CitationButton citation={item.citation} cited={cited} onOpenRecord={onOpenRecord} />
      </span>
    </>
  );
}

/** `S12 #345`: opens the record that a figure rests on. */
export function CitationButton(props: {
  citation: Citation | null;
  cited: Citation | undefined;
  onOpenRecord: (record: Citation) => void;
}) {
  const { citation, cited, onOpenRecord } = props;
  if (!citation) return <span className="faint">no record</span>;
  const { sourceId, record } = citation;
  const isOpen = cited?.sourceId === sourceId && cited.record === record;
  return (
    <button
      type="button"
      className="citation"
      data-testid="citation"
      aria-pressed={isOpen}
      title={`Source ${sourceId}, record ${record}: show it as it stands in its file`}
      onClick={() => onOpenRecord(citation)}
    >
      S{sourceId} #{record}
    </button>
  );
}
