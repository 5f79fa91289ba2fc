import { useMemo, useState } from 'react';
import { visibleText } from '../common/hostile-text.ts';
import { counted } from '../common/number-text.ts';
import { ProblemNote, Waiting } from '../common/problem-note.tsx';
import { useCall } from '../engine/use-engine.ts';
import { DayStrip } from '../time/day-strip.tsx';
import { layerPath } from '../time/strip-paths.ts';
import {
  coverageStrip,
  coverageWords,
  describeStreamDay,
  lettersOf,
  streamsOf,
  type CoverageLetter,
  type CoverageRow,
  type StreamCoverage,
} from './coverage-look.ts';

/** Which systems were heard in which stream on which day; the streams that `control` needs are marked. */
export function CoverageRows(props: { control: string | undefined }) {
  const coverage = useCall('coverage.get', {});
  const control = useCall('control.get', { control: props.control ?? '' }, { enabled: props.control !== undefined });
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [tabStop, setTabStop] = useState('');
  const streams = useMemo(() => streamsOf(coverage.data?.rows ?? []), [coverage.data]);
  const toggle = (stream: string) => {
    const next = new Set(open);
    if (!next.delete(stream)) next.add(stream);
    setOpen(next);
  };
  const stop = tabStop || (streams[0]?.stream ?? '');
  return (
    <>
      <div role="row" className="time-row section-row" data-testid="coverage">
        <div role="rowheader" className="time-label">
          <h2>Coverage</h2>
          <button
            type="button"
            className="link"
            onClick={() => setOpen(open.size > 0 ? new Set() : new Set(streams.map(({ stream }) => stream)))}
          >
            {open.size > 0 ? 'Fold all' : 'Show every system'}
          </button>
        </div>
        <div role="gridcell" className="time-axis">
          <CoverageLegend />
        </div>
        <div role="gridcell" className="time-end faint">
          {props.control && control.data ? '● needed by the selected control' : 'Stream, then system'}
        </div>
      </div>
      {coverage.isError && (
        <Cell>
          <ProblemNote what="Coverage was not read." error={coverage.error} onRetry={() => void coverage.refetch()} />
        </Cell>
      )}
      {coverage.isPending && (
        <Cell>
          <Waiting what="Reading coverage…" />
        </Cell>
      )}
      {coverage.isSuccess && streams.length === 0 && <Cell>No stream is expected and none was seen.</Cell>}
      {streams.map((stream) => (
        <StreamRows
          key={stream.stream}
          stream={stream}
          isOpen={open.has(stream.stream)}
          isNeeded={props.control !== undefined && (control.data?.streams.includes(stream.stream) ?? false)}
          tabStop={stop}
          onToggle={() => toggle(stream.stream)}
          onFocusRow={setTabStop}
        />
      ))}
    </>
  );
}

function Cell(props: { children: React.ReactNode }) {
  return (
    <div role="row" className="empty">
      <div role="gridcell">{props.children}</div>
    </div>
  );
}

const SAMPLE_DAYS: readonly CoverageLetter[] = ['+', '~', '-', '.'];

function CoverageLegend() {
  return (
    <ul className="coverage-legend">
      {SAMPLE_DAYS.map((letter) => (
        <li key={letter}>
          <CoverageSwatch letter={letter} /> {coverageWords[letter]}
        </li>
      ))}
    </ul>
  );
}

const SWATCH = { days: ['one'], width: 12 };
const SWATCH_RUN = [{ value: 'one', from: 0, to: 1 }];

function CoverageSwatch(props: { letter: CoverageLetter }) {
  return (
    <svg className="coverage-swatch" width="12" height="16" aria-hidden="true" focusable="false">
      {coverageStrip.layers(props.letter).map((layer) => (
        <path key={layer.className} className={layer.className} d={layerPath(layer, SWATCH_RUN, SWATCH)} />
      ))}
    </svg>
  );
}

interface StreamRowsProps {
  readonly stream: StreamCoverage;
  readonly isOpen: boolean;
  readonly isNeeded: boolean;
  readonly tabStop: string;
  onToggle(): void;
  onFocusRow(key: string): void;
}

function StreamRows(props: StreamRowsProps) {
  const { stream, isOpen, isNeeded, tabStop, onToggle, onFocusRow } = props;
  const records = stream.systems.reduce((sum, row) => sum + row.records, 0);
  return (
    <>
      <div
        role="row"
        className="time-row stream-row"
        data-testid="stream-row"
        data-stream={stream.stream}
        data-needed={isNeeded}
      >
        <div role="rowheader" className="time-label">
          <button type="button" className="fold" aria-expanded={isOpen} onClick={onToggle}>
            <span className="stream-name">
              {isNeeded && <span title="Needed by the selected control">● </span>}
              {visibleText(stream.stream)}
            </span>
            <span className="faint">{counted(stream.systems.length, 'system')}</span>
          </button>
        </div>
        <div role="gridcell" className="time-axis">
          <DayStrip
            name={stream.stream}
            values={stream.days}
            look={coverageStrip}
            describe={(index) => describeStreamDay(stream, index)}
            isNotable={(index) => stream.days[index] === '-' || stream.days[index] === '~'}
            onOpen={onToggle}
            inTabOrder={tabStop === stream.stream}
            onFocusRow={() => onFocusRow(stream.stream)}
          />
        </div>
        <div role="gridcell" className="time-end figures">
          <Silence days={stream.days} records={records} />
        </div>
      </div>
      {isOpen &&
        stream.systems.map((row) => <SystemRow key={row.system} row={row} onFocusRow={onFocusRow} tabStop={tabStop} />)}
    </>
  );
}

function SystemRow(props: { row: CoverageRow; tabStop: string; onFocusRow: (key: string) => void }) {
  const { row, tabStop, onFocusRow } = props;
  const days = useMemo(() => lettersOf(row), [row]);
  const key = `${row.stream}/${row.system}`;
  return (
    <div role="row" className="time-row system-row" data-testid="system-row" data-system={row.system}>
      <div role="rowheader" className="time-label" title={row.system}>
        {visibleText(row.system)}
      </div>
      <div role="gridcell" className="time-axis">
        <DayStrip
          name={`${row.stream} from ${row.system}`}
          values={days}
          look={coverageStrip}
          describe={(index) => coverageWords[days[index] ?? '.']}
          isNotable={(index) => days[index] === '-'}
          inTabOrder={tabStop === key}
          onFocusRow={() => onFocusRow(key)}
        />
      </div>
      <div role="gridcell" className="time-end figures">
        <Silence days={days} records={row.records} />
      </div>
    </div>
  );
}

/** `3 days silent, 1,234 records`: what a coverage row amounts to. */
function Silence(props: { days: readonly CoverageLetter[]; records: number }) {
  const silent = props.days.filter((letter) => letter === '-').length;
  const some = props.days.filter((letter) => letter === '~').length;
  return (
    <>
      <span className={silent + some > 0 ? 'silent' : 'faint'}>
        {silent + some === 0 && 'no silent day'}
        {silent > 0 && `${counted(silent, 'day')} silent`}
        {silent > 0 && some > 0 && ', '}
        {some > 0 && `${counted(some, 'day')} in part`}
      </span>
      <span className="faint">{counted(props.records, 'record')}</span>
    </>
  );
}
