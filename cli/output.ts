/** stdout and stderr, and what becomes of the work when nobody takes what it says. */

const gone = new AbortController();

/** Aborted once stdout or stderr cannot be written; the work then stops in order, and closes its case. */
export const outputGone: AbortSignal = gone.signal;

/** Why the output cannot be written; `undefined` while it can. EPIPE is a reader that has seen enough. */
export function outputFailure(): NodeJS.ErrnoException | undefined {
  return gone.signal.aborted ? (gone.signal.reason as NodeJS.ErrnoException) : undefined;
}

/** Looks after both streams from now on: `fieldwork sources case | head` ends by itself, and with 0. */
export function watchOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', failed);
}

function failed(error: NodeJS.ErrnoException): void {
  gone.abort(error);
  process.exitCode = exitCodeOf(error);
}

/** The exit code for output that could not be written. */
export function exitCodeOf(failure: NodeJS.ErrnoException): 0 | 3 {
  return failure.code === 'EPIPE' ? 0 : 3;
}

/** Writes on a stream, unless it is known that nobody takes it. Gives false when the stream asks to wait. */
export function put(stream: NodeJS.WriteStream, text: string): boolean {
  if (gone.signal.aborted) return true;
  try {
    return stream.write(text);
  } catch (error) {
    failed(error as NodeJS.ErrnoException); // a file on a full disk throws at once
    return true;
  }
}

/** Writes on stdout, and waits where the reader is slower, so that memory does not follow the size of the output. */
export async function putSlowly(text: string): Promise<void> {
  if (put(process.stdout, text)) return;
  await new Promise<void>((resume) => {
    const goOn = (): void => {
      process.stdout.off('drain', goOn);
      outputGone.removeEventListener('abort', goOn);
      resume();
    };
    process.stdout.once('drain', goOn);
    outputGone.addEventListener('abort', goOn);
  });
}
