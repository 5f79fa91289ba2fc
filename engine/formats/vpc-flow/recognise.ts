import type { Recognition } from '../format.ts';
import { CsvParser } from '../framing/csv.ts';
import { JsonRecordScanner } from '../framing/json-records.ts';
import { firstLines } from '../framing/lines.ts';
import { FlowLayout } from './flow-layout.ts';
import { readFlow } from './flow-rows.ts';
import { FlowNotes, type FlowSource } from './flow-source.ts';
import { jsonFlow, scannerOptions } from './json-flow.ts';
import { openParquet } from './parquet-file.ts';
import { isFlowLog } from './parquet-flow.ts';
import { shapeOf } from './shape.ts';
import { TextRecords } from './text-records.ts';

const LINES = 200;
const no = (reason: string): Recognition => ({ confidence: 0, reason });
const silent = new FlowNotes(() => undefined);

/** How much of the head is flow log records. A Parquet file shows what it is only at its end. */
export function recogniseVpcFlow(head: Uint8Array): Recognition {
  switch (shapeOf(head, true)) {
    case 'parquet':
      return recogniseParquet(head);
    case 'json':
      return recogniseJson(head);
    case 'csv':
      return recogniseCsv(head);
    case 'lines':
      return recogniseLines(head);
    default:
      return no('The file is not UTF-8 text.');
  }
}

function isRecord(source: FlowSource | string): boolean {
  return typeof source !== 'string' && typeof readFlow(source, { system: undefined, notes: silent }) !== 'string';
}

function recogniseLines(head: Uint8Array): Recognition {
  const records = new TextRecords(silent, undefined);
  let count = 0;
  let read = 0;
  let names = 0;
  for (const line of firstLines(head, LINES)) {
    if (line.length > 8192) return no('The lines are longer than those of a flow log.');
    const record = records.read(line);
    if (record === 'header') {
      names = Math.max(names, line.trim().split(/\s+/).length);
      continue;
    }
    count++;
    if (isRecord(record)) read++;
  }
  const headers = records.headers === 0 ? '' : ' A header line names fields of a flow log.';
  const reason = `${read} of the first ${count} lines are records of a flow log.${headers}`;
  // A header alone: few words can be names by chance.
  if (count === 0) return { confidence: names >= 4 ? 0.9 : 0, reason };
  return { confidence: read * 2 > count ? (0.98 * read) / count : 0, reason };
}

function recogniseJson(head: Uint8Array): Recognition {
  const lines = new TextRecords(silent, undefined);
  let count = 0;
  let read = 0;
  const scanner = new JsonRecordScanner(scannerOptions, {
    record: (record) => {
      count++;
      if (isRecord(jsonFlow(record, lines))) read++;
    },
    damaged: (byte, bytes) => {
      if (byte + bytes.length < head.length) count++;
    },
  });
  scanner.push(head);
  scanner.finish();
  const reason = `${read} of the first ${count} JSON records are records of a flow log.`;
  return { confidence: read * 2 > count ? (0.97 * read) / count : 0, reason };
}

function recogniseCsv(head: Uint8Array): Recognition {
  let layout: FlowLayout | string = 'no header';
  let fields: readonly string[] = [];
  const parser = new CsvParser({
    header: (row) => {
      fields = row.fields.map((name) => name.trim());
      layout = FlowLayout.of(fields);
      return false;
    },
    row: () => undefined,
  });
  parser.push(head);
  parser.finish();
  const found = layout as FlowLayout | string;
  if (typeof found === 'string') return no(`The header is not that of a flow log: ${found}`);
  const known = fields.length - found.unknown.length;
  const reason = `${known} of ${fields.length} header columns are fields of a flow log.`;
  return { confidence: isFlowLog(found) && known >= 4 ? 0.9 * (known / fields.length) : 0, reason };
}

function recogniseParquet(head: Uint8Array): Recognition {
  const parquet = openParquet(head);
  // A larger file has its footer beyond the head.
  if ('kind' in parquet)
    return {
      confidence: 0.5,
      reason: 'A Parquet file; whether its columns are those of a flow log stands at its end.',
    };
  const layout = FlowLayout.of(parquet.columns.map(({ name }) => name));
  if (typeof layout === 'string' || !isFlowLog(layout))
    return no('A Parquet file whose columns are not those of a flow log.');
  return {
    confidence: 0.97,
    reason: `A Parquet file; ${layout.names.length - layout.unknown.length} of its ${layout.names.length} columns are fields of a flow log.`,
  };
}
