import { useEffect, useRef } from 'react';
import type { Citation, Output } from '../../shared/contract.ts';
import { HashText } from '../common/hash-text.tsx';
import { hasInvisible, visibleText } from '../common/hostile-text.ts';
import { countText } from '../common/number-text.ts';
import { ProblemNote, Waiting } from '../common/problem-note.tsx';
import { useCall } from '../engine/use-engine.ts';

/** One record as it stands in its file, with where exactly it stands. */
export function RawRecord(props: { citation: Citation; onClose: () => void }) {
  const { citation, onClose } = props;
  const record = useCall('record.get', citation);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <aside className="raw-record" data-testid="raw-record" aria-labelledby="record-title">
      <header>
        <h3 id="record-title" ref={heading} tabIndex={-1}>
          Record S{citation.sourceId} #{citation.record}
        </h3>
        <button type="button" aria-label="Close the record" title="Close (Esc)" onClick={onClose}>
          Close
        </button>
      </header>
      {record.isError && (
        <ProblemNote what="The record was not read." error={record.error} onRetry={() => void record.refetch()} />
      )}
      {record.isPending && <Waiting what="Reading the record from its file…" />}
      {record.data && <RecordText record={record.data} />}
    </aside>
  );
}

/** The text of a record and its place. Nothing in it is ever anything but text. */
export function RecordText(props: { record: Output<'record.get'> }) {
  const { record } = props;
  return (
    <>
      <p className="record-place">
        <bdi>{visibleText(record.sourceName)}</bdi> <span className="faint">{record.format}</span>
        <br />
        {countText(record.length)} bytes at byte {countText(record.byte)}, SHA-256 of the file{' '}
        <HashText hash={record.sha256} of={record.sourceName} />
      </p>
      <ul className="record-notes">
        {!record.validUtf8 && (
          <li data-testid="invalid-utf8">Some of its bytes are not UTF-8. They are shown as U+FFFD (�).</li>
        )}
        {hasInvisible(record.text) && (
          <li data-testid="invisible-characters">
            It holds control or invisible characters. They are shown by their number, as ⟨U+202E⟩.
          </li>
        )}
        {record.truncated && (
          <li data-testid="truncated">Only its first {countText(record.text.length)} characters are shown.</li>
        )}
      </ul>
      <pre tabIndex={0} aria-label="Text of the record" data-testid="record-text">
        {visibleText(record.text)}
      </pre>
    </>
  );
}
