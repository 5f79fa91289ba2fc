import type { EngineMessage, HostMessage } from '../shared/engine-link.ts';

/** How the engine learns of files that a person chose at the host: in its dialog, or by dropping them on its window. */
export interface HostChooser {
  /** Shows the dialog. Empty when the person chose nothing. */
  choose(what: 'files' | 'folders', signal: AbortSignal): Promise<readonly string[]>;
  /** What was dropped last and not asked for yet; waits a moment for it, then gives nothing. */
  dropped(signal: AbortSignal): Promise<readonly string[]>;
}

type ChooserMessage = Extract<HostMessage, { kind: 'evidence-chosen' | 'evidence-dropped' }>;

export interface HostChooserLine extends HostChooser {
  receive(message: ChooserMessage): void;
}

/** The window and its host tell the engine of a drop by two lines: either may be first. */
const DROP_WAIT_MILLIS = 3_000;

/** Gives the engine's end of the host's dialog and window. */
export function createHostChooser(ask: (message: EngineMessage) => void): HostChooserLine {
  let next = 1;
  const waiting = new Map<number, (paths: readonly string[]) => void>();
  let drop: readonly string[] = [];
  let onDrop: (() => void) | undefined;
  const takeDrop = (): readonly string[] => {
    const paths = drop;
    drop = [];
    return paths;
  };
  return {
    choose: (what, signal) =>
      new Promise((resolve) => {
        const id = next++;
        const answer = (paths: readonly string[]): void => {
          waiting.delete(id);
          resolve(paths);
        };
        waiting.set(id, answer);
        signal.addEventListener('abort', () => answer([]), { once: true });
        ask({ kind: 'choose-evidence', id, what });
      }),
    dropped: async (signal) => {
      if (drop.length > 0) return takeDrop();
      await new Promise<void>((resolve) => {
        onDrop = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
        setTimeout(resolve, DROP_WAIT_MILLIS);
      });
      return takeDrop();
    },
    receive: (message) => {
      if (message.kind === 'evidence-chosen') waiting.get(message.id)?.(message.paths);
      else {
        drop = message.paths;
        onDrop?.();
      }
    },
  };
}
