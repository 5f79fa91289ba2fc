/** Numbers as clock daemons and their tools write them. Nothing is rounded but to the nearest 64-bit float. */

const DECIMAL = /^[+-]?\d+(?:\.\d*)?(?:e[+-]?\d{1,3})?$/;

/**
 * A finite decimal number, with an exponent or not; `undefined` for anything else (`nan`, `inf`, `-`, an empty text).
 * `-0.000` is 0.
 */
export function readDecimal(text: string | undefined): number | undefined {
  if (text === undefined || text.length > 40 || !DECIMAL.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value + 0 : undefined;
}

/** The same from the other side: seconds behind from seconds ahead, and the reverse. Zero stays zero, never -0. */
export function negated(seconds: number | undefined): number | undefined {
  return seconds === undefined || seconds === 0 ? seconds : -seconds;
}

/**
 * The bound of an error: dispersion and half of the delay, both seconds. `undefined` where one is missing.
 * Source: RFC 5905, 11.2.1 (root distance), and chronyc(1), "Root dispersion".
 */
export function errorBound(delay: number | undefined, dispersion: number | undefined): number | undefined {
  return delay === undefined || dispersion === undefined ? undefined : tidied(dispersion + delay / 2);
}

/** The sum of two numbers; `undefined` where one is missing. */
export function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one + other;
}

/** A sum of written decimals without the binary noise below their digits, of which no program writes twelve. */
export function tidied(value: number): number {
  return Number(value.toPrecision(12));
}

/** Milliseconds as written, in seconds. The decimal point is moved in the text, so nothing is rounded twice. */
export function millisToSeconds(text: string | undefined): number | undefined {
  return scaled(text, -3);
}

/** Powers of ten of the units that chronyc, ntpq and systemd write after a number. */
const POWERS: Readonly<Record<string, number>> = { ps: -12, ns: -9, us: -6, µs: -6, μs: -6, ms: -3, s: 0, ks: 3 };
const LONGER: Readonly<Record<string, number>> = {
  min: 60,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  month: 2_629_800,
  y: 31_557_600,
};
const SPAN = /^([+-]?)(\d+(?:\.\d+)?)([a-zµμ]+)$/;

/** One number with a unit, such as `-22ns` or `+5.224ms`, in seconds; `undefined` for anything else. */
export function readSpan(text: string): number | undefined {
  const parts = text.length > 40 ? null : SPAN.exec(text);
  if (!parts) return undefined;
  const [, sign = '', digits = '', unit = ''] = parts;
  const power = POWERS[unit];
  if (power !== undefined) return scaled(sign + digits, power);
  const seconds = LONGER[unit];
  return seconds === undefined ? undefined : Number(sign + digits) * seconds;
}

/** A time span as systemd writes it, such as `34min 8s`, `-136us` or `0`, in seconds. The sign counts for all parts. */
export function readSpans(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  if (text.length > 80) return undefined;
  const isNegative = text.startsWith('-');
  const parts = text.replace(/^[+-]/, '').split(' ').map(readUnsigned);
  if (parts.length === 1) return isNegative ? negated(parts[0]) : parts[0];
  let sum = 0;
  for (const part of parts) {
    if (part === undefined) return undefined;
    sum += part;
  }
  return isNegative ? -sum : sum;
}

function readUnsigned(text: string): number | undefined {
  return /^\d/.test(text) ? readSpan(text) : undefined;
}

function scaled(text: string | undefined, power: number): number | undefined {
  if (text === undefined || text.length > 40 || !DECIMAL.test(text)) return undefined;
  const [mantissa = '', exponent = '0'] = text.split('e');
  const value = Number(`${mantissa}e${Number(exponent) + power}`);
  return Number.isFinite(value) ? value : undefined;
}

/** A whole number from 0 to `most`; `undefined` for anything else. */
export function readWhole(text: string | undefined, most: number): number | undefined {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= most ? value : undefined;
}
