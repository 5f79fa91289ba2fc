/** Namespaces of elements: prefixes mean what the elements around say, and no name is known by its prefix. */
import type { XmlElement } from '../framing/xml.ts';

/** XCCDF 1.0, 1.1 (1.1.2 to 1.1.4 have one namespace) and 1.2. */
const XCCDF = /^http:\/\/checklists\.nist\.gov\/xccdf\/1\.[0-2]$/;
const ARF = /^http:\/\/scap\.nist\.gov\/schema\/asset-reporting-format\/1\.[01]$/;
const OVAL_RESULTS = /^http:\/\/oval\.mitre\.org\/XMLSchema\/oval-results-5/;
const DATA_STREAM = /^http:\/\/scap\.nist\.gov\/schema\/scap\/source\//;

export type Vocabulary = 'xccdf' | 'arf' | 'oval-results' | 'data-stream' | 'none' | 'other';

/** An element's name without its prefix, and whose name it is. */
export interface QualifiedName {
  readonly vocabulary: Vocabulary;
  readonly name: string;
}

interface Scope {
  readonly depth: number;
  readonly prefixes: ReadonlyMap<string, string>;
}

/** Follows the elements of a document, told of each that opens and closes. */
export class NameScopes {
  readonly #scopes: Scope[] = [];
  /** What prefixes mean here, as far as they were asked for. */
  readonly #known = new Map<string, string | undefined>();

  open({ name, attributes, depth }: XmlElement): QualifiedName {
    const declared = declarationsIn(attributes);
    if (declared.size > 0) {
      this.#scopes.push({ depth, prefixes: declared });
      this.#known.clear();
    }
    const colon = name.indexOf(':');
    const uri = this.#find(colon < 0 ? '' : name.slice(0, colon));
    return { vocabulary: vocabularyOf(uri, colon >= 0), name: name.slice(colon + 1) };
  }

  close(depth: number): void {
    if (this.#scopes.at(-1)?.depth !== depth) return;
    this.#scopes.pop();
    this.#known.clear();
  }

  #find(prefix: string): string | undefined {
    if (!this.#known.has(prefix)) this.#known.set(prefix, this.#lookUp(prefix));
    return this.#known.get(prefix);
  }

  #lookUp(prefix: string): string | undefined {
    for (let i = this.#scopes.length - 1; i >= 0; i--) {
      const uri = this.#scopes[i]!.prefixes.get(prefix);
      if (uri !== undefined) return uri;
    }
    return undefined;
  }
}

function declarationsIn(attributes: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const declared = new Map<string, string>();
  for (const [name, value] of attributes) {
    if (name === 'xmlns') declared.set('', value);
    else if (name.startsWith('xmlns:')) declared.set(name.slice(6), value);
  }
  return declared;
}

function vocabularyOf(uri: string | undefined, prefixed: boolean): Vocabulary {
  if (uri === undefined || uri === '') return prefixed ? 'other' : 'none';
  if (XCCDF.test(uri)) return 'xccdf';
  if (ARF.test(uri)) return 'arf';
  if (OVAL_RESULTS.test(uri)) return 'oval-results';
  return DATA_STREAM.test(uri) ? 'data-stream' : 'other';
}
