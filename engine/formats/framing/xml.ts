/**
 * A streaming XML tokenizer over bytes: elements with their byte offsets, attributes and text. It holds one tag or a
 * piece of text at a time, so documents of any size cost the same memory.
 *
 *   document = [BOM] [<?xml ...?>] *( comment / instruction / <!DOCTYPE name ...> / space ) element *( ... )
 *
 * Nothing is ever fetched or defined: only the five predefined entities and numeric references exist, and a document
 * type with an internal subset is refused, because that is where entities are declared.
 * Source: Extensible Markup Language 1.0, fifth edition.
 */
import { bomLength, ByteWindow, looksLikeUtf16 } from './byte-window.ts';
import { completeText, declaredEncoding, decodeXml, expandReferences, XmlReferenceError } from './xml-text.ts';

export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Offset of `<`. */
  readonly byte: number;
  /** Offset after `>`. */
  readonly end: number;
  /** 1 for the root. */
  readonly depth: number;
}

export interface XmlHandler {
  open(element: XmlElement): void;
  /** `end` is the offset after the end tag, or after the tag itself for an empty element. */
  close(name: string, end: number, depth: number): void;
  /** Text inside the root, in one or more pieces; references are resolved. */
  text(text: string): void;
}

/**
 * Why reading stopped. `cut-off`: the bytes ended inside the document. `damaged`: no XML from `byte` on.
 * `refused`: well formed perhaps, but not read at all (entities, depth, sizes, encodings).
 */
export interface XmlTrouble {
  readonly kind: 'cut-off' | 'damaged' | 'refused';
  readonly byte: number;
  /** A sentence with a full stop. */
  readonly because: string;
}

export const MAX_XML_DEPTH = 1000;
export const MAX_XML_TAG_BYTES = 4 * 1024 * 1024;
const MAX_NAME_LENGTH = 1000;
const MAX_ATTRIBUTES = 1000;
const TEXT_PIECE_BYTES = 64 * 1024;
/** As much of the bytes after trouble is kept for the rejects. */
const MAX_TAIL_BYTES = 1024 * 1024;

const LESS = 0x3c;
const GREATER = 0x3e;
const SLASH = 0x2f;
const EXCLAMATION = 0x21;
const QUESTION = 0x3f;

const NAME = /^[A-Za-z_:\u0080-\uffff][-.\w:\u0080-\uffff]*$/;
const ATTRIBUTE = /[ \t\r\n]+([^ \t\r\n=<>"'/]+)[ \t\r\n]*=[ \t\r\n]*(?:"([^"<]*)"|'([^'<]*)')/y;

// What ends each kind of section whose inside is no markup.
const sections = { comment: Buffer.from('-->'), instruction: Buffer.from('?>'), cdata: Buffer.from(']]>') } as const;
type Section = keyof typeof sections;

export class XmlTokenizer {
  readonly #window = new ByteWindow();
  readonly #names: string[] = [];
  #position = 0;
  /** Up to here the bytes after `#position` were searched without finding the end of the token. */
  #searched = 0;
  #quote = 0;
  #section: Section | undefined;
  #encoding: 'utf8' | 'latin1' = 'utf8';
  #begun = false;
  #rootSeen = false;
  #hold: number | undefined;
  #trouble: XmlTrouble | undefined;
  /** Bytes after trouble that are not held. */
  #uncounted = 0;
  /** True once bytes that are no text in the document's encoding were shown as U+FFFD. */
  replacedText = false;

  constructor(private readonly handler: XmlHandler) {}

  get trouble(): XmlTrouble | undefined {
    return this.#trouble;
  }

  /** Keeps the bytes from this offset on (up to a limit) for `tail`; `undefined` lets them go. */
  hold(byte: number | undefined): void {
    this.#hold = byte;
  }

  push(piece: Uint8Array): void {
    if (this.#trouble) return this.#keepTail(piece);
    this.#window.append(piece);
    if (!this.#begun && this.#window.end < 4) return;
    this.#scan(false);
    const needed = Math.min(this.#hold ?? this.#position, this.#position);
    if (!this.#trouble) this.#window.letGo(Math.max(needed, this.#window.end - MAX_XML_TAG_BYTES - MAX_TAIL_BYTES));
  }

  /** Ends the document. Nothing: it was whole. */
  finish(): XmlTrouble | undefined {
    if (!this.#trouble) this.#scan(true);
    if (!this.#trouble && (this.#names.length > 0 || !this.#rootSeen)) this.#cutOff();
    return this.#trouble;
  }

  /** The bytes from `from` to the end of the document: what is kept of them, and how many there are. */
  tail(from: number): { bytes: Uint8Array; length: number } {
    const end = this.#window.end + this.#uncounted;
    return { bytes: this.#window.copy(from, from + MAX_TAIL_BYTES), length: Math.max(end - from, 0) };
  }

  #keepTail(piece: Uint8Array): void {
    const held = this.#window.end - this.#window.start;
    if (held < MAX_XML_TAG_BYTES + MAX_TAIL_BYTES && this.#uncounted === 0) this.#window.append(piece);
    else this.#uncounted += piece.length;
  }

  #scan(last: boolean): void {
    if (!this.#begun) this.#begin();
    const bytes = this.#window.view();
    const base = this.#window.start;
    while (!this.#trouble && this.#position - base < bytes.length) {
      if (!this.#scanToken(bytes, base, last)) break;
      this.#searched = this.#position;
      this.#quote = 0;
    }
    if (last && !this.#trouble && this.#position < this.#window.end) this.#cutOff();
  }

  #begin(): void {
    this.#begun = true;
    const head = this.#window.view();
    this.#position = this.#searched = bomLength(head);
    if (looksLikeUtf16(head)) this.#stop('refused', 0, 'The document is UTF-16, which is not read.');
  }

  /** Reads one token at `#position`. False: its end lies in bytes still to come. */
  #scanToken(bytes: Uint8Array, base: number, last: boolean): boolean {
    const at = this.#position - base;
    if (this.#section) return this.#scanSection(this.#section, bytes, base);
    if (bytes[at] !== LESS) return this.#scanText(bytes, base, last);
    const next = bytes[at + 1];
    if (next === undefined) return false;
    if (next === QUESTION) return this.#instruction(bytes, base);
    if (next === EXCLAMATION) return this.#declaration(bytes, base);
    return this.#scanTag(bytes, base);
  }

  #scanText(bytes: Uint8Array, base: number, last: boolean): boolean {
    const from = this.#position - base;
    const less = bytes.indexOf(LESS, this.#searched - base);
    if (less >= 0) this.#giveText(bytes.subarray(from, less), true);
    else if (last || bytes.length - from > TEXT_PIECE_BYTES) {
      // At the end of the file, half a reference is a cut, not damage.
      const length = completeText(bytes.subarray(from));
      this.#giveText(bytes.subarray(from, from + length), true);
      return length > 0;
    } else this.#searched = base + bytes.length;
    return less >= 0;
  }

  #giveText(bytes: Uint8Array, references: boolean): void {
    const start = this.#position;
    this.#position += bytes.length;
    const text = this.#decode(bytes, start, references).replace(/\r\n?/g, '\n');
    if (this.#trouble) return;
    if (this.#names.length > 0) this.handler.text(text);
    else if (/[^ \t\n]/.test(text)) this.#stop('damaged', start, 'There is text outside the root element.');
  }

  #decode(bytes: Uint8Array, byte: number, references = true): string {
    const { text, replaced } = decodeXml(bytes, this.#encoding);
    if (replaced) this.replacedText = true;
    try {
      return references ? expandReferences(text) : text;
    } catch (error) {
      if (!(error instanceof XmlReferenceError)) throw error;
      this.#stop('damaged', byte, error.message);
      return '';
    }
  }

  #scanSection(section: Section, bytes: Uint8Array, base: number): boolean {
    const end = sections[section];
    const from = this.#position - base;
    const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(end, this.#searched - base);
    if (at >= 0) {
      if (section === 'cdata') this.#giveText(bytes.subarray(from, at), false);
      this.#position = base + at + end.length;
      this.#section = undefined;
      return true;
    }
    // The end may stand across two pieces.
    const safe = Math.max(bytes.length - end.length + 1, from);
    if (section === 'cdata' && safe - from > TEXT_PIECE_BYTES)
      this.#giveText(bytes.subarray(from, from + completeText(bytes.subarray(from, safe))), false);
    else if (section !== 'cdata') this.#position = base + safe;
    this.#searched = Math.max(base + safe, this.#position);
    return false;
  }

  #instruction(bytes: Uint8Array, base: number): boolean {
    const at = this.#position - base;
    const isDeclaration = this.#position <= 3 && /^<\?xml\s/.test(ascii(bytes.subarray(at, at + 6)));
    if (!isDeclaration && (this.#position > 3 || bytes.length - at >= 6)) return this.#enter('instruction', 2);
    const end = bytes.indexOf(GREATER, at);
    if (end < 0) return this.#tooLong(bytes.length - at, 1024, 'XML declaration');
    const encoding = declaredEncoding(ascii(bytes.subarray(at, end)));
    if (encoding === undefined)
      this.#stop('refused', this.#position, 'The document names an encoding that is not read.');
    else this.#encoding = encoding;
    this.#position = base + end + 1;
    return true;
  }

  #declaration(bytes: Uint8Array, base: number): boolean {
    const start = ascii(bytes.subarray(this.#position - base, this.#position - base + 9));
    if (start.startsWith('<!--')) return this.#enter('comment', 4);
    if (start === '<![CDATA[' && this.#names.length > 0) return this.#enter('cdata', 9);
    if (start === '<!DOCTYPE' && !this.#rootSeen) return this.#documentType(bytes, base);
    if (['<!--', '<![CDATA[', '<!DOCTYPE'].some((whole) => start.length < 9 && whole.startsWith(start))) return false;
    this.#stop('damaged', this.#position, `${start} stands where no such declaration belongs.`);
    return true;
  }

  #enter(section: Section, length: number): boolean {
    this.#section = section;
    this.#position += length;
    return true;
  }

  #documentType(bytes: Uint8Array, base: number): boolean {
    const at = this.#position - base;
    let quote = 0;
    for (let i = at; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (quote !== 0) quote = byte === quote ? 0 : quote;
      else if (byte === 0x22 || byte === 0x27) quote = byte;
      else if (byte === 0x5b) {
        const because = 'The document type has an internal subset, where entities are declared; it is not read.';
        this.#stop('refused', this.#position, because);
        return true;
      } else if (byte === GREATER) {
        this.#position = base + i + 1;
        return true;
      }
    }
    return this.#tooLong(bytes.length - at, 8192, 'document type');
  }

  #tooLong(length: number, limit: number, what: string): boolean {
    if (length > limit) this.#stop('refused', this.#position, `A ${what} is longer than ${limit} bytes.`);
    return false;
  }

  #scanTag(bytes: Uint8Array, base: number): boolean {
    let at = this.#searched - base;
    for (; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (this.#quote !== 0) this.#quote = byte === this.#quote ? 0 : this.#quote;
      else if (byte === 0x22 || byte === 0x27) this.#quote = byte;
      else if (byte === GREATER) break;
    }
    this.#searched = base + at;
    const from = this.#position - base;
    if (at === bytes.length) return this.#tooLong(at - from, MAX_XML_TAG_BYTES, 'tag');
    const tag = bytes.subarray(from + 1, at);
    if (tag[0] === SLASH) this.#endTag(tag, base + at + 1);
    else this.#startTag(tag, base + at + 1);
    if (!this.#trouble) this.#position = base + at + 1;
    return true;
  }

  #startTag(tag: Uint8Array, end: number): void {
    const byte = this.#position;
    const empty = tag.at(-1) === SLASH;
    const inside = this.#decode(empty ? tag.subarray(0, -1) : tag, byte, false);
    const name = /^[^ \t\r\n]*/.exec(inside)![0];
    const attributes = this.#attributes(inside, name.length);
    if (this.#trouble) return;
    if (attributes === undefined || !isName(name)) return this.#stop('damaged', byte, 'A tag is not well formed.');
    if (this.#rootSeen && this.#names.length === 0)
      return this.#stop('damaged', byte, 'There is a second root element.');
    if (this.#names.length >= MAX_XML_DEPTH)
      return this.#stop('refused', byte, `Elements are nested deeper than ${MAX_XML_DEPTH} levels.`);
    this.#rootSeen = true;
    const depth = this.#names.push(name);
    this.handler.open({ name, attributes, byte, end, depth });
    if (empty) this.#close(name, end);
  }

  #attributes(inside: string, from: number): ReadonlyMap<string, string> | undefined {
    const attributes = new Map<string, string>();
    ATTRIBUTE.lastIndex = from;
    let at = from;
    for (let match = ATTRIBUTE.exec(inside); match; match = ATTRIBUTE.exec(inside)) {
      at = ATTRIBUTE.lastIndex;
      const [, name = '', double, single = ''] = match;
      if (attributes.has(name) || attributes.size >= MAX_ATTRIBUTES) return undefined;
      attributes.set(name, this.#attributeValue(double ?? single));
      ATTRIBUTE.lastIndex = at;
    }
    return inside.slice(at).trim() === '' ? attributes : undefined;
  }

  #attributeValue(written: string): string {
    try {
      return expandReferences(written.replace(/\r\n|[\t\r\n]/g, ' '));
    } catch (error) {
      if (!(error instanceof XmlReferenceError)) throw error;
      this.#stop('damaged', this.#position, error.message);
      return '';
    }
  }

  #endTag(tag: Uint8Array, end: number): void {
    const name = this.#decode(tag.subarray(1), this.#position, false).trimEnd();
    const open = this.#names.at(-1);
    if (name === open) return this.#close(name, end);
    const because = open === undefined ? 'An end tag has no start tag.' : `An end tag does not match <${open}>.`;
    this.#stop('damaged', this.#position, because);
  }

  #close(name: string, end: number): void {
    const depth = this.#names.length;
    this.#names.pop();
    this.handler.close(name, end, depth);
  }

  #cutOff(): void {
    const open = this.#names.at(-1);
    const inside = open === undefined ? '' : ` inside <${open}>`;
    this.#stop('cut-off', this.#section ? this.#window.end : this.#position, `The document is cut off${inside}.`);
  }

  #stop(kind: XmlTrouble['kind'], byte: number, because: string): void {
    this.#trouble ??= { kind, byte, because };
  }
}

function isName(text: string): boolean {
  return text.length <= MAX_NAME_LENGTH && NAME.test(text);
}

function ascii(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
