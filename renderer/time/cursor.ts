import { createContext, useContext, useSyncExternalStore } from 'react';

/** The day people point at, and what the row under the pointer says about it. */
export interface Pointed {
  readonly index: number;
  readonly text: string;
}

/** Holds the pointed day outside React's tree, so that moving the pointer redraws the readout and nothing else. */
export interface DayCursor {
  get(): Pointed | undefined;
  set(pointed: Pointed | undefined): void;
  subscribe(listener: () => void): () => void;
}

/** A cursor that points at nothing yet. */
export function createDayCursor(): DayCursor {
  let pointed: Pointed | undefined;
  const listeners = new Set<() => void>();
  return {
    get: () => pointed,
    set(next) {
      if (next?.index === pointed?.index && next?.text === pointed?.text) return;
      pointed = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const DayCursorContext = createContext<DayCursor>(createDayCursor());

/** The pointed day, followed. */
export function usePointed(): Pointed | undefined {
  const cursor = useContext(DayCursorContext);
  return useSyncExternalStore(cursor.subscribe, cursor.get);
}
