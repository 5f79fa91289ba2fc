import { useContext } from 'react';
import type { Source } from '../../shared/contract.ts';
import type { Selection } from '../case/view-state.ts';
import { HashText } from '../common/hash-text.tsx';
import { visibleText } from '../common/hostile-text.ts';
import { counted, countText } from '../common/number-text.ts';
import { ProblemNote, Waiting } from '../common/problem-note.tsx';
import { ImportButton, WHY_NO_IMPORT } from '../import/import-button.tsx';
import { useCall } from '../engine/use-engine.ts';
import { DayCursorContext } from '../time/cursor.ts';
import { dayIndexAt, fractionOf, utcText } from '../time/ruler.ts';
import { useRuler } from '../time/ruler-context.ts';
import { TimePanel } from '../time/time-panel.tsx';

interface SourcesPanelProps {
  readonly selection: Selection | undefined;
  readonly onSelect: (selection: Selection) => void;
  readonly readOnly: boolean;
  readonly onImport: () => void;
}

/** Every file that was taken in, and the stretch of the window it speaks of. */
export function SourcesPanel(props: SourcesPanelProps) {
  const sources = useCall('sources.list', {});
  if (sources.isError && !sources.data)
    return (
      <ProblemNote what="The sources were not read." error={sources.error} onRetry={() => void sources.refetch()} />
    );
  if (!sources.data) return <Waiting what="Reading the sources…" />;
  return (
    <TimePanel label="Sources" end="Records, rejected, SHA-256">
      {sources.data.length === 0 && (
        <div className="empty">
          <p>No evidence was imported into this case.{props.readOnly ? ` ${WHY_NO_IMPORT}` : ''}</p>
          {!props.readOnly && <ImportButton readOnly={false} isBusy={false} onImport={props.onImport} />}
        </div>
      )}
      {sources.data.map((source) => (
        <SourceRow
          key={source.sourceId}
          source={source}
          isSelected={props.selection?.kind === 'source' && props.selection.sourceId === source.sourceId}
          onOpen={() => props.onSelect({ kind: 'source', sourceId: source.sourceId })}
        />
      ))}
    </TimePanel>
  );
}

function SourceRow(props: { source: Source; isSelected: boolean; onOpen: () => void }) {
  const { source, isSelected, onOpen } = props;
  const ruler = useRuler();
  const cursor = useContext(DayCursorContext);
  return (
    <div
      className="time-row source-row"
      data-testid="source-row"
      data-source={source.sourceId}
      data-selected={isSelected}
    >
      <div className="time-label">
        <button
          type="button"
          className="control-name"
          aria-pressed={isSelected}
          title={source.member === null ? source.originalPath : `${source.originalPath} › ${source.member}`}
          onClick={onOpen}
        >
          <span className="control-title">
            <span className="source-id">S{source.sourceId}</span> <bdi>{visibleText(source.name)}</bdi>
          </span>
          <span className="control-meta">
            <code>{source.format}</code>
            <span>{source.system === null ? '' : visibleText(source.system)}</span>
            {source.assumptions.length > 0 && <span>{counted(source.assumptions.length, 'assumption')}</span>}
          </span>
        </button>
      </div>
      <div
        className="time-axis"
        onPointerMove={(event) => {
          const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
          cursor.set({ index: dayIndexAt(ruler, x), text: `${extentText(source)} · S${source.sourceId}` });
        }}
        onPointerLeave={() => cursor.set(undefined)}
      >
        <Extent source={source} />
      </div>
      <div className="time-end source-end">
        <span>{counted(source.records, 'record')}</span>
        {source.rejected > 0 ? (
          <button type="button" className="link" data-testid="show-rejects" onClick={onOpen}>
            {countText(source.rejected)} rejected
          </button>
        ) : (
          <span className="faint">0 rejected</span>
        )}
        <HashText hash={source.sha256} of={source.name} />
      </div>
    </div>
  );
}

function extentText({ firstTime, lastTime }: Source): string {
  if (firstTime === null || lastTime === null) return 'its records carry no time';
  return `${utcText(firstTime)} to ${utcText(lastTime)}`;
}

/** From the first to the last time in a source. Where it reaches beyond the window an arrow says so. */
function Extent(props: { source: Source }) {
  const { firstTime, lastTime } = props.source;
  const ruler = useRuler();
  const from = firstTime === null ? undefined : fractionOf(ruler, firstTime);
  const to = lastTime === null ? undefined : fractionOf(ruler, lastTime);
  if (firstTime === null || lastTime === null || from === undefined || to === undefined)
    return <span className="extent-note faint">{extentText(props.source)}</span>;
  const text = extentText(props.source);
  if (to < 0 || from > 1) {
    const words = to < 0 ? '◂ before the window' : 'after the window ▸';
    return (
      <span className={to < 0 ? 'extent-note' : 'extent-note at-end'} title={text}>
        {words}: {text}
      </span>
    );
  }
  const left = Math.round(Math.max(0, from) * ruler.width);
  const right = Math.max(left + 2, Math.round(Math.min(1, to) * ruler.width));
  return (
    <svg
      className="strip-picture"
      width={ruler.width}
      height="30"
      viewBox={`0 0 ${ruler.width} 30`}
      preserveAspectRatio="none"
      role="img"
      aria-label={text}
    >
      <title>{text}</title>
      <path className="ink-extent" d={`M${left} 11h${right - left}v8h${left - right}z`} />
      {from < 0 && <path className="ink-extent" d="M0 15l9 -9v18z" />}
      {to > 1 && <path className="ink-extent" d={`M${ruler.width} 15l-9 -9v18z`} />}
    </svg>
  );
}
