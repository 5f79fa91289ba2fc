/** Results of Powerpipe and Steampipe: JSON, CSV, snapshots. docs/formats/powerpipe.md */
import { JsonResultsReader } from '../check-results/json-results.ts';
import { recogniseResults } from '../check-results/recognise-results.ts';
import type { Format, Recognition } from '../format.ts';
import { isJson, JsonOrCsvReader } from '../framing/json-or-csv.ts';
import { asTextFile } from '../framing/text-file.ts';
import { isRun, powerpipeFiles, PowerpipeRuns } from './json-runs.ts';
import { recogniseRunTable, RunTableReader } from './table.ts';

export const powerpipe: Format = asTextFile({
  id: 'powerpipe',
  title: 'Powerpipe and Steampipe results (JSON, CSV, snapshot)',
  version: 1,
  framing: 'spans',
  streams: ['powerpipe'],
  recognise,
  open: (sink, context) =>
    new JsonOrCsvReader({
      json: () => new JsonResultsReader(new PowerpipeRuns(sink, context), sink, context),
      csv: () => new RunTableReader(sink, context),
    }),
});

function recognise(head: Uint8Array): Recognition {
  if (isJson(head) !== true) return recogniseRunTable(head);
  const groups = recogniseResults(head, {
    files: powerpipeFiles,
    isResult: isRun,
    signs: 'a group_id, a control_id or the panels of a snapshot',
    telling: ['group_id', 'summary', 'alarm'],
  });
  if (groups.confidence > 0) return groups;
  return recogniseResults(head, {
    files: powerpipeFiles,
    isResult: isRun,
    signs: 'the panels of a snapshot',
    telling: ['panels', 'panel_type', 'layout', 'control'],
  });
}
