import type { Handlers } from '../../shared/rpc.ts';

/** Handlers that refuse everything but what a test puts in their place. */
export function fakeHandlers(given: Partial<Handlers>): Handlers {
  return new Proxy(given as Handlers, {
    get: (target, name: keyof Handlers) => target[name] ?? (() => Promise.reject(new Error(`${name} is not faked`))),
  });
}
