/** The files inside a PDF: its tree of embedded files (ISO 32000-1, 7.7.4 and 7.11.4). */
import { member, resolve, streamContent, type PdfFile } from './pdf-file.ts';
import { isDictionary, isReference, isText, nameOf, readText, UnreadablePdf, type PdfValue } from './pdf-values.ts';

export interface Attachment {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const DEEPEST = 16;

/**
 * Every embedded file, in the order of the tree. Fails (throws) with `UnreadablePdf` where a file has two names, two
 * files have one name, or the PDF holds a file that the tree does not show.
 */
export function readAttachments(file: PdfFile): readonly Attachment[] {
  const names = member(file, resolve(file, file.trailer.get('Root')), 'Names');
  const found: Attachment[] = [];
  collect(file, member(file, names, 'EmbeddedFiles'), found, 0);
  const distinct = new Set(found.map(({ name }) => name));
  if (distinct.size !== found.length) throw new UnreadablePdf('Two attachments have one name', 0);
  const specifications = [...file.objects.values()].filter(({ value }) => isOfType(value, 'Filespec')).length;
  const streams = [...file.objects.values()].filter(({ value }) => isOfType(value, 'EmbeddedFile')).length;
  if (specifications !== found.length || streams !== found.length) {
    throw new UnreadablePdf(`${streams} files are embedded and ${found.length} are listed`, 0);
  }
  return found;
}

function isOfType(value: PdfValue, type: string): boolean {
  return isDictionary(value) && nameOf(value.get('Type')) === type;
}

function collect(file: PdfFile, node: PdfValue, found: Attachment[], depth: number): void {
  if (node === null) return;
  if (depth > DEEPEST || !isDictionary(node)) throw new UnreadablePdf('The tree of attachments cannot be read', 0);
  const kids = member(file, node, 'Kids');
  if (Array.isArray(kids)) for (const kid of kids) collect(file, resolve(file, kid), found, depth + 1);
  const pairs = member(file, node, 'Names');
  if (!Array.isArray(pairs)) return;
  for (let place = 0; place + 1 < pairs.length; place += 2) {
    found.push(readAttachment(file, pairs[place], resolve(file, pairs[place + 1])));
  }
}

function readAttachment(file: PdfFile, key: PdfValue | undefined, specification: PdfValue): Attachment {
  const shown = member(file, specification, 'UF');
  const plain = member(file, specification, 'F');
  if (!isText(key) || !isText(shown) || !isText(plain)) throw new UnreadablePdf('An attachment has no name', 0);
  const name = readText(shown);
  if (readText(key) !== name || readText(plain) !== name) throw new UnreadablePdf('An attachment has two names', 0);
  const embedded = member(file, specification, 'EF');
  const reference = isDictionary(embedded) ? embedded.get('F') : undefined;
  const stream = isReference(reference) ? file.objects.get(reference.number) : undefined;
  if (!stream) throw new UnreadablePdf(`Attachment ${name} has no content`, 0);
  return { name, bytes: streamContent(stream) };
}
