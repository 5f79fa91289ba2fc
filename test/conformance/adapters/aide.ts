import { aide as format } from '../../../engine/formats/aide/aide.ts';
import type { Collected } from '../../engine/formats/collect-rows.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { asMicros, asText } from '../normal.ts';
import { memberAt, readEvidence } from '../reading.ts';

/** Reports of AIDE as text, and as JSON, beside a report of the same check as JSON, read by JSON.parse. */
export const aide: Adapter = {
  folders: ['aide'],
  compare: (folder) =>
    Promise.resolve(
      folder.entries
        .filter((entry) => entry.endsWith('.json') && memberAt(folder.json(entry), 'aide_version') !== undefined)
        .flatMap((oracle) => textsOf(folder, oracle).map((file) => compareReport(folder, file, oracle))),
    ),
};

/** Reports whose start and counts are those of the JSON, that one included. */
function textsOf(folder: CorpusFolder, oracle: string): readonly string[] {
  const report = folder.json(oracle);
  const start = `Start timestamp: ${String(memberAt(report, 'start_time'))}`;
  const outline = String(memberAt(report, 'outline'));
  const counts = ['added', 'removed', 'changed'].map((name) => memberAt(report, 'number_of_entries', name));
  const hasCounts = (text: string): boolean =>
    counts.every((count) => count === undefined || new RegExp(`entries:\\s+${String(count)}\\n`).test(text));
  const texts = folder.entries
    .filter((entry) => entry.endsWith('.txt'))
    .filter((entry) => {
      const text = folder.text(entry);
      // One damaged byte is to be noticed, so the start counts for less than the end.
      return (
        (text.includes(start) || text.includes(start.replace('Start', 'End'))) &&
        text.includes(outline) &&
        hasCounts(text)
      );
    });
  return [...texts, oracle];
}

function compareReport(folder: CorpusFolder, file: string, oracle: string): Comparison {
  const { all } = readEvidence(format, folder, file);
  const report = folder.json(oracle);
  const count = new FieldCount(file, oracle);
  const scan = all.rows('scans')[0];
  count.field(0, 'rejects', all.rejects.length, 0);
  count.field(0, 'version', scan?.['version'], memberAt(report, 'aide_version'));
  count.field(0, 'started', scan?.['started'], timeOf(report, 'start_time'));
  count.field(0, 'finished', scan?.['finished'], timeOf(report, 'end_time'));
  for (const kind of ['added', 'removed', 'changed']) compareKind(count, all, { kind, report });
  return count.result();
}

/** `2026-11-21 06:40:13 +0000`, without the space before the offset. */
function timeOf(report: unknown, name: string): unknown {
  return asMicros(String(memberAt(report, name)).replace(/ (?=[+-]\d{4}$)/, ''));
}

function compareKind(count: FieldCount, all: Collected, { kind, report }: { kind: string; report: unknown }): void {
  const rows = all.rows('file_changes').filter(({ change }) => change === kind);
  const theirs = memberAt(report, kind);
  const paths = Array.isArray(theirs) ? theirs.map(String) : Object.keys((theirs ?? {}) as object);
  count.field(0, kind, rows.length, memberAt(report, 'number_of_entries', kind) ?? 0);
  paths.forEach((path, index) => {
    count.record();
    const row = rows.find((each) => each['path'] === path);
    count.field(index + 1, `${kind} path`, row?.['path'], path);
    const attributes = row?.['attributes'];
    const details = memberAt(report, 'details', path);
    // Texts of lower levels, and of others than base64, say less or other things.
    if (typeof attributes === 'string' && kind === 'changed')
      compareAttributes(count, index + 1, { attributes, details });
  });
}

function compareAttributes(
  count: FieldCount,
  at: number,
  { attributes, details }: { attributes: string; details: unknown },
): void {
  const ours = JSON.parse(attributes) as unknown;
  for (const name of Object.keys((details ?? {}) as object))
    for (const side of ['old', 'new']) {
      const [a, b] = [ours, details].map((each) => memberAt(each, name, side));
      const isSum = /^[0-9a-f]{32,}$/.test(String(a)) && typeof b === 'string';
      count.field(at, `${name} ${side}`, a, isSum ? Buffer.from(b, 'base64').toString('hex') : asText(b));
    }
}
