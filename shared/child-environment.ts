const KEPT = ['TMPDIR', 'TEMP', 'TMP', 'SystemRoot'];

/**
 * What a child process of ours may know of the environment: where temporary files go and, on Windows, where the system
 * is. No PATH, no HOME, no credentials that happen to be exported, no NODE_OPTIONS. Its zone is UTC on every machine.
 * A running query holds a thread of Node's pool; the default of four would starve file reads, and only the environment
 * can say so in time.
 */
export function childEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept = KEPT.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), TZ: 'UTC', UV_THREADPOOL_SIZE: '8' };
}
