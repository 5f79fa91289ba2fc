import type { Recognition } from '../format.ts';
import { JsonRecordScanner } from '../framing/json-records.ts';
import { firstLines } from '../framing/lines.ts';
import { isReport, isReportLine } from './json-document.ts';
import { reportFiles } from './json-reader.ts';
import { readLine } from './line.ts';

/** True for a file that begins as JSON does; a prompt may begin with a bracket as well, `[root@web-1 ~]# aide --check`. */
export function beginsAsJson(head: Uint8Array): boolean {
  const text = Buffer.from(head.subarray(0, 4096)).toString('latin1');
  return /^(?:\xef\xbb\xbf)?\s*(?:\{\s*(?:["}]|$)|\[\s*(?:[[{\]]|$))/.test(text);
}

/** By an outline or a start that only AIDE writes, in text or JSON. */
export function recogniseAide(head: Uint8Array): Recognition {
  return beginsAsJson(head) ? recogniseJson(head) : recogniseText(head);
}

function recogniseText(head: Uint8Array): Recognition {
  const lines = firstLines(head, 200);
  const found = lines.map(readLine).filter((line) => line !== undefined);
  const outlines = found.filter(({ kind }) => kind === 'outline').length;
  const starts = found.filter((line) => line.kind === 'start' && line.version !== undefined).length;
  const entries = found.filter(({ kind }) => kind === 'entry').length;
  const reason = `Of the first ${lines.length} lines ${outlines} say what AIDE found, ${starts} when it began, and ${entries} name files.`;
  if (outlines + starts === 0 || lines.length === 0) return { confidence: 0, reason };
  // Among many lines of another kind it is a text that quotes a report; the details of one are not counted here.
  const nearTop = lines
    .slice(0, 60)
    .map(readLine)
    .some((line) => line?.kind === 'outline' || line?.kind === 'start');
  return { confidence: nearTop ? 0.97 : 0, reason };
}

function recogniseJson(head: Uint8Array): Recognition {
  let records = 0;
  let reports = 0;
  const scanner = new JsonRecordScanner(reportFiles, {
    record: ({ value }) => {
      records++;
      if (isReport(value) || (isReportLine(value) && tells(value))) reports++;
    },
    damaged: (byte, bytes) => {
      if (byte + bytes.length < head.length) records++;
    },
  });
  scanner.push(head);
  scanner.finish();
  if (records === 0) return recogniseLong(head);
  const reason = `${reports} of the first ${records} JSON records are reports of AIDE, or lines of one.`;
  return { confidence: reports * 2 <= records ? 0 : (0.98 * reports) / records, reason };
}

/** Types such as "change" are words that others use too; lines of AIDE name a path. */
function tells(value: Readonly<Record<string, unknown>>): boolean {
  const { type, ...members } = value;
  const names = Object.keys(members);
  if (type === 'startup') return names.includes('aide_version');
  if (type === 'shutdown') return names.includes('run_time_seconds');
  if (type === 'outline') return String(members['outline']).startsWith('AIDE');
  if (type === 'number_of_entries') return names.includes('total');
  return (
    names.length > 0 && names.every((name) => name.startsWith('/') || type === 'config' || type === 'new_database')
  );
}

/** One report fills the head. */
function recogniseLong(head: Uint8Array): Recognition {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  const names = ['start_time', 'aide_version', 'outline', 'number_of_entries'];
  const found = names.filter((name) => text.includes(`"${name}"`)).length;
  const reason = `No complete JSON record in the first ${head.length} bytes; ${found} of ${names.length} names of a report of AIDE.`;
  return { confidence: found === names.length || text.includes('"outline": "AIDE ') ? 0.95 : 0, reason };
}
