/** The text of a mapping as YAML: plain values only, and the line on which each of them stands. */
import { isScalar, LineCounter, parseDocument, visit, type Document, type Node, type Scalar } from 'yaml';

/** A mapping is written by a person; a longer one is no mapping. */
export const MAX_MAPPING_CHARACTERS = 64 * 1024;
const MAX_DEPTH = 20;

/** Something that is wrong in a mapping: at which member (`columns.time.as`), on which line, and what. */
export interface MappingIssue {
  readonly place: string;
  readonly line: number | undefined;
  /** Begins as a sentence does, without a full stop. */
  readonly says: string;
}

export type ReadYaml =
  | { readonly kind: 'read'; readonly value: unknown; readonly lineOf: (path: readonly string[]) => number | undefined }
  | { readonly kind: 'refused'; readonly issue: MappingIssue };

/**
 * Reads YAML into plain values. Refused are aliases and anchors, tags, keys that come twice or are no text, values whose
 * spelling would be lost (`007`, `1_000`), deep nesting and more than 64 KiB: a mapping needs none of them, and they
 * are how a small text becomes a large or another value.
 */
export function readMappingYaml(text: string): ReadYaml {
  if (text.length > MAX_MAPPING_CHARACTERS)
    return refuse(undefined, `The text has ${text.length} characters; at most ${MAX_MAPPING_CHARACTERS} are read`);
  if (deepestIndent(text) > MAX_DEPTH) return refuse(undefined, `It is nested deeper than ${MAX_DEPTH} levels`);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    customTags: [],
    schema: 'core',
    uniqueKeys: true,
    stringKeys: true,
    lineCounter: lines,
  });
  const lineAt = (offset: number | undefined): number | undefined =>
    offset === undefined ? undefined : lines.linePos(offset).line;
  const [trouble] = [...document.errors, ...document.warnings];
  if (trouble) return refuse(lineAt(trouble.pos[0]), `It is not read as YAML: ${firstLine(trouble.message)}`);
  const found = findForbidden(document);
  if (found) return refuse(lineAt(found.offset), found.says);
  return { kind: 'read', value: document.toJS(), lineOf: (path) => lineAt(offsetOf(document, path)) };
}

function refuse(line: number | undefined, says: string): ReadYaml {
  return { kind: 'refused', issue: { place: '', line, says } };
}

function firstLine(message: string): string {
  return message
    .split('\n')[0]!
    .replace(/ at line \d+, column \d+:?$/, '')
    .replace(/[.:]$/, '');
}

/** The parser calls itself for each level, so that levels are counted before it is called. */
function deepestIndent(text: string): number {
  let open = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === '[' || character === '{') deepest = Math.max(deepest, ++open);
    else if ((character === ']' || character === '}') && open > 0) open--;
  }
  // `- - - -` and `? ? ?` nest within a line as well; nesting by indentation alone is bounded by the length.
  for (const [markers] of text.matchAll(/^[ \t]*(?:[-?:][ \t]+)+/gm))
    deepest = Math.max(deepest, markers.replace(/[ \t]/g, '').length);
  return deepest;
}

interface Forbidden {
  readonly offset: number | undefined;
  readonly says: string;
}

function findForbidden(document: Document): Forbidden | undefined {
  let found: Forbidden | undefined;
  visit(document, {
    Alias: (_, node) => {
      found = { offset: node.range?.[0], says: 'It has an alias, which is not read' };
      return visit.BREAK;
    },
    Node: (key, node) => {
      const says = whyForbidden(node as Node, key === 'key');
      if (says === undefined) return undefined;
      found = { offset: node.range?.[0], says };
      return visit.BREAK;
    },
  });
  return found;
}

function whyForbidden(node: Node, isKey: boolean): string | undefined {
  if (node.tag !== undefined) return 'It has a tag, which is not read';
  if ('anchor' in node && node.anchor !== undefined) return 'It has an anchor, which is not read';
  if (!isScalar(node)) return undefined;
  if (isKey && node.value === '__proto__') return '"__proto__" is no name that is read';
  return isSpelledOtherwise(node) ? `Write ${node.source} in quotes: as a number it is another text` : undefined;
}

/** `007` would become 7, and 1e3 1000. */
function isSpelledOtherwise(node: Scalar): boolean {
  return typeof node.value === 'number' && node.source !== undefined && node.source !== String(node.value);
}

/** Where the member that a path leads to begins; that of its nearest owner where it is missing. */
function offsetOf(document: Document, path: readonly string[]): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    const range = isScalar(node) || isNode(node) ? node.range : undefined;
    if (range) return range[0];
  }
  return document.contents?.range?.[0];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'range' in value;
}
