import { contract } from '../../shared/contract.ts';
import type { Handlers } from '../../shared/rpc.ts';

/** Handlers that refuse everything but what a test puts in their place. */
export function fakeHandlers(given: Partial<Handlers>): Handlers {
  const refusing = Object.keys(contract).map((name) => [name, () => Promise.reject(new Error(`${name} is not faked`))]);
  return { ...(Object.fromEntries(refusing) as Handlers), ...given };
}
