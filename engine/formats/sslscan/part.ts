/** One element about an endpoint, with what stands in it. */
import type { XmlElement } from '../framing/xml.ts';

const MAX_TEXT_LENGTH = 64 * 1024;
const MAX_MEMBERS = 1000;

interface Member {
  readonly attributes: ReadonlyMap<string, string>;
  text: string;
}

export class Part {
  readonly name: string;
  readonly byte: number;
  readonly depth: number;
  readonly attributes: ReadonlyMap<string, string>;
  /** The elements directly in it, the first of each name. */
  readonly #members = new Map<string, Member>();
  #member: Member | undefined;
  #text = '';
  /** True once something in it was left out for its size. */
  shortened = false;

  constructor({ name, byte, depth, attributes }: XmlElement) {
    this.name = name;
    this.byte = byte;
    this.depth = depth;
    this.attributes = attributes;
  }

  open({ name, depth, attributes }: XmlElement): void {
    if (depth !== this.depth + 1) return;
    this.#member = undefined;
    if (this.#members.has(name)) return;
    if (this.#members.size >= MAX_MEMBERS) this.shortened = true;
    else this.#members.set(name, (this.#member = { attributes, text: '' }));
  }

  text(text: string): void {
    const room = MAX_TEXT_LENGTH - (this.#member?.text ?? this.#text).length;
    if (text.length > room) this.shortened = true;
    const piece = text.slice(0, Math.max(room, 0));
    if (this.#member) this.#member.text += piece;
    else this.#text += piece;
  }

  closeMember(depth: number): void {
    if (depth === this.depth + 1) this.#member = undefined;
  }

  /** The text of an element in it, white space around it removed; `undefined` when empty or not there. */
  member(name: string): string | undefined {
    return this.#members.get(name)?.text.trim() || undefined;
  }

  memberAttribute(name: string, attribute: string): string | undefined {
    return this.#members.get(name)?.attributes.get(attribute);
  }

  /** All texts in it, its own first. */
  texts(): readonly string[] {
    const members = [...this.#members].map(([name, { text }]) => [name, text.trim()] as const);
    const filled = members.filter(([, text]) => text !== '').map(([name, text]) => `${name}: ${text}`);
    return [...(this.#text.trim() === '' ? [] : [this.#text.trim()]), ...filled];
  }
}
