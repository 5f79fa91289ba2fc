import { useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { ProblemNote } from '../common/problem-note.tsx';
import { asError, useClient } from '../engine/use-engine.ts';

interface NewIdentityProps {
  readonly canGoBack: boolean;
  onBack(): void;
  onCreated(key: string): void;
}

/** Makes a key and a certificate to sign binders with. */
export function NewIdentity(props: NewIdentityProps) {
  const { create, isBusy, error } = useCreateIdentity(props.onCreated);
  const [mismatch, setMismatch] = useState(false);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const passphrase = String(form.get('passphrase'));
    const differs = passphrase !== String(form.get('again'));
    setMismatch(differs);
    if (!differs) void create({ name: String(form.get('name')).trim(), passphrase });
  };
  return (
    <form className="form" onSubmit={submit} data-testid="identity-form">
      <p>
        A binder is signed with an identity: a key on this machine, kept encrypted, with a certificate that it signs
        itself. Give the certificate to whoever shall verify your binders.
      </p>
      <label>
        Your name, as it shall stand in the signature
        <input name="name" required maxLength={200} pattern=".*\S.*" autoComplete="off" data-testid="identity-name" />
      </label>
      <TwicePassphrase differs={mismatch} />
      {error && <ProblemNote what="The identity was not made." error={error} />}
      <p className="actions">
        <button type="submit" className="primary" data-testid="identity-create" disabled={isBusy}>
          {isBusy ? 'Making the key…' : 'Create identity'}
        </button>
        {props.canGoBack && (
          <button type="button" className="link" onClick={props.onBack}>
            Use an existing identity
          </button>
        )}
      </p>
    </form>
  );
}

/** The passphrase, typed twice: a slip would lock the key away for good. */
function TwicePassphrase(props: { differs: boolean }) {
  const { differs } = props;
  return (
    <>
      <label>
        Passphrase, at least 8 characters
        <input
          type="password"
          name="passphrase"
          required
          minLength={8}
          maxLength={1000}
          autoComplete="new-password"
          data-testid="identity-passphrase"
        />
        <small>It encrypts the key. It is never stored and cannot be recovered.</small>
      </label>
      <label>
        Passphrase again
        <input
          type="password"
          name="again"
          required
          autoComplete="new-password"
          data-testid="identity-passphrase-again"
          aria-invalid={differs}
          aria-describedby={differs ? 'passphrase-mismatch' : undefined}
        />
      </label>
      {differs && (
        <p className="field-error" id="passphrase-mismatch" role="alert">
          The two passphrases differ. Type the same one in both fields.
        </p>
      )}
    </>
  );
}

function useCreateIdentity(onCreated: (key: string) => void) {
  const client = useClient();
  const queries = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const create = async (input: { name: string; passphrase: string }) => {
    setBusy(true);
    setError(undefined);
    try {
      const { key } = await client.call('identity.create', input);
      await queries.invalidateQueries({ queryKey: ['identity.list'] });
      onCreated(key);
    } catch (thrown) {
      setError(asError(thrown));
    } finally {
      setBusy(false);
    }
  };
  return { create, isBusy, error };
}
