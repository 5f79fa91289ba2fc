/**
 * Values of others in our words: one function for each kind of field, used for both sides of a comparison. What stands
 * for nothing becomes undefined; what cannot be understood stays as it is, so that it shows as a difference.
 */

/** A number of microseconds since 1970 for a time with a date; without an offset it is UTC. Finer digits are cut off. */
export function asMicros(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const [, date, clock, decimals = '', offset = 'Z'] = DATE_AND_TIME.exec(value.trim()) ?? [];
  if (date === undefined) return value;
  const millis = Date.parse(`${date}T${clock}${offset.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`);
  return Number.isNaN(millis) ? value : BigInt(millis) * 1000n + BigInt(decimals.slice(0, 6).padEnd(6, '0'));
}

const DATE_AND_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:?\d\d)?$/;

/** Microseconds of a number of seconds since 1970, with up to six decimals. */
export function secondsAsMicros(value: unknown): unknown {
  const [, seconds, decimals = ''] = /^(\d+)(?:\.(\d+))?$/.exec(String(value)) ?? [];
  return seconds === undefined ? value : BigInt(seconds) * 1_000_000n + BigInt(decimals.slice(0, 6).padEnd(6, '0'));
}

/** Text; nothing when it is empty. */
export function asText(value: unknown): unknown {
  return value === '' || value === null ? undefined : value;
}

/** Lower case; nothing when it is empty. */
export function asLower(value: unknown): unknown {
  const text = asText(value);
  return typeof text === 'string' ? text.toLowerCase() : text;
}

/** A number, also one that is written as text, in another base (0x) or with other digits (1.0). */
export function asNumber(value: unknown): unknown {
  const text = asText(value);
  if (text === undefined) return undefined;
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
}

/** Yes or no, whatever the word. */
export function asFlag(value: unknown): unknown {
  const word = String(value).toLowerCase();
  if (['true', 'yes', '1', 'success'].includes(word)) return true;
  if (['false', 'no', '0', 'failed', 'fail', 'failure'].includes(word)) return false;
  return asText(value);
}

/** JSON with the members of objects in one order; nothing for null. */
export function asJson(value: unknown): unknown {
  return value === null || value === undefined ? undefined : JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}
