/**
 * Signs a binder: PAdES-B-B (ETSI EN 319 142-1), one certification signature with DocMDP permission 1, so that any
 * later change shows. The signature covers every byte but its own hexadecimal digits.
 */
import { createHash } from 'node:crypto';
import { encodeCms, signedAttributes } from '../core/cms-form.ts';
import { formatInstant, type UtcMicros } from '../../shared/time.ts';
import { fail } from '../../shared/problem.ts';
import type { Identity } from './identity.ts';
import {
  appendObjects,
  dictionaryText,
  firstPage,
  readBaseFile,
  withMembers,
  type BaseFile,
} from './incremental-update.ts';

/** Bytes reserved for the signature; a chain of three certificates takes under 6 KB, a time-stamp some 4 KB more. */
const RESERVED_BYTES = 24_576;

/** The hole of a file that is ready to be signed. */
interface PreparedFile {
  readonly bytes: Buffer;
  /** Offset of `<` and the offset after `>`. */
  readonly holeFrom: number;
  readonly holeTo: number;
}

/**
 * Gives the signed file: `pdf` unchanged, followed by one update.
 *
 * `claimedTime` is what the signer's clock says; it is written as such, and nothing confirms it. With an RSA key the same
 * file, key and time give the same bytes.
 * Fails (throws) with `binder_invalid` for a PDF that is not an unsigned binder, with `bad_identity` where the claimed
 * time is outside the certificate's validity or the certificates do not fit in the space reserved.
 */
export async function signBinder(
  pdf: Uint8Array,
  identity: Identity,
  { claimedTime }: { readonly claimedTime: UtcMicros },
): Promise<Uint8Array> {
  const at = new Date(Number(claimedTime / 1000n));
  checkValidity(identity, at);
  const prepared = prepare(readBaseFile(pdf), identity.name, claimedTime);
  const parts = { ...identity, messageDigest: digestOutside(prepared) };
  const signature = await identity.sign(signedAttributes(parts));
  const hex = Buffer.from(encodeCms({ ...parts, signature })).toString('hex');
  const room = prepared.holeTo - prepared.holeFrom - 2;
  if (hex.length > room) {
    fail({
      code: 'bad_identity',
      message: `The signature has ${hex.length / 2} bytes; ${room / 2} are reserved for it.`,
      remedy: 'Use a PKCS#12 file with fewer or shorter certificates.',
    });
  }
  prepared.bytes.write(hex.padEnd(room, '0'), prepared.holeFrom + 1, 'latin1');
  return prepared.bytes;
}

function checkValidity({ notBefore, notAfter, name }: Identity, at: Date): void {
  if (at >= notBefore && at <= notAfter) return;
  fail({
    code: 'bad_identity',
    message:
      `The certificate of ${name} is valid from ${notBefore.toISOString()} to ${notAfter.toISOString()}; ` +
      `the signature would claim ${at.toISOString()}.`,
    remedy: 'Make or choose an identity that is valid now, or set the clock of this computer right.',
  });
}

function prepare(file: BaseFile, name: string, claimedTime: UtcMicros): PreparedFile {
  const objects = signatureObjects(file, name, claimedTime);
  const secondId = createHash('md5').update(file.bytes).update(String(claimedTime)).digest('hex');
  const bytes = appendObjects(file, objects, secondId);
  const holeFrom = bytes.indexOf('/Contents <', file.bytes.length) + '/Contents '.length;
  const holeTo = holeFrom + 2 + 2 * RESERVED_BYTES;
  const range = [0, holeFrom, holeTo, bytes.length - holeTo];
  const placeholder = bytes.indexOf(RANGE_PLACEHOLDER, file.bytes.length);
  bytes.write(`[${range.join(' ')}]`.padEnd(RANGE_PLACEHOLDER.length), placeholder, 'latin1');
  return { bytes, holeFrom, holeTo };
}

const RANGE_PLACEHOLDER = '[0 0000000000 0000000000 0000000000]';

/** The signature, its field (invisible, on the first page), the form, and the catalogue that permits no change. */
function signatureObjects(file: BaseFile, name: string, claimedTime: UtcMicros): Map<number, string> {
  const [signature, field, appearance, form] = [0, 1, 2, 3].map((next) => file.size + next) as [
    number,
    number,
    number,
    number,
  ];
  const page = firstPage(file);
  const catalogue = `/AcroForm ${form} 0 R\n/Perms << /DocMDP ${signature} 0 R >>`;
  return new Map([
    [file.root, withMembers(dictionaryText(file, file.root), catalogue)],
    [page, withWidget(dictionaryText(file, page), field)],
    [signature, signatureDictionary(name, claimedTime)],
    [field, fieldDictionary(signature, appearance, page)],
    [appearance, '<< /Type /XObject /Subtype /Form /BBox [0 0 0 0] /Resources << >> /Length 0 >>\nstream\n\nendstream'],
    [form, `<< /SigFlags 3 /Fields [${field} 0 R] >>`],
  ]);
}

/** The page with the field's widget among its annotations. */
function withWidget(page: string, field: number): string {
  const list = /\/Annots \[([^\]]*)\]/.exec(page);
  if (!list) return withMembers(page, `/Annots [${field} 0 R]`);
  return page.replace(list[0], `/Annots [${list[1]!.trim()} ${field} 0 R]`);
}

function signatureDictionary(name: string, claimedTime: UtcMicros): string {
  return [
    '<<',
    '/Type /Sig',
    '/Filter /Adobe.PPKLite',
    '/SubFilter /ETSI.CAdES.detached',
    `/ByteRange ${RANGE_PLACEHOLDER}`,
    `/Contents <${'0'.repeat(2 * RESERVED_BYTES)}>`,
    `/M (${pdfDate(claimedTime)})`,
    `/Name ${pdfText(name)}`,
    '/Reason (Certifies this evidence binder)',
    '/Reference [<< /Type /SigRef /TransformMethod /DocMDP',
    '  /TransformParams << /Type /TransformParams /P 1 /V /1.2 >> >>]',
    '>>',
  ].join('\n');
}

/** Flags 132: print and locked. PDF/A asks for an appearance, also of what cannot be seen. */
function fieldDictionary(signature: number, appearance: number, page: number): string {
  return [
    '<<',
    '/Type /Annot /Subtype /Widget /FT /Sig',
    '/T (Certification)',
    `/V ${signature} 0 R`,
    `/P ${page} 0 R`,
    '/Rect [0 0 0 0]',
    '/F 132',
    `/AP << /N ${appearance} 0 R >>`,
    '>>',
  ].join('\n');
}

/** `D:20260714093000Z`. */
function pdfDate(instant: UtcMicros): string {
  return `D:${formatInstant(instant).slice(0, 19).replace(/[-:T]/g, '')}Z`;
}

/** A text string as UTF-16 in hexadecimal: no character of a name can end it. */
function pdfText(text: string): string {
  return `<feff${Buffer.from(text, 'utf16le').swap16().toString('hex')}>`;
}

function digestOutside({ bytes, holeFrom, holeTo }: PreparedFile): Uint8Array {
  return createHash('sha256').update(bytes.subarray(0, holeFrom)).update(bytes.subarray(holeTo)).digest();
}
