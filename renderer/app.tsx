import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Client } from '../shared/rpc.ts';
import { CasePage } from './case/case-page.tsx';
import { ProblemNote, Waiting } from './common/problem-note.tsx';
import { connect } from './connect.ts';
import { asError, ClientContext } from './engine/use-engine.ts';

type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'refused'; readonly error: Error }
  | { readonly kind: 'connected'; readonly client: Client; readonly queries: QueryClient }
  | { readonly kind: 'closed' };

/** The page: a connection to the engine, and the case over it. */
export function App() {
  const [attempt, setAttempt] = useState(0);
  const connection = useConnection(attempt);
  const again = () => setAttempt(attempt + 1);
  switch (connection.kind) {
    case 'connecting':
      return <Waiting what="Connecting to the engine…" />;
    case 'refused':
      return (
        <main className="full-page">
          <h1>Fieldwork</h1>
          <ProblemNote what="No connection to the engine." error={connection.error} onRetry={again} />
        </main>
      );
    case 'closed':
      return <ConnectionClosed onAgain={again} />;
    case 'connected':
      return (
        <ClientContext value={connection.client}>
          <QueryClientProvider client={connection.queries}>
            <CasePage />
          </QueryClientProvider>
        </ClientContext>
      );
  }
}

/** Connects once an attempt, and notices when the connection closes. */
function useConnection(attempt: number): Connection {
  const [known, setKnown] = useState<{ attempt: number; connection: Connection }>();
  useEffect(() => {
    let isCurrent = true;
    let client: Client | undefined;
    const tell = (connection: Connection) => {
      if (isCurrent) setKnown({ attempt, connection });
    };
    connect().then(
      (connected) => {
        if (!isCurrent) return connected.close();
        client = connected;
        tell({ kind: 'connected', client, queries: newQueryClient() });
        client.onClose(() => tell({ kind: 'closed' }));
      },
      (error: unknown) => tell({ kind: 'refused', error: asError(error) }),
    );
    return () => {
      isCurrent = false;
      client?.close();
    };
  }, [attempt]);
  return known?.attempt === attempt ? known.connection : { kind: 'connecting' };
}

/** What was asked stays remembered until something is done to the case: evidence does not change by itself. */
function newQueryClient(): QueryClient {
  // The engine is on this machine: whether there is a network says nothing about it.
  const always = { networkMode: 'always', retry: false } as const;
  return new QueryClient({
    defaultOptions: {
      queries: { ...always, staleTime: Infinity, refetchOnWindowFocus: false, refetchOnReconnect: false },
      mutations: always,
    },
  });
}

function ConnectionClosed(props: { onAgain: () => void }) {
  return (
    <main className="full-page" data-testid="connection-closed">
      <h1>The connection to the engine closed</h1>
      <p>
        The engine ended or was restarted, so this page shows nothing that it cannot stand behind. Evidence and ledger
        are on disk; at most the step that was under way is lost.
      </p>
      <p>
        Connect again. If that is refused in a browser, start <code>fieldwork serve</code> again and open the address it
        prints.
      </p>
      <p className="actions">
        <button type="button" className="primary" onClick={props.onAgain} autoFocus>
          Connect again
        </button>
      </p>
    </main>
  );
}
