/** Values of an event whose shape nobody vouches for: text, numbers and addresses, or nothing. */
import { isIpAddress } from '../framing/ip-address.ts';

/** A place in a JSON value: names of members, from the outermost, with dots between. */
export type Path = string;

const MAX_SHOWN = 60;

/** The paths of the program, split once: they are few, and each is asked for in every event. */
const split = new Map<Path, readonly string[]>();

function namesIn(path: Path): readonly string[] {
  const known = split.get(path);
  if (known !== undefined) return known;
  const names = path.split('.');
  split.set(path, names);
  return names;
}

/** The member at a path; `undefined` where there is none. What objects inherit is no text and no object of an event. */
export function at(value: unknown, path: Path): unknown {
  let found = value;
  for (const name of namesIn(path)) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  return found;
}

/** The first of these members that is text and not empty. */
export function firstText(value: unknown, ...paths: readonly Path[]): string | undefined {
  for (const path of paths) {
    const found = at(value, path);
    if (typeof found === 'string' && found !== '') return found.toWellFormed();
  }
  return undefined;
}

/** The first of these members that is text, a number or a flag, as text. */
export function firstWord(value: unknown, ...paths: readonly Path[]): string | undefined {
  for (const path of paths) {
    const found = at(value, path);
    if (typeof found === 'number' || typeof found === 'boolean') return String(found);
    if (typeof found === 'string' && found !== '') return found.toWellFormed();
  }
  return undefined;
}

/** Objects of a list, in their order; none where the member is no list. */
export function objectsAt(value: unknown, path: Path): readonly object[] {
  const list = at(value, path);
  return Array.isArray(list) ? list.filter((each): each is object => typeof each === 'object' && each !== null) : [];
}

export interface Endpoint {
  readonly address: string;
  readonly port?: number | undefined;
}

/** The first of these texts that is an IP address, with the port where one follows: `203.0.113.9:443`, `[::1]:443`. */
export function firstEndpoint(...texts: readonly (string | undefined)[]): Endpoint | undefined {
  for (const text of texts) {
    const endpoint = text === undefined ? undefined : endpointOf(text.trim());
    if (endpoint !== undefined) return endpoint;
  }
  return undefined;
}

function endpointOf(text: string): Endpoint | undefined {
  if (isIpAddress(text)) return { address: text };
  const [, bracketed, dotted, digits] = /^(?:\[([^\]]{2,64})\]|([\d.]{7,15})):(\d{1,5})$/.exec(text) ?? [];
  const address = bracketed ?? dotted;
  if (address === undefined || !isIpAddress(address)) return undefined;
  return { address, port: Number(digits) < 65_536 ? Number(digits) : undefined };
}

/** Short enough for a message. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…`.toWellFormed() : text.toWellFormed());
}
