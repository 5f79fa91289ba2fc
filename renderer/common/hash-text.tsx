import { useState } from 'react';

const SHOWN = 12;

/** A hash, shortened and said to be; the whole of it on pointing, and on the clipboard with a click. */
export function HashText(props: { hash: string; of: string }) {
  const { hash, of } = props;
  const { copy, forget, outcome } = useCopy(hash);
  return (
    <span className="hash">
      <button
        type="button"
        className="hash-button"
        title={`${hash}\nClick to copy all ${hash.length} characters.`}
        onClick={copy}
        onBlur={forget}
      >
        <code>{hash.slice(0, SHOWN)}…</code>
        <span className="faint">
          {SHOWN} of {hash.length}
        </span>
        <span className="for-readers"> characters of the SHA-256 of {of}; copy all</span>
      </button>
      <CopyOutcome outcome={outcome} />
    </span>
  );
}

/** A hash in full, in groups that people can compare, and on the clipboard with a click. */
export function FullHash(props: { hash: string; of: string }) {
  const { hash, of } = props;
  const { copy, forget, outcome } = useCopy(hash);
  return (
    <span className="hash">
      <code className="full-hash">{hash.match(/.{1,8}/g)?.join(' ')}</code>
      <button type="button" className="link" onClick={copy} onBlur={forget}>
        Copy<span className="for-readers"> the SHA-256 of {of}</span>
      </button>
      <CopyOutcome outcome={outcome} />
    </span>
  );
}

type Outcome = 'copied' | 'refused' | undefined;

function useCopy(text: string) {
  const [outcome, setOutcome] = useState<Outcome>();
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setOutcome('copied'),
      () => setOutcome('refused'),
    );
  };
  return { copy, outcome, forget: () => setOutcome(undefined) };
}

function CopyOutcome(props: { outcome: Outcome }) {
  return (
    <span className="hash-outcome" role="status">
      {props.outcome === 'copied' && 'Copied'}
      {props.outcome === 'refused' && 'Not copied: the clipboard refused.'}
    </span>
  );
}
