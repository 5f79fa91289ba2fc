/** Port scans by nmap, and by scanners that write its XML. docs/formats/nmap.md */
import type { Format, Recognition } from '../format.ts';
import { XmlTokenizer, type XmlElement } from '../framing/xml.ts';
import { NmapReader } from './reader.ts';

export const nmap: Format = {
  id: 'nmap',
  title: 'nmap scan (XML)',
  version: 1,
  framing: 'spans',
  streams: ['nmap'],
  recognise,
  open: (sink, context) => new NmapReader(sink, context),
};

function recognise(head: Uint8Array): Recognition {
  let root: XmlElement | undefined;
  let hosts = 0;
  const tokenizer = new XmlTokenizer({
    open: (element) => {
      root ??= element;
      if (element.depth === 2 && element.name === 'host') hosts++;
    },
    close: () => undefined,
    text: () => undefined,
  });
  tokenizer.push(head);
  tokenizer.finish();
  if (root?.name !== 'nmaprun') {
    const found = root === undefined ? 'no element' : `<${root.name.slice(0, 60)}>`;
    return { confidence: 0, reason: `The file begins with ${found}, not <nmaprun>.` };
  }
  const tool = [root.attributes.get('scanner') ?? 'nmap', root.attributes.get('version') ?? ''].join(' ').trim();
  const reason = `The root element is <nmaprun> by ${tool}, with ${hosts} hosts in the first ${head.length} bytes.`;
  return { confidence: 0.99, reason };
}
