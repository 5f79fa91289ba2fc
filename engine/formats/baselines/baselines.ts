/** Configuration as it was approved: a saved export of config_items with who approved it. docs/formats/baselines.md */
import type { Format } from '../format.ts';
import { CsvTableReader, recogniseTable } from '../framing/csv-table.ts';
import { isJson, JsonOrCsvReader } from '../framing/json-or-csv.ts';
import { alsoInUtf16 } from '../framing/utf16-text.ts';
import { baselineTable } from './columns.ts';
import { JsonBaselineReader, recogniseJsonBaselines } from './json-baselines.ts';

export const baselines: Format = alsoInUtf16({
  id: 'baselines',
  title: 'Approved configuration (CSV, or JSON lines)',
  version: 2,
  framing: 'spans',
  streams: [],
  recognise: (head) => (isJson(head) ? recogniseJsonBaselines(head) : recogniseTable(baselineTable('UTC'), head)),
  open: (sink, context) =>
    new JsonOrCsvReader({
      json: () => new JsonBaselineReader(sink, context),
      csv: () => new CsvTableReader(baselineTable(context.zone), sink, context),
    }),
});
