/** Findings of testssl.sh, which tests what an endpoint offers in TLS. docs/formats/testssl.md */
import type { Format, Recognition } from '../format.ts';
import { recogniseResults } from '../check-results/recognise-results.ts';
import { CsvParser } from '../framing/csv.ts';
import { isJson, JsonOrCsvReader } from '../framing/json-or-csv.ts';
import { firstLines } from '../framing/lines.ts';
import { alsoInUtf16 } from '../framing/utf16-text.ts';
import { keysIn } from '../scan-reports/recognise-report.ts';
import { isObject } from '../scan-reports/values.ts';
import { TestsslCsvReader } from './csv-reader.ts';
import { TestsslJsonReader } from './json-reader.ts';

export const testssl: Format = alsoInUtf16({
  id: 'testssl',
  title: 'testssl.sh findings (JSON, CSV)',
  version: 1,
  framing: 'spans',
  streams: ['testssl'],
  recognise,
  open: (sink, context) =>
    new JsonOrCsvReader({
      json: () => new TestsslJsonReader(sink, context),
      csv: () => new TestsslCsvReader(sink, context),
    }),
});

const TELLING = ['id', 'ip', 'port', 'severity', 'finding'];

function recognise(head: Uint8Array): Recognition {
  if (isJson(head) !== true) return recogniseCsv(head);
  const keys = keysIn(head);
  if (keys.has('scanResult') && (keys.has('Invocation') || keys.has('startTime')))
    return { confidence: 0.98, reason: 'The file has scanResult and Invocation, as testssl writes them.' };
  return recogniseResults(head, {
    files: { lists: [], firstKeys: ['id'] },
    isResult: (value) => isObject(value) && TELLING.every((name) => Object.hasOwn(value, name)),
    signs: `${TELLING.join(', ')}, as testssl writes them`,
    telling: ['scanResult', 'targetHost', 'severity', 'finding'],
  });
}

function recogniseCsv(head: Uint8Array): Recognition {
  // Start 2026-11-21 06:37:30 -->> 192.0.2.1:443 (www.example.test) <<--
  if (firstLines(head, 60).some((line) => /Start \d{4}-\d\d-\d\d [\d:]+ +-->> /.test(line.slice(0, 500))))
    return { confidence: 0.9, reason: 'It is what testssl shows on the terminal; its JSON is another file.' };
  let header: readonly string[] = [];
  const parser = new CsvParser({
    header: ({ fields }) => {
      header = fields.map((name) => name.trim().toLowerCase());
      return false;
    },
    row: () => undefined,
  });
  parser.push(head);
  parser.finish();
  const has = ['id', 'port', 'severity', 'finding'].every((name) => header.includes(name));
  if (has && (header.includes('fqdn/ip') || header.includes('ip')))
    return { confidence: 0.98, reason: 'The header is the one of testssl: id, fqdn/ip, port, severity, finding.' };
  return { confidence: 0, reason: 'The header is not the one of testssl: id, fqdn/ip, port, severity, finding.' };
}
