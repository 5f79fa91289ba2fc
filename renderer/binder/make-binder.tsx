import { useState, type FormEvent } from 'react';
import type { Output } from '../../shared/contract.ts';
import { visibleText } from '../common/hostile-text.ts';
import { ProblemNote, Waiting } from '../common/problem-note.tsx';
import { useCall } from '../engine/use-engine.ts';
import { NewIdentity } from './new-identity.tsx';

type Identity = Output<'identity.list'>[number];

interface MakeBinderProps {
  readonly isBusy: boolean;
  onMake(input: { identity: string; passphrase: string }): void;
}

/** Chooses who signs, and starts making the binder. */
export function MakeBinder(props: MakeBinderProps) {
  const identities = useCall('identity.list', {});
  const [created, setCreated] = useState<string>();
  const [isCreating, setCreating] = useState(false);
  if (identities.isError)
    return (
      <ProblemNote
        what="The identities were not read."
        error={identities.error}
        onRetry={() => void identities.refetch()}
      />
    );
  if (!identities.isSuccess) return <Waiting what="Reading the identities…" />;
  const isNew = isCreating || identities.data.length === 0;
  return isNew ? (
    <NewIdentity
      canGoBack={identities.data.length > 0}
      onBack={() => setCreating(false)}
      onCreated={(key) => {
        setCreated(key);
        setCreating(false);
      }}
    />
  ) : (
    <SignForm {...props} identities={identities.data} chosen={created} onNew={() => setCreating(true)} />
  );
}

function SignForm(
  props: MakeBinderProps & { identities: readonly Identity[]; chosen: string | undefined; onNew: () => void },
) {
  const { identities, chosen, isBusy, onMake, onNew } = props;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onMake({ identity: String(form.get('identity')), passphrase: String(form.get('passphrase')) });
    // A passphrase stays on the page no longer than it is needed.
    event.currentTarget.reset();
  };
  return (
    <form className="form" onSubmit={submit}>
      <label>
        Identity
        <select name="identity" data-testid="identity" defaultValue={chosen ?? identities[0]?.key} key={chosen}>
          {identities.map((identity) => (
            <option key={identity.key} value={identity.key}>
              {visibleText(identity.name)}
              {identity.notAfter === null ? '' : ` (certificate until ${identity.notAfter.slice(0, 10)})`}
            </option>
          ))}
        </select>
      </label>
      <label>
        Passphrase
        <input type="password" name="passphrase" required autoComplete="off" data-testid="passphrase" />
        <small>Used once to sign. It is never stored.</small>
      </label>
      <p className="actions">
        <button type="submit" className="primary" data-testid="binder-make" disabled={isBusy}>
          Make binder
        </button>
        <button type="button" className="link" data-testid="new-identity" onClick={onNew}>
          New identity
        </button>
      </p>
    </form>
  );
}
