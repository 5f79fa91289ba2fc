/** Bytes to text for the XML tokenizer: the encodings it knows, character references, and the five predefined entities. */
import { isUtf8 } from 'node:buffer';

export type XmlEncoding = 'utf8' | 'latin1';

const encodings: Readonly<Record<string, XmlEncoding>> = {
  'utf-8': 'utf8',
  utf8: 'utf8',
  'us-ascii': 'utf8',
  ascii: 'utf8',
  'iso-8859-1': 'latin1',
  latin1: 'latin1',
};

/** The encoding that an XML declaration names; `undefined` for one that is not read. Without a name it is UTF-8. */
export function declaredEncoding(declaration: string): XmlEncoding | undefined {
  const name = /\sencoding\s*=\s*["']([^"']*)["']/.exec(declaration)?.[1] ?? 'utf-8';
  return encodings[name.toLowerCase()];
}

const predefined: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', apos: "'", quot: '"' };

/** Why a reference cannot be read, as a sentence. */
export class XmlReferenceError extends Error {}

/** Bytes as text, without looking at references. Bytes that are no text in this encoding, and NUL, become U+FFFD. */
export function decodeXml(bytes: Uint8Array, encoding: XmlEncoding): { text: string; replaced: boolean } {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(encoding);
  const damaged = (encoding === 'utf8' && !isUtf8(bytes)) || text.includes('\0');
  return { text: damaged ? text.replaceAll('\0', '\ufffd') : text, replaced: damaged };
}

/** Replaces references in text. Fails (throws XmlReferenceError) on an entity that XML does not predefine. */
export function expandReferences(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&([^;&\s]{0,60})(;?)/g, (whole, name: string, end: string) => {
    const character = end === '' ? undefined : reference(name);
    if (character === undefined) throw new XmlReferenceError(`${whole} is not a reference that XML defines.`);
    return character;
  });
}

function reference(name: string): string | undefined {
  if (!name.startsWith('#')) return Object.hasOwn(predefined, name) ? predefined[name] : undefined;
  const digits = /^#(?:x([0-9a-fA-F]+)|(\d+))$/.exec(name);
  if (!digits) return undefined;
  const code = digits[1] === undefined ? Number(digits[2]) : parseInt(digits[1], 16);
  const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}

/**
 * How many of these bytes can be made text now, when more will follow: a reference, a UTF-8 sequence or a CR LF that is
 * not complete yet stays behind.
 */
export function completeText(bytes: Uint8Array): number {
  let end = bytes.length;
  const ampersand = bytes.lastIndexOf(0x26);
  if (ampersand >= 0 && end - ampersand < 64 && !bytes.subarray(ampersand).includes(0x3b)) end = ampersand;
  let start = end;
  while (start > 0 && end - start < 3 && (bytes[start - 1]! & 0xc0) === 0x80) start--;
  if (start > 0 && bytes[start - 1]! >= 0xc0) end = start - 1;
  return end > 0 && bytes[end - 1] === 0x0d ? end - 1 : end;
}
