/**
 * The properties of an object:
 *
 *     Property:            Expected                    Observed
 *     -------------        -----------                 -----------
 *   * Modify Time          Sat Nov 21 06:40:14 2026    Sat Nov 21 06:40:26 2026
 *     UID                  root (0)                    root (0)
 *
 * The name has 21 columns after a margin of 2, and each value 28. A star stands before what differs. An expected value
 * of 28 or more has its line to itself, and the observed one stands below in its own column.
 */
import type { AttributeChange } from '../integrity-checks/found-changes.ts';

const NAME_FROM = 2;
const OLD_FROM = 23;
const NEW_FROM = 51;
const NOTHING = '---';

/** True for a line of properties. */
export function isPropertyLine(line: string): boolean {
  return /^[* ] [A-Za-z]\S*(?: \S+)* {2,}\S/.test(line) || /^ {51}\S/.test(line);
}

export interface Properties {
  readonly changed: ReadonlyMap<string, AttributeChange>;
  readonly kind: string | undefined;
}

/** Reads the lines of an object. `undefined`: one of them is no property. */
export function readProperties(lines: readonly Uint8Array[]): Properties | undefined {
  const changed = new Map<string, AttributeChange>();
  let kind: string | undefined;
  let last: { name: string; isChanged: boolean; old: string } | undefined;
  for (const bytes of lines) {
    // One character a byte: columns are bytes.
    const line = Buffer.from(bytes).toString('latin1').trimEnd();
    if (/^ {51}\S/.test(line)) {
      if (last?.isChanged !== true) continue;
      changed.set(last.name, sides(last.old, line.slice(NEW_FROM)));
      continue;
    }
    const name = line.slice(NAME_FROM, OLD_FROM).trim();
    if (name === '' || line.length <= OLD_FROM || line[OLD_FROM - 1] !== ' ') return undefined;
    // Without the gap before the second column the first value is a long one.
    const isLong = line.length > NEW_FROM && line[NEW_FROM - 1] !== ' ';
    const [old, observed] = isLong
      ? [line.slice(OLD_FROM), '']
      : [line.slice(OLD_FROM, NEW_FROM), line.slice(NEW_FROM)];
    last = { name: name.toLowerCase().replaceAll(' ', '_'), isChanged: line.startsWith('*'), old };
    if (last.isChanged) changed.set(last.name, sides(old, observed));
    if (last.name === 'object_type') kind = kindOf(said(observed) ?? said(old));
  }
  return { changed, kind };
}

function sides(old: string, observed: string): AttributeChange {
  return { old: said(old), new: said(observed) };
}

function said(column: string): string | undefined {
  const text = column.trim();
  return text === '' || text === NOTHING ? undefined : Buffer.from(text, 'latin1').toString('utf8').toWellFormed();
}

const kinds: Readonly<Record<string, string>> = {
  'regular file': 'file',
  directory: 'directory',
  'symbolic link': 'link',
  'block device': 'block device',
  'character device': 'character device',
  fifo: 'fifo',
  'named pipe': 'fifo',
  socket: 'socket',
};

function kindOf(written: string | undefined): string | undefined {
  const word = written?.toLowerCase() ?? '';
  return Object.hasOwn(kinds, word) ? kinds[word] : word || undefined;
}
