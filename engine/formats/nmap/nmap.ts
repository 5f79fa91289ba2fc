/** Port scans by nmap, and by scanners that write its XML. docs/formats/nmap.md */
import type { Format, Recognition } from '../format.ts';
import { firstLines } from '../framing/lines.ts';
import { rootText, xmlRoot } from '../framing/xml-root.ts';
import { commentFacts, hostLine } from './greppable.ts';
import { beginsAsText, openNmap } from './opener.ts';

export const nmap: Format = {
  id: 'nmap',
  title: 'nmap scan (XML, greppable)',
  version: 2,
  framing: 'spans',
  streams: ['nmap'],
  recognise,
  open: openNmap,
};

function recognise(head: Uint8Array): Recognition {
  return beginsAsText(head) === true ? recogniseText(head) : recogniseXml(head);
}

function recogniseXml(head: Uint8Array): Recognition {
  let hosts = 0;
  const root = xmlRoot(head, ({ depth, name }) => {
    if (depth === 2 && name === 'host') hosts++;
  });
  if (root?.name !== 'nmaprun') {
    return { confidence: 0, reason: `The file begins with ${rootText(root?.name)}, not <nmaprun>.` };
  }
  const tool = [root.attributes.get('scanner') ?? 'nmap', root.attributes.get('version') ?? ''].join(' ').trim();
  const reason = `The root element is <nmaprun> by ${tool}, with ${hosts} hosts in the first ${head.length} bytes.`;
  return { confidence: 0.99, reason };
}

function recogniseText(head: Uint8Array): Recognition {
  const lines = firstLines(head, 100).map((line) => line.slice(0, 100_000));
  const hosts = lines.filter((line) => hostLine(line) !== undefined).length;
  const { tool } = commentFacts(lines[0] ?? '');
  if (lines.some((line) => line.startsWith('Nmap scan report for ')))
    return { confidence: 0.9, reason: 'It is what nmap shows on the terminal; its XML is another file.' };
  const others = lines.filter((line) => !line.startsWith('#')).length - hosts;
  const isOurs = (tool !== undefined && others === 0) || hosts > others;
  const reason = `${hosts} of the first ${lines.length} lines are hosts of greppable output.`;
  return { confidence: isOurs ? (tool === undefined ? 0.9 : 0.97) : 0, reason };
}
