/** The structured output of a script: `<table>` and `<elem>` as a tree, with limits on what one script may say. */
import type { XmlElement } from '../framing/xml.ts';

export interface ScriptNode {
  readonly key: string;
  text: string;
  readonly children: ScriptNode[];
}

const MAX_NODES = 20_000;
const MAX_TEXT_LENGTH = 64 * 1024;

/** Scripts whose structured output becomes rows; of all others only what they print is kept. */
export const scriptsRead: ReadonlySet<string> = new Set(['ssl-enum-ciphers', 'ssl-cert', 'ssh2-enum-algos']);

/** Builds the tree of one script from its elements. */
export class ScriptTree {
  readonly root: ScriptNode;
  readonly #path: ScriptNode[];
  #nodes = 0;
  /** True once something of the script was left out for its size. */
  shortened = false;

  constructor(id: string) {
    this.root = { key: id, text: '', children: [] };
    this.#path = [this.root];
  }

  open({ attributes }: XmlElement): void {
    const node: ScriptNode = { key: attributes.get('key') ?? '', text: '', children: [] };
    if (++this.#nodes <= MAX_NODES) this.#path.at(-1)!.children.push(node);
    else this.shortened = true;
    this.#path.push(node);
  }

  text(text: string): void {
    const node = this.#path.at(-1)!;
    const room = MAX_TEXT_LENGTH - node.text.length;
    if (text.length > room) this.shortened = true;
    if (room > 0) node.text += text.slice(0, room);
  }

  close(): void {
    if (this.#path.length > 1) this.#path.pop();
  }
}

/** The child with this key. */
export function childOf(node: ScriptNode | undefined, key: string): ScriptNode | undefined {
  return node?.children.find((child) => child.key === key);
}

/** The text of the child with this key, white space around it removed; `undefined` when empty or not there. */
export function childText(node: ScriptNode | undefined, key: string): string | undefined {
  return childOf(node, key)?.text.trim() || undefined;
}
