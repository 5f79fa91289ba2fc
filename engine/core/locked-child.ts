/**
 * The line between the engine and the process that runs SQL written by people. How that process is started depends on
 * the host: a forked child under Node, a second utility process under Electron. The engine cannot tell them apart.
 */

/** A started process for untrusted SQL. A message is an object; it is cloned with its bigint, Date, Map and Uint8Array. */
export interface LockedChild {
  /** Sends a message; does nothing once the process has ended. */
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, also after `kill`. `reason` is a sentence for a person. A late listener is called at once. */
  onExit(listener: (reason: string) => void): void;
  /** Ends the process at once, whatever it is doing. May be called twice. */
  kill(): void;
}

/** Starts one. Rejects with a `ProblemError` (`internal`) when it cannot be started. */
export type SpawnLocked = () => Promise<LockedChild>;

/** The same line seen from inside the locked process; see `openLockedParent`. */
export interface LockedParent {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** The engine is gone; nobody waits for an answer any more. */
  onClose(listener: () => void): void;
}
