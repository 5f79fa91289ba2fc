/** Reports of grype, a scanner for vulnerable packages. docs/formats/grype.md */
import type { Format, Recognition } from '../format.ts';
import { isJson } from '../framing/json-or-csv.ts';
import { alsoInUtf16 } from '../framing/utf16-text.ts';
import { keysIn, notReport } from '../scan-reports/recognise-report.ts';
import { ReportReader } from '../scan-reports/report-reader.ts';
import { grypeReport } from './report.ts';

export const grype: Format = alsoInUtf16({
  id: 'grype',
  title: 'grype report (JSON)',
  version: 1,
  framing: 'spans',
  streams: ['grype'],
  recognise,
  open: (sink, context) => new ReportReader(grypeReport, sink, context),
});

function recognise(head: Uint8Array): Recognition {
  if (isJson(head) !== true) return notReport('grype');
  const keys = keysIn(head);
  const begins = /^[^"]*"(?:matches|ignoredMatches|alertsByPackage|descriptor|distro|source)"/.test(
    Buffer.from(head.subarray(0, 4096)).toString('latin1'),
  );
  const telling = ['vulnerability', 'matchDetails', 'artifact', 'descriptor', 'distro', 'source'].filter((key) =>
    keys.has(key),
  );
  if (!begins || !keys.has('matches') || telling.length < 2) return notReport('grype');
  return { confidence: 0.97, reason: `The file has matches with ${telling.join(', ')}.` };
}
