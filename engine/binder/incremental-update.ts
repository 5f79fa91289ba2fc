/**
 * Appends objects to a PDF without touching a byte of it (ISO 32000-1, 7.5.6). Reads no more of PDF than the files that
 * this program has just written: one classic cross-reference table, generation 0, no object streams. Anything else is
 * refused, as an update to a file that is not understood could hide something.
 */
import { fail } from '../../shared/problem.ts';

/** What an update needs to know of the file it is appended to. */
export interface BaseFile {
  readonly bytes: Buffer;
  readonly startXref: number;
  readonly size: number;
  readonly root: number;
  readonly info: number;
  /** First of the two file identifiers, as written. */
  readonly fileId: string;
  readonly offsets: readonly number[];
}

const TAIL = /\nstartxref\n(\d+)\n%%EOF\n?$/;

/** Reads the table and trailer of an unsigned binder. Fails (throws) with `binder_invalid` on any other PDF. */
export function readBaseFile(pdf: Uint8Array): BaseFile {
  const bytes = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.length);
  const tail = TAIL.exec(bytes.toString('latin1', Math.max(0, bytes.length - 64)));
  if (!tail) refuse('it does not end with startxref and %%EOF');
  const startXref = Number(tail[1]);
  const table = bytes.toString('latin1', startXref, bytes.length);
  const head = /^xref\n0 (\d+)\n/.exec(table);
  if (!head) refuse('its cross-reference table is not a classic one of one section');
  const size = Number(head[1]);
  const entries = table.slice(head[0].length, head[0].length + size * 20);
  const trailer = table.slice(head[0].length + size * 20);
  if (!trailer.startsWith('trailer\n') || trailer.includes('/Prev') || trailer.includes('/Encrypt')) {
    refuse('it has earlier revisions or is encrypted');
  }
  return {
    bytes,
    startXref,
    size,
    root: reference(trailer, 'Root'),
    info: reference(trailer, 'Info'),
    fileId: /\/ID \[(<[0-9a-f]+>)/.exec(trailer)?.[1] ?? refuse('its trailer has no ID'),
    offsets: Array.from({ length: size }, (_, number) => Number(entries.slice(number * 20, number * 20 + 10))),
  };
}

/** The dictionary of an object, `<<` to `>>`, as text. Fails (throws) where the object is no plain dictionary. */
export function dictionaryText(file: BaseFile, number: number): string {
  const offset = file.offsets[number] ?? refuse(`it has no object ${number}`);
  const end = file.bytes.indexOf('\nendobj', offset);
  const text = file.bytes.toString('latin1', offset, end);
  const body = new RegExp(`^${number} 0 obj\\n(<<[^]*>>)$`).exec(text)?.[1];
  return body && !body.includes('stream\n') ? body : refuse(`object ${number} is not a dictionary`);
}

/** A dictionary with members added before its end. */
export function withMembers(dictionary: string, members: string): string {
  return `${dictionary.slice(0, -2)}${members}\n>>`;
}

/** The first number that a dictionary refers to under a key: `/Root 3 0 R`. */
export function reference(dictionary: string, key: string): number {
  const found = new RegExp(`/${key} (\\d+) 0 R`).exec(dictionary);
  return found ? Number(found[1]) : refuse(`it has no reference ${key}`);
}

/** The first page, down the left edge of the page tree. */
export function firstPage(file: BaseFile): number {
  let number = reference(dictionaryText(file, file.root), 'Pages');
  for (let depth = 0; depth < 32; depth += 1) {
    const dictionary = dictionaryText(file, number);
    if (/\/Type \/Page\n/.test(dictionary)) return number;
    const kid = /\/Kids \[(\d+) 0 R/.exec(dictionary);
    number = kid ? Number(kid[1]) : refuse('its page tree has no first page');
  }
  return refuse('its page tree is too deep');
}

/**
 * The file with an update at its end: each object, a cross-reference section for them, a trailer that names the one
 * before. `secondId` is 32 hex digits for the second file identifier, which changes with every update.
 */
export function appendObjects(file: BaseFile, objects: ReadonlyMap<number, string>, secondId: string): Buffer {
  const numbers = [...objects.keys()].sort((a, b) => a - b);
  const pieces: Buffer[] = [file.bytes];
  let length = file.bytes.length;
  const push = (text: string): void => {
    const piece = Buffer.from(text, 'latin1');
    pieces.push(piece);
    length += piece.length;
  };
  if (file.bytes.at(-1) !== 0x0a) push('\n');
  const entries = numbers.map((number) => {
    const offset = length;
    push(`${number} 0 obj\n${objects.get(number)!}\nendobj\n`);
    // One section an object: simpler to write, and to check, than runs.
    return `${number} 1\n${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const size = Math.max(file.size, numbers.at(-1)! + 1);
  const trailer = [
    `/Size ${size}`,
    `/Root ${file.root} 0 R`,
    `/Info ${file.info} 0 R`,
    `/ID [${file.fileId} <${secondId}>]`,
    `/Prev ${file.startXref}`,
  ];
  const startXref = length;
  push(`xref\n${entries.join('')}trailer\n<<\n${trailer.join('\n')}\n>>\nstartxref\n${startXref}\n%%EOF\n`);
  return Buffer.concat(pieces);
}

function refuse(why: string): never {
  return fail({
    code: 'binder_invalid',
    message: `The PDF is not an unsigned binder: ${why}.`,
    remedy: 'Sign the binder as it was made, before any other program has changed it.',
  });
}
