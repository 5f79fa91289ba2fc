/**
 * The members of a JSON record that a format asks for, found in its bytes in one go: where each stands and what kind of
 * value it is. Nothing is made of the others but the certainty that they are JSON.
 *
 * It takes only what it can be sure of. A name that is given twice or written with an escape, a value that the bytes cut
 * off, or anything that `JSON.parse` would not take, and it gives a number below zero: the record is then to be read in
 * the general way (json-records.ts), which gives the same values and says what is wrong.
 */
import { ENDS_EARLY, JsonBytes, UNUSUAL } from './json-bytes.ts';

/** Kinds of values. Text has its offsets without the quotes; `WRITTEN_TEXT` has escapes in it. */
export const ABSENT = 0;
export const TEXT = 1;
export const WRITTEN_TEXT = 2;
export const TRUE = 3;
export const FALSE = 4;
export const NULL = 5;
export const NUMBER = 6;
export const OBJECT = 7;
export const LIST = 8;

/**
 * Where a value is, from the record inwards: names of members, 0 for the first item of a list. `{ namedBy }` is the
 * member that is called what the text of a member of the record says, which must stand before it.
 */
export type JsonPath = readonly (string | 0 | { readonly namedBy: string })[];

interface Node {
  /** Where its value is noted down. */
  readonly slot: number;
  readonly children: { readonly name: Buffer; readonly node: Node }[];
  /** By hash of the name. */
  table: (number | undefined)[];
  /** Its place among the children of its parent. */
  place: number;
  /** By place of a child, and first for none: the child that came next in the last object, as it mostly does again. */
  readonly followers: (Node | undefined)[];
  first: Node | undefined;
  named: { readonly by: number; readonly node: Node } | undefined;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BRACKET = 0x5b;
const BRACE = 0x7b;
/** A power of two, well above the number of names in any object that is asked for. */
const TABLE_SLOTS = 256;
const MOST_OTHER_MEMBERS = 64;

export class JsonPaths {
  /** By slot: kind of the value, and where it stands; valid after `read` gave an end, until it is called again. */
  readonly kind: Uint8Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  private readonly scanner = new JsonBytes();
  private readonly root: Node;
  private readonly otherHashes = new Int32Array(MOST_OTHER_MEMBERS);
  private others = 0;
  /** How many texts of the record that was read last have escapes in them. */
  writtenTexts = 0;

  /** The value at `paths[i]` gets slot `i`. */
  constructor(paths: readonly JsonPath[]) {
    let next = paths.length;
    this.root = newNode(next++);
    for (const [slot, path] of paths.entries()) next = this.plant(path, slot, next, paths);
    this.kind = new Uint8Array(next);
    this.from = new Int32Array(next);
    this.to = new Int32Array(next);
  }

  private plant(path: JsonPath, slot: number, free: number, paths: readonly JsonPath[]): number {
    let node = this.root;
    let next = free;
    for (const [depth, part] of path.entries()) {
      const here = path.slice(0, depth + 1);
      const known = childOf(node, part);
      const own = paths.findIndex((other) => samePath(other, here));
      const child = known ?? newNode(depth === path.length - 1 ? slot : own < 0 ? next++ : own);
      if (!known) this.adopt(node, part, child, paths);
      node = child;
    }
    return next;
  }

  private adopt(parent: Node, part: JsonPath[number], node: Node, paths: readonly JsonPath[]): void {
    if (part === 0) parent.first = node;
    else if (typeof part === 'object')
      parent.named = { by: paths.findIndex((path) => samePath(path, [part.namedBy])), node };
    else {
      const name = Buffer.from(part, 'latin1');
      node.place = parent.children.push({ name, node }) - 1;
      parent.table[freePlace(parent.table, hashOf(name))] = node.place;
      parent.followers.push(undefined);
    }
  }

  /** True where no byte of the record that was read last is beyond ASCII. */
  get isAscii(): boolean {
    return !this.scanner.high;
  }

  /**
   * Reads the object that begins at `bytes[at]`; gives the offset after it, or `ENDS_EARLY` or `UNUSUAL`. `onlyKnown`:
   * an object or list that no path leads to is unusual, too; for records that may turn out to be envelopes of others.
   */
  read(bytes: Buffer, at: number, onlyKnown: boolean): number {
    const { scanner } = this;
    scanner.bytes = bytes;
    scanner.end = bytes.length;
    scanner.high = false;
    this.kind.fill(ABSENT);
    this.others = 0;
    this.writtenTexts = 0;
    return this.object(this.root, at, onlyKnown);
  }

  private object(node: Node, from: number, onlyKnown: boolean): number {
    const { scanner } = this;
    const { bytes } = scanner;
    let at = scanner.space(from + 1);
    if (at >= 0 && bytes[at] === BRACE + 2) return at + 1;
    let last = -1;
    for (;;) {
      if (at < 0) return at;
      if (bytes[at] !== QUOTE) return UNUSUAL;
      let child: Node | undefined | null = node.followers[last + 1];
      let keyTo = child ? this.endOfName(node.children[child.place]!.name, at + 1) : -1;
      if (keyTo < 0) {
        keyTo = scanner.string(at + 1);
        if (keyTo < 0) return keyTo;
        if (scanner.escaped) return UNUSUAL;
        child = this.childNamed(node, at + 1, keyTo);
        if (child && child.place >= 0) node.followers[last + 1] = child;
      }
      if (child === null || (child && this.kind[child.slot] !== ABSENT)) return UNUSUAL;
      if (child && child.place >= 0) last = child.place;
      at = scanner.colon(keyTo + 1);
      if (at < 0) return at;
      if (!child) at = onlyKnown && isNested(bytes[at]!) ? UNUSUAL : scanner.value(at);
      else at = this.member(child, at);
      if (at < 0 || (at = scanner.space(at)) < 0) return at;
      if (bytes[at] === BRACE + 2) return at + 1;
      if (bytes[at] !== COMMA) return UNUSUAL;
      at = scanner.space(at + 1);
    }
  }

  /** The quote after a name that stands at `from`; below zero where another one stands there. */
  private endOfName(name: Uint8Array, from: number): number {
    const { bytes, end } = this.scanner;
    const to = from + name.length;
    if (to >= end || bytes[to] !== QUOTE) return -1;
    for (let i = name.length - 1; i >= 0; i--) if (bytes[from + i] !== name[i]) return -1;
    return to;
  }

  /** The node of a member, undefined where nobody asks for it, null where it cannot be told which of two counts. */
  private childNamed(node: Node, from: number, to: number): Node | undefined | null {
    const { bytes } = this.scanner;
    let hash = 0;
    for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
    for (let place = placeOf(hash); ; place = (place + 1) & (TABLE_SLOTS - 1)) {
      const index = node.table[place];
      if (index === undefined) break;
      const child = node.children[index]!;
      if (isSame(bytes, from, to, child.name)) return child.node;
    }
    if (node.named) return this.namedChild(node.named, from, to);
    return node === this.root && this.isRepeated(hash) ? null : undefined;
  }

  private namedChild({ by, node }: NonNullable<Node['named']>, from: number, to: number): Node | undefined | null {
    if (this.kind[by] !== TEXT) return null;
    const { bytes } = this.scanner;
    const start = this.from[by]!;
    if (this.to[by]! - start !== to - from) return undefined;
    for (let i = 0; i < to - from; i++) if (bytes[from + i] !== bytes[start + i]) return undefined;
    return node;
  }

  /** Whether a member of the record that nobody asks for may have been there before. */
  private isRepeated(hash: number): boolean {
    const { otherHashes, others } = this;
    for (let i = 0; i < others; i++) if (otherHashes[i] === hash) return true;
    if (others === MOST_OTHER_MEMBERS) return true;
    otherHashes[this.others++] = hash;
    return false;
  }

  private member(node: Node, at: number): number {
    const { scanner } = this;
    const byte = scanner.bytes[at]!;
    const after = this.valueOf(node, at, byte);
    if (after < 0) return after;
    const isText = byte === QUOTE;
    const isWritten = isText && scanner.escaped;
    if (isWritten) this.writtenTexts++;
    this.kind[node.slot] = isWritten ? WRITTEN_TEXT : isText ? TEXT : kindOf(byte);
    this.from[node.slot] = isText ? at + 1 : at;
    this.to[node.slot] = isText ? after - 1 : after;
    return after;
  }

  private valueOf(node: Node, at: number, byte: number): number {
    if (byte === BRACE) {
      // A list was expected: `{"0": ...}` would be taken for its first item.
      if (node.first) return UNUSUAL;
      return node.children.length > 0 || node.named ? this.object(node, at, false) : this.scanner.value(at);
    }
    if (byte === BRACKET) {
      if (node.named) return UNUSUAL;
      return node.first ? this.list(node.first, at) : this.scanner.value(at);
    }
    return this.scanner.scalar(at, byte);
  }

  /** A list whose first item is asked for. */
  private list(first: Node, from: number): number {
    const { scanner } = this;
    const { bytes } = scanner;
    let at = scanner.space(from + 1);
    if (at < 0) return at;
    if (bytes[at] === BRACKET + 2) return at + 1;
    at = this.member(first, at);
    for (;;) {
      if (at < 0 || (at = scanner.space(at)) < 0) return at;
      if (bytes[at] === BRACKET + 2) return at + 1;
      if (bytes[at] !== COMMA) return UNUSUAL;
      at = scanner.space(at + 1);
      if (at < 0) return at;
      at = scanner.value(at);
    }
  }
}

function newNode(slot: number): Node {
  const table = new Array<number | undefined>(TABLE_SLOTS).fill(undefined);
  return { slot, children: [], table, place: -1, followers: [undefined], first: undefined, named: undefined };
}

function childOf(node: Node, part: JsonPath[number]): Node | undefined {
  if (part === 0) return node.first;
  if (typeof part === 'object') return node.named?.node;
  return node.children.find(({ name }) => name.toString('latin1') === part)?.node;
}

function samePath(one: JsonPath, other: JsonPath): boolean {
  const isSamePart = (part: JsonPath[number], other: JsonPath[number] | undefined): boolean =>
    typeof part === 'object' && typeof other === 'object' ? part.namedBy === other.namedBy : part === other;
  return one.length === other.length && one.every((part, i) => isSamePart(part, other[i]));
}

function hashOf(name: Uint8Array): number {
  return name.reduce((hash, byte) => (Math.imul(hash, 31) + byte) | 0, 0);
}

function placeOf(hash: number): number {
  return (hash ^ (hash >>> 12)) & (TABLE_SLOTS - 1);
}

function freePlace(table: readonly (number | undefined)[], hash: number): number {
  let place = placeOf(hash);
  while (table[place] !== undefined) place = (place + 1) & (TABLE_SLOTS - 1);
  return place;
}

function isSame(bytes: Uint8Array, from: number, to: number, name: Uint8Array): boolean {
  if (to - from !== name.length) return false;
  for (let i = 0; i < name.length; i++) if (bytes[from + i] !== name[i]) return false;
  return true;
}

function isNested(byte: number): boolean {
  return byte === BRACE || byte === BRACKET;
}

function kindOf(byte: number): number {
  if (byte === BRACE) return OBJECT;
  if (byte === BRACKET) return LIST;
  if (byte === 0x74) return TRUE;
  if (byte === 0x66) return FALSE;
  return byte === 0x6e ? NULL : NUMBER;
}

export { ENDS_EARLY, UNUSUAL };
