/** Results of sslscan, which lists what an endpoint offers in TLS. docs/formats/sslscan.md */
import type { Format, Recognition } from '../format.ts';
import { firstLines } from '../framing/lines.ts';
import { rootText, xmlRoot } from '../framing/xml-root.ts';
import { SslscanReader } from './reader.ts';

export const sslscan: Format = {
  id: 'sslscan',
  title: 'sslscan results (XML)',
  version: 1,
  framing: 'spans',
  streams: ['sslscan'],
  recognise,
  open: (sink, context) => new SslscanReader(sink, context),
};

// Testing SSL server www.example.test on port 443 using SNI name www.example.test; words may be coloured.
const TERMINAL_LINE = /^(?:\u001b\[[\d;]*m)*Testing SSL server \S+ on port \S+/;

function recognise(head: Uint8Array): Recognition {
  let tests = 0;
  const root = xmlRoot(head, ({ depth, name }) => {
    if (depth === 2 && name === 'ssltest') tests++;
  });
  const titled = root?.attributes.get('title')?.startsWith('SSLScan') === true;
  if (root?.name === 'document' && (titled || tests > 0))
    return { confidence: 0.98, reason: `The root element is <document> of sslscan, with ${tests} <ssltest> in it.` };
  if (firstLines(head, 50).some((line) => TERMINAL_LINE.test(line.slice(0, 1000))))
    return { confidence: 0.9, reason: 'It is what sslscan shows on the terminal; its XML is another file.' };
  return { confidence: 0, reason: `The file begins with ${rootText(root?.name)}, not with <document> of sslscan.` };
}
