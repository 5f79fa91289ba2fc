import { hostAddress, type Host } from './host.ts';

const MAX_HINTS = 65_536;

export interface Hint {
  readonly host: Host;
  readonly length: number;
}

/**
 * Hosts that nmap announced as up before it scanned them. A host that has an element of its own later is forgotten
 * here; what remains when the file ends was found up but never reported on.
 */
export class HostHints {
  readonly #byAddress = new Map<string, Hint>();
  /** True once there were more than are kept. */
  overflowed = false;

  add(host: Host, length: number): void {
    const address = hostAddress(host);
    if (address === undefined || this.#byAddress.has(address)) return;
    if (this.#byAddress.size < MAX_HINTS) this.#byAddress.set(address, { host, length });
    else this.overflowed = true;
  }

  reported(host: Host): void {
    const address = hostAddress(host);
    if (address !== undefined) this.#byAddress.delete(address);
  }

  left(): readonly Hint[] {
    return [...this.#byAddress.values()];
  }
}
