/** Vulnerability and compliance scans by Nessus and Tenable's other products. docs/formats/nessus.md */
import type { Format, Recognition } from '../format.ts';
import { CsvParser } from '../framing/csv.ts';
import { firstByte } from '../framing/first-byte.ts';
import { HeadReader } from '../framing/head-reader.ts';
import { alsoInUtf16 } from '../framing/utf16-text.ts';
import { rootText, xmlRoot } from '../framing/xml-root.ts';
import { missingColumns, placesOf } from './csv-columns.ts';
import { NessusCsvReader } from './csv-reader.ts';
import { NessusXmlReader } from './xml-reader.ts';

export const nessus: Format = alsoInUtf16({
  id: 'nessus',
  title: 'Nessus scan (.nessus or CSV)',
  version: 1,
  framing: 'spans',
  streams: ['nessus'],
  recognise,
  open: (sink, context) =>
    new HeadReader((head) =>
      isXml(head) === false ? new NessusCsvReader(sink, context) : new NessusXmlReader(sink, context),
    ),
});

function recognise(head: Uint8Array): Recognition {
  return isXml(head) === true ? recogniseXml(head) : recogniseCsv(head);
}

function recogniseXml(head: Uint8Array): Recognition {
  let hosts = 0;
  const root = xmlRoot(head, ({ depth, name }) => {
    if (depth === 3 && name === 'ReportHost') hosts++;
  });
  if (root?.name !== 'NessusClientData_v2') {
    return { confidence: 0, reason: `The file begins with ${rootText(root?.name)}, not <NessusClientData_v2>.` };
  }
  const reason = `The root element is <NessusClientData_v2>, with ${hosts} hosts in the first ${head.length} bytes.`;
  return { confidence: 0.99, reason };
}

function recogniseCsv(head: Uint8Array): Recognition {
  let header: readonly string[] = [];
  const parser = new CsvParser({
    header: (row) => {
      header = row.fields;
      return false;
    },
    row: () => undefined,
  });
  parser.push(head);
  parser.finish();
  const places = placesOf(header);
  const missing = missingColumns(places);
  const telling = (['output', 'family', 'cvss3', 'cvss2', 'protocol', 'cve'] as const).filter(
    (column) => places[column].length > 0,
  );
  if (missing.length > 0 || telling.length < 3)
    return {
      confidence: 0,
      reason: `The header has no column for ${missing.join(' and ') || 'plugin output, family, CVE'}.`,
    };
  const reason = `The header has columns for plugin, name, severity, host and ${telling.join(', ')}.`;
  return { confidence: 0.95, reason };
}

/** XML begins with a sign that no header of a table has. `undefined` when there is only white space so far. */
function isXml(head: Uint8Array): boolean | undefined {
  const first = firstByte(head);
  return first === undefined ? undefined : first === 0x3c;
}
