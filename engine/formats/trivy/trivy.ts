/** Reports of trivy, a scanner of images, file systems, repositories and clusters. docs/formats/trivy.md */
import type { Format, Recognition } from '../format.ts';
import { isJson } from '../framing/json-or-csv.ts';
import { alsoInUtf16 } from '../framing/utf16-text.ts';
import { keysIn, notReport } from '../scan-reports/recognise-report.ts';
import { ReportReader } from '../scan-reports/report-reader.ts';
import { trivyReport } from './report.ts';

export const trivy: Format = alsoInUtf16({
  id: 'trivy',
  title: 'trivy report (JSON)',
  version: 1,
  framing: 'spans',
  streams: ['trivy'],
  recognise,
  open: (sink, context) => new ReportReader(trivyReport, sink, context),
});

const BEGINS =
  /^[^"]*"(?:SchemaVersion|Trivy|ReportID|CreatedAt|ArtifactID|ArtifactName|ArtifactType|Metadata|Results|ClusterName|Target|Class)"/;

function recognise(head: Uint8Array): Recognition {
  if (isJson(head) !== true) return notReport('trivy');
  const keys = keysIn(head);
  if (!BEGINS.test(Buffer.from(head.subarray(0, 4096)).toString('latin1'))) return notReport('trivy');
  const has = (...names: readonly string[]): boolean => names.every((name) => keys.has(name));
  const result = has('Target') && ['Class', 'Type', 'Vulnerabilities'].some((name) => keys.has(name));
  const kind = has('SchemaVersion', 'ArtifactName')
    ? 'a report with SchemaVersion and ArtifactName'
    : has('ClusterName') &&
        ['Resources', 'Vulnerabilities', 'Misconfigurations', 'Findings'].some((name) => keys.has(name))
      ? 'a report on a cluster'
      : result
        ? 'results with Target and their class'
        : undefined;
  return kind === undefined ? notReport('trivy') : { confidence: 0.97, reason: `The file has ${kind}.` };
}
