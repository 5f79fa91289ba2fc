/** Times and numbers of the API. docs/formats/prometheus-api.md, "Times and values". */

/** Years 1 to 9999, which is what can be written as text. Up to here a double keeps milliseconds apart. */
const LEAST_SECONDS = -62_135_596_800;
const END_SECONDS = 253_402_300_800;

/** A finer time than this is no error of the double, which is below 0.04 ms in the year 9999. */
const ROUNDING_MS = 0.05;

const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/**
 * Milliseconds of a time, or the words that say what it is instead. The text of it is gone, but the nearest double of
 * up to three decimals times 1000 is nearer to the whole millisecond than to any other.
 */
export function millisOf(time: unknown): number | string {
  if (typeof time !== 'number') return `${describe(time)}, not a number of seconds`;
  if (!(time >= LEAST_SECONDS && time < END_SECONDS)) return `${time}, not in the years 1 to 9999`;
  // Adding 0 makes -0 a plain 0.
  return Math.round(time * 1000) + 0;
}

/** Whether a time says more than its milliseconds. Prometheus never writes this. */
export function isFinerThanMillis(time: unknown, millis: number): boolean {
  return typeof time === 'number' && Math.abs(time * 1000 - millis) > ROUNDING_MS;
}

/** The number that a string spells the way Prometheus writes them, to the last bit. NaN loses its payload in the API. */
export function numberOf(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  if (text === 'NaN') return NaN;
  if (text === '+Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  const value = NUMBER.test(text) ? Number(text) : NaN;
  // Written out, a number that no double holds is not from a Prometheus.
  return Number.isFinite(value) ? value : undefined;
}

/** A JSON value in a message: what it is, and short texts and numbers as they are. */
export function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? `the text ${quoted(value)}` : `${typeof value} ${String(value as number)}`;
}

/** Text from the file in a message. */
export function quoted(text: string): string {
  return JSON.stringify((text.length > 200 ? `${text.slice(0, 200)}…` : text).toWellFormed());
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
