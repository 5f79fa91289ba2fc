import type { Format } from '../format.ts';
import { alsoAfterPrefixes } from './line-prefixes.ts';
import { alsoInUtf16 } from './utf16-text.ts';

/** A format of JSON or CSV, read as well from UTF-16, and its JSON behind what a collector put before each line. */
export function asTextFile(format: Format & { readonly framing: 'spans' }): Format {
  return alsoInUtf16(alsoAfterPrefixes(format));
}
