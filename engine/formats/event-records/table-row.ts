/** Rows of a CSV as events: each becomes the object that the same event is in JSON, and is read by the same rules. */
import { plainName } from '../framing/csv-table.ts';
import { readJsonRecord } from '../framing/json-members.ts';
import type { JsonRecord } from '../framing/json-records.ts';
import { formatInstant } from '../../../shared/time.ts';
import type { EventTable } from './event-format.ts';
import { parseMonthFirst } from './month-first.ts';
import { textMembers } from './text-members.ts';

/** Where a column belongs in an event, split once for a file. */
interface Place {
  readonly names: readonly string[];
  /** The header says that it holds times in UTC, as tables of Log Analytics do; they have the month first. */
  readonly isUtc: boolean;
}

/** One for each column of a header. */
export type Places = readonly Place[];

const UTC_COLUMN = / \[UTC\]$/i;

/** Where the columns of a header belong. */
export function placesOf(header: readonly string[], { columns }: EventTable): Places {
  return header.map((title) => {
    const name = title.trim().replace(UTC_COLUMN, '');
    const plain = plainName(name);
    const path = Object.hasOwn(columns, plain) ? columns[plain]! : name;
    return { names: path.split('.'), isUtc: UTC_COLUMN.test(title.trim()) };
  });
}

/** The event of a row as JSON; `undefined` for a row that is no JSON of bounded depth. */
export function eventOfRow(places: Places, fields: readonly string[], { shape }: EventTable): JsonRecord | undefined {
  const event = emptyObject();
  for (const [i, { names, isUtc }] of places.entries()) {
    const text = (fields[i] ?? '').trim();
    if (text !== '') put(event, names, isUtc ? utcText(text) : text);
  }
  shape?.(event);
  return readJsonRecord(JSON.stringify(event));
}

function utcText(text: string): string {
  const time = parseMonthFirst(text);
  return time === undefined ? text : formatInstant(time);
}

function emptyObject(): Record<string, unknown> {
  // Without a prototype: a column may be called as what objects inherit.
  return Object.create(null) as Record<string, unknown>;
}

function put(event: Record<string, unknown>, place: readonly string[], text: string): void {
  let within = event;
  for (const [i, name] of place.slice(0, -1).entries()) {
    const inner = (within[name] ??= emptyObject());
    // `actor` and `actor.id` beside each other: the longer name stays as it is.
    if (typeof inner !== 'object' || inner === null) return void (event[place.join('.')] ??= text);
    if (i < MAX_PLACE_DEPTH) within = inner as Record<string, unknown>;
  }
  within[place.at(-1)!] ??= isEnvelope(place) ? text : valueOf(text);
}

/** Deeper names than this come from no exporter. */
const MAX_PLACE_DEPTH = 20;

/** An event as text stays text: it is read from there with its own members. */
function isEnvelope(place: readonly string[]): boolean {
  return textMembers.includes(place.join('.'));
}

/** Lists and objects are given as their JSON. */
function valueOf(text: string): unknown {
  if (text.startsWith('{')) return readJsonRecord(text)?.value ?? text;
  if (!text.startsWith('[')) return text;
  const read = readJsonRecord(`{"list":${text}}`)?.value;
  return (read as { list?: unknown } | undefined)?.list ?? text;
}
