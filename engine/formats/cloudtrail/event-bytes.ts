/** An event as its bytes and the places of its members in them. */
import { FALSE, JsonPaths, TEXT, TRUE } from '../framing/json-paths.ts';
import { NameTable } from '../framing/name-table.ts';
import { eventPaths } from './event-places.ts';

// What is the same for all files is made once: a bucket holds thousands of small ones.
const places = new JsonPaths(eventPaths);
const texts = new NameTable((name) => name, { slots: 1024, longest: 64, keeps: 'last' });

/** The event that was read last; members are named by their slots. */
export class EventBytes {
  readonly places = places;
  bytes: Buffer = Buffer.alloc(0);

  /** Whether there is a text, and not an empty one. */
  has(slot: number): boolean {
    const { kind, from, to } = this.places;
    return kind[slot] === TEXT && to[slot]! > from[slot]!;
  }

  textAt(slot: number): string | undefined {
    const { places } = this;
    return this.has(slot) ? texts.at(this.bytes, places.from[slot]!, places.to[slot]!) : undefined;
  }

  flagAt(slot: number): boolean | undefined {
    const kind = this.places.kind[slot];
    if (kind === TRUE) return true;
    if (kind === FALSE) return false;
    if (kind !== TEXT) return undefined;
    const word = this.textAt(slot)?.toLowerCase();
    if (word === 'true' || word === 'yes') return true;
    return word === 'false' || word === 'no' ? false : undefined;
  }
}
