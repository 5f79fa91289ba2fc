import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Citation } from '../../shared/contract.ts';
import type { Selection } from '../case/view-state.ts';
import { ControlDescription } from './control-description.tsx';
import { DayDetails } from './day-details.tsx';
import { RawRecord } from './raw-record.tsx';
import { SourceDetails } from './source-details.tsx';
import { useRuler } from '../time/ruler-context.ts';
import { weekday } from '../time/ruler.ts';

interface InspectorProps {
  readonly selection: Selection;
  readonly record: Citation | undefined;
  onSelect(selection: Selection): void;
  onOpenRecord(record: Citation): void;
  onCloseRecord(): void;
  onStepDay(step: 1 | -1): void;
  onClose(): void;
}

/** The lower part of the page: one day, one control or one source in detail, and beside it a raw record. */
export function Inspector(props: InspectorProps) {
  const { selection, record } = props;
  const [isTall, setTall] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const key = selectionKey(selection);
  useEffect(() => heading.current?.focus({ preventScroll: true }), [key]);
  return (
    <section
      className={isTall ? 'inspector tall' : 'inspector'}
      data-inspector=""
      data-testid={selection.kind === 'source' ? 'source-panel' : 'day-panel'}
      aria-labelledby="inspector-title"
    >
      <header className="inspector-head">
        <h2 id="inspector-title" ref={heading} tabIndex={-1}>
          <SelectionTitle selection={selection} />
        </h2>
        {selection.kind !== 'source' && <ControlTabs {...props} selection={selection} />}
        <div className="inspector-actions">
          <button type="button" aria-pressed={isTall} onClick={() => setTall(!isTall)}>
            {isTall ? 'Lower' : 'Taller'}
          </button>
          <button
            type="button"
            data-testid="close-panel"
            aria-label="Close this panel"
            title="Close (Esc)"
            onClick={props.onClose}
          >
            Close
          </button>
        </div>
      </header>
      <div className={record ? 'inspector-body with-record' : 'inspector-body'}>
        <div className="inspector-main">
          <SelectionDetails {...props} />
        </div>
        {record && (
          <RawRecord key={`${record.sourceId}/${record.record}`} citation={record} onClose={props.onCloseRecord} />
        )}
      </div>
    </section>
  );
}

function selectionKey(selection: Selection): string {
  switch (selection.kind) {
    case 'day':
      return `day ${selection.control} ${selection.index}`;
    case 'control':
      return `control ${selection.control}`;
    case 'source':
      return `source ${selection.sourceId}`;
  }
}

function SelectionTitle(props: { selection: Selection }): ReactNode {
  const { selection } = props;
  const { days } = useRuler();
  switch (selection.kind) {
    case 'day': {
      const day = days[selection.index] ?? '';
      return (
        <>
          <code>{selection.control}</code> <span className="title-day">{`${weekday(day)} ${day}`}</span>
        </>
      );
    }
    case 'control':
      return <code>{selection.control}</code>;
    case 'source':
      return `Source S${selection.sourceId}`;
  }
}

function ControlTabs(props: InspectorProps & { selection: Exclude<Selection, { kind: 'source' }> }) {
  const { selection, onSelect, onStepDay } = props;
  const { days } = useRuler();
  const control = selection.control;
  if (selection.kind === 'control') return null;
  const go = (index: number) => onSelect({ kind: 'day', control, index });
  return (
    <div className="inspector-steps" role="group" aria-label="Go to another day or to the control">
      <button
        type="button"
        onClick={() => onStepDay(-1)}
        title="Previous day that is neither effective nor not due (p)"
        data-testid="previous-notable"
      >
        ⇤ Previous to look at
      </button>
      <button
        type="button"
        disabled={selection.index === 0}
        onClick={() => go(selection.index - 1)}
        data-testid="previous-day"
      >
        ← Day before
      </button>
      <button
        type="button"
        disabled={selection.index >= days.length - 1}
        onClick={() => go(selection.index + 1)}
        data-testid="next-day"
      >
        Day after →
      </button>
      <button
        type="button"
        onClick={() => onStepDay(1)}
        title="Next day that is neither effective nor not due (n)"
        data-testid="next-notable"
      >
        Next to look at ⇥
      </button>
      <button type="button" data-testid="show-control" onClick={() => onSelect({ kind: 'control', control })}>
        About the control
      </button>
    </div>
  );
}

function SelectionDetails(props: InspectorProps) {
  const { selection, onOpenRecord } = props;
  const { days } = useRuler();
  switch (selection.kind) {
    case 'day':
      return (
        <DayDetails
          key={selectionKey(selection)}
          control={selection.control}
          day={days[selection.index] ?? ''}
          cited={props.record}
          onOpenRecord={onOpenRecord}
        />
      );
    case 'control':
      return <ControlDescription control={selection.control} />;
    case 'source':
      return (
        <SourceDetails
          key={selection.sourceId}
          sourceId={selection.sourceId}
          cited={props.record}
          onOpenRecord={onOpenRecord}
        />
      );
  }
}
