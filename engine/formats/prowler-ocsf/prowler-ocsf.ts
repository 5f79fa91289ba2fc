/** Findings of Prowler: OCSF, the JSON of version 3, CSV. docs/formats/prowler-ocsf.md */
import { JsonResultsReader } from '../check-results/json-results.ts';
import { recogniseResults } from '../check-results/recognise-results.ts';
import type { Format, Recognition } from '../format.ts';
import { isJson, JsonOrCsvReader } from '../framing/json-or-csv.ts';
import { asTextFile } from '../framing/text-file.ts';
import { isProwlerFinding, prowlerFiles, ProwlerFindings } from './json-findings.ts';
import { ProwlerTableReader, recogniseProwlerTable } from './table.ts';

export const prowlerOcsf: Format = asTextFile({
  id: 'prowler-ocsf',
  title: 'Prowler findings (OCSF, JSON, CSV)',
  version: 1,
  framing: 'spans',
  streams: ['prowler'],
  recognise,
  open: (sink, context) =>
    new JsonOrCsvReader({
      json: () => new JsonResultsReader(new ProwlerFindings(sink, context), sink, context),
      csv: () => new ProwlerTableReader(sink, context),
    }),
});

function recognise(head: Uint8Array): Recognition {
  if (isJson(head) !== true) return recogniseProwlerTable(head);
  return recogniseResults(head, {
    files: prowlerFiles,
    isResult: isProwlerFinding,
    signs: 'a class of findings and Prowler as their product',
    telling: ['class_uid', 'finding_info', 'status_code', 'Prowler'],
  });
}
