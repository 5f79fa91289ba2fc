import { useState } from 'react';
import type { EvidenceEntry, Output } from '../../shared/contract.ts';
import { visibleText } from '../common/hostile-text.ts';
import { bytesText, counted, countText } from '../common/number-text.ts';
import { ProblemNote, Waiting } from '../common/problem-note.tsx';
import { useCall } from '../engine/use-engine.ts';
import { utcText } from '../time/ruler.ts';

interface EvidenceBrowserProps {
  readonly places: readonly EvidenceEntry[];
  readonly chosen: readonly EvidenceEntry[];
  /** Only files can be ticked. */
  readonly filesOnly?: boolean;
  onToggle(entry: EvidenceEntry): void;
}

const PAGE = 200;

/** The folders that the host offers: open them, tick what shall be taken. */
export function EvidenceBrowser(props: EvidenceBrowserProps) {
  const { places } = props;
  const only = places.length === 1 ? places[0]!.key : undefined;
  const [folder, setFolder] = useState(only);
  const [after, setAfter] = useState(0);
  const open = (key: string | undefined) => {
    setFolder(key);
    setAfter(0);
  };
  if (folder === undefined) return <Entries {...props} label="Places to import from" rows={places} onOpen={open} />;
  return <Folder {...props} {...{ folder, after, only, open, setAfter }} />;
}

interface FolderProps extends EvidenceBrowserProps {
  readonly folder: string;
  readonly after: number;
  readonly only: string | undefined;
  open(key: string | undefined): void;
  setAfter(after: number): void;
}

function Folder(props: FolderProps) {
  const { folder, after, open } = props;
  const list = useCall('evidence.list', { key: folder, after, limit: PAGE });
  const retry = () => void list.refetch();
  if (list.isError)
    return (
      <ProblemNote what="The folder was not read." error={list.error} onRetry={retry}>
        <button type="button" onClick={() => open(props.only)}>
          Back to the beginning
        </button>
      </ProblemNote>
    );
  if (!list.data) return <Waiting what="Reading the folder…" />;
  const { rows, trail } = list.data;
  return (
    <div className="browser" data-testid="browser">
      <nav className="trail" aria-label="Folders above">
        {props.only === undefined && (
          <button type="button" className="link" onClick={() => open(undefined)}>
            Places
          </button>
        )}
        {trail.map(({ key, name }, index) =>
          index === trail.length - 1 ? (
            <strong key={key} aria-current="location">
              <bdi>{visibleText(name)}</bdi>
            </strong>
          ) : (
            <button key={key} type="button" className="link" onClick={() => open(key)}>
              <bdi>{visibleText(name)}</bdi>
            </button>
          ),
        )}
        <button type="button" className="link trail-again" onClick={retry}>
          Read again
        </button>
      </nav>
      <Entries
        {...props}
        label={`Files and folders in ${visibleText(trail.at(-1)?.name ?? '')}`}
        rows={rows}
        onOpen={open}
      />
      <FolderNotes {...props} list={list.data} />
    </div>
  );
}

function FolderNotes(props: FolderProps & { list: Output<'evidence.list'> }) {
  const { after, list, setAfter } = props;
  const { total, rows, notOffered, isCut } = list;
  return (
    <div className="browser-notes faint">
      {total > PAGE && (
        <p className="actions">
          <button type="button" disabled={after === 0} onClick={() => setAfter(after - PAGE)}>
            Previous {PAGE}
          </button>
          <button type="button" disabled={after + PAGE >= total} onClick={() => setAfter(after + PAGE)}>
            Next {PAGE}
          </button>
          <span role="status">
            {countText(after + 1)} to {countText(after + rows.length)} of {countText(total)}
          </span>
        </p>
      )}
      {isCut && <p>The folder holds more than is listed. Take the whole folder, or import on the command line.</p>}
      {notOffered > 0 && (
        <p>
          Not listed: {counted(notOffered, 'link, device or name', 'links, devices or names')} that cannot be read as a
          file.
        </p>
      )}
    </div>
  );
}

interface EntriesProps extends EvidenceBrowserProps {
  readonly label: string;
  readonly rows: readonly EvidenceEntry[];
  onOpen(key: string): void;
}

function Entries(props: EntriesProps) {
  const { label, rows } = props;
  if (rows.length === 0) return <p className="empty">Nothing in it can be imported.</p>;
  return (
    <div className="entries" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Take</th>
            <th scope="col">Name</th>
            <th scope="col" className="number">
              Size
            </th>
            <th scope="col">Changed</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((entry) => (
            <EntryRow key={entry.key} {...props} entry={entry} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function EntryRow(props: EntriesProps & { entry: EvidenceEntry }) {
  const { entry, chosen, onToggle, onOpen } = props;
  const name = visibleText(entry.name);
  const isFolder = entry.kind === 'folder';
  return (
    <tr data-testid="entry" data-kind={entry.kind}>
      <td>
        {!(isFolder && props.filesOnly) && (
          <input
            type="checkbox"
            aria-label={`Take ${name}`}
            checked={chosen.some(({ key }) => key === entry.key)}
            onChange={() => onToggle(entry)}
          />
        )}
      </td>
      <td>
        {isFolder ? (
          <button type="button" className="link" onClick={() => onOpen(entry.key)}>
            <bdi>{`${name}/`}</bdi>
          </button>
        ) : (
          <bdi>{name}</bdi>
        )}
      </td>
      <td className="number">{entry.bytes === null ? '' : bytesText(entry.bytes)}</td>
      <td className="faint">{entry.modifiedAt === null ? '' : `${utcText(entry.modifiedAt).slice(0, 16)}Z`}</td>
    </tr>
  );
}
