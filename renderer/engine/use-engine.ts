import { useInfiniteQuery, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { createContext, useCallback, useContext, useEffect, useRef, useState } from 'react';
import type { CallerInput, CallName, Output, ProgressOf } from '../../shared/contract.ts';
import { RpcError, type Client } from '../../shared/rpc.ts';

export const ClientContext = createContext<Client | undefined>(undefined);

/** The engine. A bug when asked for outside a connected page. */
export function useClient(): Client {
  const client = useContext(ClientContext);
  if (!client) throw new Error('No engine is connected here.');
  return client;
}

/** The answer to one call, remembered until something is done to the case. */
export function useCall<N extends CallName>(
  name: N,
  input: CallerInput<N>,
  options: { readonly enabled?: boolean } = {},
): UseQueryResult<Output<N>, Error> {
  const client = useClient();
  return useQuery<Output<N>, Error>({
    queryKey: [name, input],
    queryFn: ({ signal }) => client.call(name, input, { signal }),
    ...options,
  });
}

/** The calls that give a long list in pages. */
export type PagedName = 'results.page' | 'rejects.list' | 'ledger.page';

/** The rows of a long list that were fetched so far, and the means to fetch more. */
export interface Paged<Row> {
  readonly rows: readonly Row[];
  /** `undefined` until the first page is there. */
  readonly total: number | undefined;
  readonly error: Error | null;
  readonly isFetching: boolean;
  fetchMore(): void;
  retry(): void;
}

const PAGE_SIZE = 200;

/** A long list, page after page in the engine's order; `after` counts the rows already given. */
export function usePages<N extends PagedName>(
  name: N,
  input: Omit<CallerInput<N>, 'after' | 'limit'>,
): Paged<Output<N>['rows'][number]> {
  const client = useClient();
  const query = useInfiniteQuery({
    queryKey: [name, 'pages', input],
    queryFn: ({ pageParam, signal }) =>
      client.call(name, { ...input, after: pageParam, limit: PAGE_SIZE } as CallerInput<N>, { signal }),
    initialPageParam: 0,
    getNextPageParam: (last: Output<N>, pages: readonly Output<N>[]) => {
      const given = pages.reduce((sum, page) => sum + page.rows.length, 0);
      return last.rows.length > 0 && given < last.total ? given : undefined;
    },
  });
  const pages = query.data?.pages ?? [];
  return {
    rows: pages.flatMap((page): readonly Output<N>['rows'][number][] => page.rows),
    total: pages[0]?.total,
    error: query.error,
    isFetching: query.isFetching,
    fetchMore: () => {
      if (query.hasNextPage && !query.isFetching && !query.error) void query.fetchNextPage();
    },
    retry: () => void query.refetch(),
  };
}

/** The calls that take long enough to say how far they are. */
export type JobName = 'case.open' | 'run.start' | 'binder.make' | 'import.plan' | 'import.preview' | 'import.start';

/** The long calls that leave the case as it was: what was remembered of it stays. */
const lookingOnly: ReadonlySet<JobName> = new Set(['import.plan', 'import.preview']);

export type JobState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly isCancelling: boolean }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly error: Error };

/** One long call: how it stands, how far it is, and the means to start and to stop it. */
export interface JobControl<N extends JobName> {
  readonly state: JobState;
  readonly progress: ProgressOf<N> | undefined;
  start(input: CallerInput<N>): void;
  cancel(): void;
  dismiss(): void;
}

/**
 * Runs a long call, one at a time. `onDone` is given its answer; whatever was remembered of the case is asked anew where
 * the call may have changed it.
 */
export function useJob<N extends JobName>(name: N, onDone: (output: Output<N>) => void): JobControl<N> {
  const client = useClient();
  const queries = useQueryClient();
  const [state, setState] = useState<JobState>({ kind: 'idle' });
  const [progress, setProgress] = useState<ProgressOf<N>>();
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const run = useCallback(
    async (input: CallerInput<N>, stop: AbortController) => {
      try {
        const output = await client.call(name, input, { signal: stop.signal, onProgress: setProgress });
        setState({ kind: 'idle' });
        onDone(output);
      } catch (error) {
        const isCancelled = error instanceof RpcError && error.code === 'cancelled';
        setState(isCancelled ? { kind: 'cancelled' } : { kind: 'failed', error: asError(error) });
      } finally {
        running.current = undefined;
        setProgress(undefined);
        if (!lookingOnly.has(name)) await queries.invalidateQueries();
      }
    },
    [client, name, onDone, queries],
  );

  return {
    state,
    progress,
    start: (input) => {
      if (running.current) return;
      running.current = new AbortController();
      setState({ kind: 'running', isCancelling: false });
      void run(input, running.current);
    },
    cancel: () => {
      if (!running.current) return;
      running.current.abort();
      setState({ kind: 'running', isCancelling: true });
    },
    dismiss: () => setState({ kind: 'idle' }),
  };
}

/** Anything thrown, as an `Error`. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
