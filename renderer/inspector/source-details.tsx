import type { Citation, Source } from '../../shared/contract.ts';
import { Facts } from '../common/facts.tsx';
import { FullHash } from '../common/hash-text.tsx';
import { visibleText } from '../common/hostile-text.ts';
import { Instant } from '../common/instant.tsx';
import { bytesText, countText } from '../common/number-text.ts';
import { ProblemNote, Waiting } from '../common/problem-note.tsx';
import { VirtualRows } from '../common/virtual-rows.tsx';
import { useCall, usePages } from '../engine/use-engine.ts';
import { CitationButton } from './item-table.tsx';

interface SourceDetailsProps {
  readonly sourceId: number;
  readonly cited: Citation | undefined;
  onOpenRecord(record: Citation): void;
}

/** Where a source came from, what was taken for granted when it was read, and what of it was not. */
export function SourceDetails(props: SourceDetailsProps) {
  const sources = useCall('sources.list', {});
  const source = sources.data?.find(({ sourceId }) => sourceId === props.sourceId);
  if (sources.isError)
    return <ProblemNote what="The source was not read." error={sources.error} onRetry={() => void sources.refetch()} />;
  if (!source) return <Waiting what="Reading the source…" />;
  return (
    <div className="source-details">
      <div className="source-facts" tabIndex={0} role="group" aria-label="The source in short">
        <SourceFacts source={source} />
      </div>
      <Rejects {...props} />
    </div>
  );
}

function SourceFacts(props: { source: Source }) {
  const { source } = props;
  return (
    <>
      <Facts
        pairs={[
          ['Name', <bdi key="name">{visibleText(source.name)}</bdi>],
          ['Original path', <bdi key="path">{visibleText(source.originalPath)}</bdi>],
          ['Member', source.member === null ? undefined : visibleText(source.member)],
          ['Format', `${source.format}, importer version ${source.importerVersion}`],
          ['Size', `${bytesText(source.bytes)} (${countText(source.bytes)} bytes)`],
          ['SHA-256', <FullHash key="hash" hash={source.sha256} of={source.name} />],
          ['First time', <Instant key="first" at={source.firstTime} />],
          ['Last time', <Instant key="last" at={source.lastTime} />],
          ['Times without zone', `read as ${source.zone}`],
          ['System', source.system === null ? 'named in its records' : visibleText(source.system)],
          ['Provided by', source.providedBy === null ? 'not recorded' : visibleText(source.providedBy)],
          ['Obtained how', source.obtainedHow === null ? 'not recorded' : visibleText(source.obtainedHow)],
          ['Imported', <Instant key="imported" at={source.importedAt} />],
        ]}
      />
      <h3>Assumptions</h3>
      {source.assumptions.length === 0 ? (
        <p className="faint">None were needed to read it.</p>
      ) : (
        <ul>
          {source.assumptions.map((assumption) => (
            <li key={assumption}>{visibleText(assumption)}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function Rejects(props: SourceDetailsProps) {
  const list = usePages('rejects.list', { sourceId: props.sourceId });
  return (
    <div className="source-rejects" data-testid="rejects">
      <h3>Rejected records{list.total === undefined ? '' : `: ${countText(list.total)}`}</h3>
      <VirtualRows
        label="Rejected records"
        className="rejects"
        rowTestId="reject-row"
        list={list}
        rowHeight={44}
        header={
          <>
            <span role="columnheader">Record</span>
            <span role="columnheader">Why, and its text</span>
          </>
        }
        whenEmpty="Every record of this source was read."
        renderRow={(reject) => (
          <>
            <span role="cell">
              <CitationButton citation={reject} cited={props.cited} onOpenRecord={props.onOpenRecord} />
            </span>
            <span role="cell" className="item-text">
              <span>{visibleText(reject.reason)}</span>
              <code className="raw-line">{visibleText(reject.raw)}</code>
            </span>
          </>
        )}
      />
    </div>
  );
}
