/** Results of static analysis and of scanners in SARIF 2.1.0. docs/formats/sarif.md */
import type { Format, Recognition } from '../format.ts';
import { isJson } from '../framing/json-or-csv.ts';
import { alsoInUtf16 } from '../framing/utf16-text.ts';
import { keysIn, notReport } from '../scan-reports/recognise-report.ts';
import { ReportReader } from '../scan-reports/report-reader.ts';
import { sarifReport } from './report.ts';

export const sarif: Format = alsoInUtf16({
  id: 'sarif',
  title: 'SARIF 2.1.0 results (JSON)',
  version: 1,
  framing: 'spans',
  streams: ['sarif'],
  recognise,
  open: (sink, context) => new ReportReader(sarifReport, sink, context),
});

function recognise(head: Uint8Array): Recognition {
  if (isJson(head) !== true) return notReport('a SARIF tool');
  const beginning = Buffer.from(head.subarray(0, 4096)).toString('latin1');
  const keys = keysIn(head);
  const schema = /"\$schema"\s*:\s*"[^"]*sarif[^"]*"/i.test(beginning);
  const begins = /^[^"]*"(?:\$schema|version|runs|inlineExternalProperties|properties)"/.test(beginning);
  if (!begins || !keys.has('runs') || !(schema || keys.has('driver'))) return notReport('a SARIF tool');
  const tool = /"driver"\s*:\s*\{[^{}]*?"name"\s*:\s*"([^"\\]{1,60})"/.exec(Buffer.from(head).toString('latin1'))?.[1];
  const reason = `The file is a SARIF log${tool === undefined ? '' : ` of ${tool}`}${schema ? ', by its schema' : ''}.`;
  return { confidence: 0.97, reason };
}
