/** Numbers as Prometheus reads them. See docs/formats/openmetrics.md, "Numbers". */

/** Longest of the words below. */
const LONGEST_WORD = 9;

const words: ReadonlyMap<string, number> = new Map([
  ['nan', NaN],
  ...['inf', '+inf', 'infinity', '+infinity'].map((word) => [word, Infinity] as const),
  ...['-inf', '-infinity'].map((word) => [word, -Infinity] as const),
]);

/**
 * The nearest 64-bit float; `undefined` where the text is no number, or one beyond the largest float. Decimal digits
 * with an optional point and exponent, NaN without a sign, Inf and Infinity with or without one, in any case. Neither
 * underscores nor other bases, as JavaScript alone would take.
 */
export function readNumber(text: string): number | undefined {
  if (!isDecimal(text)) return text.length <= LONGEST_WORD ? words.get(text.toLowerCase()) : undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** True for the characters of a decimal number, in any order: of those, JavaScript and Go read the same ones. */
function isDecimal(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isDigit = code >= 48 && code <= 57;
    if (!isDigit && code !== 46 && code !== 45 && code !== 43 && (code | 32) !== 101) return false;
  }
  return text !== '';
}
