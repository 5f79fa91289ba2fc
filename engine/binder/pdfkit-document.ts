/**
 * The only file that touches what pdfkit keeps to itself. pdfmake is pinned to the version this was written for
 * (0.3.11, with pdfkit 0.19.1); each member is looked for before it is used, so that another version is noticed.
 */

/** The document that pdfmake has drawn, before it is ended. */
interface PdfkitDocument {
  info: Record<string, unknown>;
  _addInfo: () => void;
  _root: { data: { Pages: { data: { Count: number } } } };
  file(bytes: Buffer, options: Record<string, unknown>): unknown;
  on(event: 'data', listener: (piece: Buffer) => void): void;
  on(event: 'end', listener: () => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  end(): void;
}

/** Checks that a drawn document is what this file was written for. Fails (throws) otherwise: a bug of the build. */
export function asPdfkitDocument(value: unknown): PdfkitDocument {
  const document = value as Partial<PdfkitDocument>;
  const known =
    typeof document._addInfo === 'function' &&
    typeof document.file === 'function' &&
    typeof document._root?.data?.Pages?.data?.Count === 'number';
  if (!known) throw new Error('pdfkit is not the version this binder was written for (0.19.1)');
  return document as PdfkitDocument;
}

export interface EmbeddedFile {
  readonly name: string;
  readonly type: string;
  readonly relationship: string;
  readonly description: string;
  readonly bytes: Uint8Array;
}

/** Embeds a file as PDF/A-3 asks: type, relationship, description and both dates, all fixed by the caller. */
export function embedFile(document: PdfkitDocument, file: EmbeddedFile, date: Date): void {
  // An empty source is refused by pdfkit; an ArrayBuffer view is not.
  document.file(Buffer.from(file.bytes), {
    name: file.name,
    type: file.type,
    relationship: file.relationship,
    description: file.description,
    creationDate: date,
    modifiedDate: date,
  });
}

const xmpKeys = ['Title', 'Author', 'Subject', 'Keywords', 'Creator', 'Producer'];

/** pdfkit writes metadata into XML as it is: a name with `&` would make the file no PDF/A, or worse. */
export function escapeXmp(document: PdfkitDocument): void {
  const addInfo = document._addInfo.bind(document);
  document._addInfo = () => {
    const plain = { ...document.info };
    for (const key of xmpKeys) {
      const value = document.info[key];
      if (typeof value === 'string') document.info[key] = escapeXml(value);
    }
    addInfo();
    Object.assign(document.info, plain);
  };
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Ends the document and gives its bytes. */
export async function finishDocument(document: PdfkitDocument): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  await new Promise<void>((resolve, reject) => {
    document.on('data', (piece) => pieces.push(piece));
    document.on('end', resolve);
    document.on('error', reject);
    document.end();
  });
  return Buffer.concat(pieces);
}
