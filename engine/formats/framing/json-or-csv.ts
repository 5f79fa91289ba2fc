/** Formats that are exported as JSON or as CSV: the first character tells. */
import type { SourceReader } from '../format.ts';
import { firstByte } from './first-byte.ts';
import { HeadReader } from './head-reader.ts';

/** JSON begins with a bracket; no header of a table does. `undefined` when there is only white space so far. */
export function isJson(head: Uint8Array): boolean | undefined {
  const first = firstByte(head);
  return first === undefined ? undefined : first === 0x7b || first === 0x5b;
}

/** Reads JSON or CSV, whichever it is. */
export class JsonOrCsvReader extends HeadReader {
  constructor(open: Readonly<Record<'json' | 'csv', () => SourceReader>>) {
    super((head) => (isJson(head) ? open.json() : open.csv()));
  }
}
