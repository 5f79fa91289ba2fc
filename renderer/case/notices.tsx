import type { CaseSummary } from '../../shared/contract.ts';
import { packText } from './case-header.tsx';

/** What must be known before the results are read: stale, never run, or made with packs that were altered. */
export function Notices(props: { summary: CaseSummary }) {
  const { lastRun, readOnly } = props.summary;
  if (!lastRun) {
    return (
      <p className="notice" role="status" data-testid="never-run">
        The controls have not been run on this case.{readOnly ? '' : ' Run controls to see results for each day.'}
      </p>
    );
  }
  const altered = lastRun.packs.filter(({ shipped }) => !shipped);
  return (
    <>
      {lastRun.stale && (
        <p className="notice" role="status" data-testid="stale-run">
          <strong>Results are older than the evidence.</strong> Evidence was added after some or all of the controls
          last ran; their results do not include it.{readOnly ? '' : ' Run controls again.'}
        </p>
      )}
      {altered.length > 0 && (
        <p className="notice" role="status" data-testid="altered-packs">
          <strong>Packs other than the shipped ones were run:</strong> {altered.map(packText).join('; ')}. Read their
          SQL before relying on the results.
        </p>
      )}
    </>
  );
}
