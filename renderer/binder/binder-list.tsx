import { useState } from 'react';
import type { BinderEntry, Verification } from '../../shared/contract.ts';
import { HashText } from '../common/hash-text.tsx';
import { visibleText } from '../common/hostile-text.ts';
import { Instant } from '../common/instant.tsx';
import { bytesText, counted } from '../common/number-text.ts';
import { ProblemNote, Waiting } from '../common/problem-note.tsx';
import { asError, useCall, useClient } from '../engine/use-engine.ts';
import { saveBinder } from './save-binder.ts';

interface BinderListProps {
  readonly onVerified: (verification: Verification) => void;
}

/** The binders of this case. */
export function BinderList(props: BinderListProps) {
  const binders = useCall('binder.list', {});
  return (
    <section aria-labelledby="binders-title">
      <h2 id="binders-title">Binders of this case</h2>
      {binders.isError && (
        <ProblemNote what="The binders were not listed." error={binders.error} onRetry={() => void binders.refetch()} />
      )}
      {binders.isPending && <Waiting what="Reading the list of binders…" />}
      {binders.data?.length === 0 && <p className="faint">None was made yet.</p>}
      <ul className="binder-list">
        {binders.data?.map((binder) => (
          <BinderItem key={binder.binderId} binder={binder} onVerified={props.onVerified} />
        ))}
      </ul>
    </section>
  );
}

type Doing = 'verifying' | 'saving';

function BinderItem(props: BinderListProps & { binder: BinderEntry }) {
  const { binder, onVerified } = props;
  const client = useClient();
  const { doing, error, attempt } = useAttempt();
  const verify = () =>
    attempt('verifying', async () => onVerified(await client.call('binder.verify', { binderId: binder.binderId })));
  const save = () => attempt('saving', () => saveBinder(client, binder));
  return (
    <li data-testid="binder-row">
      <div className="binder-line">
        <strong>{visibleText(binder.fileName)}</strong>
        <span className="faint">
          {counted(binder.pages, 'page')}, {bytesText(binder.bytes)}, signed by {visibleText(binder.signer)}
        </span>
        <span className="faint">
          <Instant at={binder.madeAt} withWall={false} /> <HashText hash={binder.sha256} of={binder.fileName} />
        </span>
      </div>
      <div className="actions">
        <button type="button" data-testid="binder-verify" disabled={doing !== undefined} onClick={() => void verify()}>
          {doing === 'verifying' ? 'Verifying…' : 'Verify'}
        </button>
        <button type="button" data-testid="binder-save" disabled={doing !== undefined} onClick={() => void save()}>
          {doing === 'saving' ? 'Saving…' : 'Save'}
        </button>
      </div>
      {error && <ProblemNote what={`${binder.fileName}: not done.`} error={error} />}
    </li>
  );
}

/** One thing done at a time, with what became of it. */
function useAttempt() {
  const [doing, setDoing] = useState<Doing>();
  const [error, setError] = useState<Error>();
  const attempt = async (what: Doing, work: () => Promise<void>) => {
    setDoing(what);
    setError(undefined);
    try {
      await work();
    } catch (thrown) {
      setError(asError(thrown));
    } finally {
      setDoing(undefined);
    }
  };
  return { doing, error, attempt };
}
