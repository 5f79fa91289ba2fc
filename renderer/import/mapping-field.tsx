import { useState } from 'react';
import type { EvidenceEntry } from '../../shared/contract.ts';
import { ProblemNote } from '../common/problem-note.tsx';
import { asError, useCall, useClient } from '../engine/use-engine.ts';
import { EvidenceBrowser } from './evidence-browser.tsx';

interface MappingFieldProps {
  readonly idPrefix: string;
  readonly mapping: string;
  onSet(text: string): void;
}

/** The mapping of a CSV or JSON of no format of its own: written here, or read from a file. */
export function MappingField(props: MappingFieldProps) {
  const { idPrefix, mapping, onSet } = props;
  return (
    <details className="mapping" open={mapping !== '' || undefined}>
      <summary data-testid={`${idPrefix}-mapping-open`}>Mapping, for any CSV or JSON</summary>
      <label>
        <span className="for-readers">Mapping in YAML</span>
        <textarea
          value={mapping}
          rows={mapping === '' ? 3 : 10}
          spellCheck={false}
          data-testid={`${idPrefix}-mapping`}
          onChange={(event) => onSet(event.target.value)}
        />
        <small>YAML that says which columns are what. A dry run without one shows a mapping to begin with.</small>
      </label>
      <MappingFile onRead={onSet} />
    </details>
  );
}

/** Reads a mapping from a file that the host offers. */
function MappingFile(props: { onRead: (text: string) => void }) {
  const client = useClient();
  const places = useCall('evidence.places', {});
  const [isBrowsing, setBrowsing] = useState(false);
  const [error, setError] = useState<Error>();
  const attempt = async (choose: () => Promise<EvidenceEntry | undefined>) => {
    setError(undefined);
    try {
      const entry = await choose();
      if (!entry) return;
      const { text } = await client.call('mapping.read', { key: entry.key });
      props.onRead(text);
      setBrowsing(false);
    } catch (thrown) {
      setError(asError(thrown));
    }
  };
  const chooser = places.data?.chooser ?? 'none';
  if (chooser === 'none') return null;
  const byDialog = () => attempt(async () => (await client.call('evidence.choose', { what: 'files' })).entries[0]);
  return (
    <div className="mapping-file">
      <button
        type="button"
        className="link"
        aria-expanded={chooser === 'browse' ? isBrowsing : undefined}
        onClick={() => (chooser === 'browse' ? setBrowsing(!isBrowsing) : void byDialog())}
      >
        Read it from a file…
      </button>
      {isBrowsing && (
        <EvidenceBrowser
          places={places.data?.places ?? []}
          chosen={[]}
          filesOnly
          onToggle={(entry) => void attempt(async () => entry)}
        />
      )}
      {error && <ProblemNote what="The mapping was not read." error={error} />}
    </div>
  );
}
