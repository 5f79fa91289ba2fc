import type { Recognition } from '../format.ts';
import { rootText, xmlRoot } from '../framing/xml-root.ts';
import type { XmlElement } from '../framing/xml.ts';
import { NameScopes, type QualifiedName } from './names.ts';

/** The root elements of files that may hold results. Without a namespace it is XCCDF by its names alone. */
export function isXccdfRoot({ vocabulary, name }: QualifiedName): boolean {
  if (vocabulary === 'arf') return name === 'asset-report-collection';
  return (vocabulary === 'xccdf' || vocabulary === 'none') && (name === 'Benchmark' || name === 'TestResult');
}

/** By its root element: results stand at the end of a benchmark, long after the head. */
export function recogniseXccdf(head: Uint8Array): Recognition {
  const names = new NameScopes();
  let root: QualifiedName | undefined;
  let results = 0;
  const open = (element: XmlElement): void => {
    const name = names.open(element);
    root ??= name;
    if (name.name === 'rule-result') results++;
  };
  xmlRoot(head, open, (depth) => names.close(depth));
  if (root === undefined || !isXccdfRoot(root)) {
    return { confidence: 0, reason: `The file begins with ${rootText(root?.name)}, which is none of XCCDF or ARF.` };
  }
  const plain = root.vocabulary === 'none';
  const reason = `The root element is <${root.name}> of ${plain ? 'no namespace' : root.vocabulary.toUpperCase()}, with ${results} rule results in the first ${head.length} bytes.`;
  if (plain) return { confidence: results > 0 ? 0.8 : 0, reason };
  return { confidence: 0.98, reason };
}
