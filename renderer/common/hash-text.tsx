import { useState } from 'react';

const SHOWN = 12;

/** A hash, shortened and said to be; the whole of it on pointing, and on the clipboard with a click. */
export function HashText(props: { hash: string; of: string }) {
  const { hash, of } = props;
  const [outcome, setOutcome] = useState<'copied' | 'refused'>();
  const copy = () =>
    navigator.clipboard.writeText(hash).then(
      () => setOutcome('copied'),
      () => setOutcome('refused'),
    );
  return (
    <span className="hash">
      <button
        type="button"
        className="hash-button"
        title={`${hash}\nClick to copy all ${hash.length} characters.`}
        aria-label={`Copy SHA-256 of ${of}: ${hash}`}
        onClick={() => void copy()}
        onBlur={() => setOutcome(undefined)}
      >
        <code>{hash.slice(0, SHOWN)}…</code>
        <span className="faint">
          {SHOWN} of {hash.length}
        </span>
      </button>
      <span className="hash-outcome" role="status">
        {outcome === 'copied' && 'Copied'}
        {outcome === 'refused' && 'Not copied: the clipboard refused.'}
      </span>
    </span>
  );
}

/** A hash in full, in groups that people can compare. */
export function FullHash(props: { hash: string }) {
  return <code className="full-hash">{props.hash.match(/.{1,8}/g)?.join(' ')}</code>;
}
