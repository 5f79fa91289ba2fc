import { bomLength, looksLikeUtf16 } from '../framing/byte-window.ts';
import { isBlank } from '../framing/lines.ts';
import { knownField } from './field-names.ts';
import { beginsParquet } from './parquet-file.ts';

/** How a flow log is written. `utf-16` is none that is read. */
export type Shape = 'lines' | 'csv' | 'json' | 'parquet' | 'utf-16';

/** A first line that is longer is no header. */
const SHAPE_BYTES = 64 * 1024;

/** The shape of a file by its beginning; `undefined` while that is too short to tell. `whole`: there is no more. */
export function shapeOf(bytes: Uint8Array, whole: boolean): Shape | undefined {
  if (bytes.length < 4 && !whole) return undefined;
  const head = bytes.subarray(0, SHAPE_BYTES);
  if (beginsParquet(head)) return 'parquet';
  if (looksLikeUtf16(head)) return 'utf-16';
  let from = bomLength(head);
  // The first line with something in it.
  for (;;) {
    const end = head.indexOf(0x0a, from);
    const to = end < 0 ? head.length : end;
    if (!isBlank(head, from, to))
      return firstLine(
        Buffer.from(head.subarray(from, to)).toString('latin1').trim(),
        end >= 0 || whole || head.length >= SHAPE_BYTES,
      );
    if (end < 0) return whole || head.length >= SHAPE_BYTES ? 'lines' : undefined;
    from = end + 1;
  }
}

function firstLine(line: string, isComplete: boolean): Shape | undefined {
  if (line.startsWith('{') || line.startsWith('[')) return 'json';
  if (!isComplete) return undefined;
  const names = line.split(/[,;\t]/).map((name) => name.replace(/^\s*"|"\s*$/g, '').trim());
  const known = names.filter(
    (name) => knownField(name) !== undefined || name === '@message' || name === 'message',
  ).length;
  return names.length > 1 && known * 2 > names.length ? 'csv' : 'lines';
}
