/** Reports of Lynis audits (lynis-report.dat). docs/formats/lynis.md */
import type { Format, Recognition } from '../format.ts';
import { firstLines } from '../framing/lines.ts';
import { readLine } from './line.ts';
import { otherOutput } from './other-output.ts';
import { LynisReader } from './reader.ts';

export const lynis: Format = {
  id: 'lynis',
  title: 'Lynis audit report (report.dat)',
  version: 1,
  framing: 'spans',
  streams: ['lynis'],
  recognise,
  open: (sink, context) => new LynisReader(sink, context),
};

const telling: ReadonlySet<string> = new Set([
  ...['lynis_version', 'report_version_major', 'report_datetime_start', 'hardening_index', 'tests_executed'],
  ...['lynis_tests_done', 'suggestion[]', 'warning[]', 'test_category', 'plugin_directory'],
]);

function recognise(head: Uint8Array): Recognition {
  const lines = firstLines(head, 100);
  const other = lines
    .slice(0, 5)
    .map(otherOutput)
    .find((what) => what !== undefined);
  // Claimed so that the import can say which file is needed instead.
  if (other !== undefined)
    return { confidence: 0.9, reason: `It begins as ${other} of Lynis does; its report is another file.` };
  const told = new Set<string>();
  let keyed = 0;
  for (const line of lines) {
    const key = readLine(line)?.key;
    if (key !== undefined || line.startsWith('#')) keyed++;
    if (key !== undefined && telling.has(key)) told.add(key);
  }
  const titled = lines[0]?.startsWith('# Lynis Report') === true;
  const sure = titled || (told.has('lynis_version') && told.size >= 2) || told.size >= 4;
  const reason = `${keyed} of the first ${lines.length} lines are key=value, with ${told.size} keys that Lynis writes.`;
  return { confidence: sure && lines.length > 0 ? 0.98 * (keyed / lines.length) : 0, reason };
}
