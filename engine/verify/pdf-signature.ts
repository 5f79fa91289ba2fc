/** Finds the one signature of a binder and what it says of itself. Nothing is checked here that a key could prove. */
import { parseInstant, formatInstant } from '../../shared/time.ts';
import { member, resolve, type PdfFile } from './pdf-file.ts';
import {
  isDictionary,
  isReference,
  isText,
  nameOf,
  readText,
  type PdfDictionary,
  type PdfValue,
} from './pdf-values.ts';

export interface PdfSignature {
  readonly dictionary: PdfDictionary;
  /** As written: four numbers in a sound file. */
  readonly byteRange: readonly PdfValue[];
  /** The hexadecimal string of /Contents: offset of `<`, offset after `>`. */
  readonly hole: { readonly from: number; readonly to: number };
  /** RFC 3339, from /M. */
  readonly claimedTime: string | null;
  /** True where the catalogue's permissions name this very signature. */
  readonly isCertification: boolean;
}

/** Gives the signature, or a sentence that says why there is not exactly one. */
export function findSignature(file: PdfFile): PdfSignature | string {
  const root = resolve(file, file.trailer.get('Root'));
  const fields = member(file, member(file, root, 'AcroForm'), 'Fields');
  if (!Array.isArray(fields) || fields.length === 0) return 'The file has no signature field.';
  if (fields.length > 1) return `The file has ${fields.length} form fields; a binder has one.`;
  const field = resolve(file, fields[0]);
  const reference = isDictionary(field) ? field.get('V') : undefined;
  const dictionary = resolve(file, reference);
  if (
    !isDictionary(field) ||
    nameOf(field.get('FT')) !== 'Sig' ||
    !isDictionary(dictionary) ||
    !isReference(reference)
  ) {
    return 'The form field is not a signature field with a signature.';
  }
  const others = [...file.objects.values()].filter(({ value }) => isDictionary(value) && value.has('ByteRange'));
  if (others.length !== 1) return `The file has ${others.length} signatures; a binder has one.`;
  const contents = dictionary.get('Contents');
  const range = dictionary.get('ByteRange');
  if (!isText(contents) || !contents.hex || !Array.isArray(range)) {
    return 'The signature has no /ByteRange, or its /Contents are not hexadecimal.';
  }
  return {
    dictionary,
    byteRange: range,
    hole: { from: contents.from, to: contents.to },
    claimedTime: readPdfDate(dictionary.get('M')),
    isCertification: namesCertification(file, root, reference.number),
  };
}

function namesCertification(file: PdfFile, root: PdfValue, signature: number): boolean {
  const permissions = member(file, root, 'Perms');
  const named = isDictionary(permissions) ? permissions.get('DocMDP') : undefined;
  return isReference(named) && named.number === signature;
}

/** `D:20260714093000Z` as RFC 3339; `null` for any other form. */
function readPdfDate(value: PdfValue | undefined): string | null {
  if (!isText(value)) return null;
  const parts = /^D:(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(readText(value));
  if (!parts) return null;
  const [, year, month, day, hour, minute, second] = parts;
  const instant = parseInstant(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return instant === undefined ? null : formatInstant(instant);
}

/** The permission of the certification: 1 means that no change is allowed. `null` where there is none. */
export function certificationPermission(file: PdfFile, { dictionary }: PdfSignature): number | null {
  const references = member(file, dictionary, 'Reference');
  const reference = Array.isArray(references) && references.length === 1 ? resolve(file, references[0]) : null;
  if (nameOf(member(file, reference, 'TransformMethod')) !== 'DocMDP') return null;
  const permission = member(file, member(file, reference, 'TransformParams'), 'P');
  return typeof permission === 'number' ? permission : null;
}
