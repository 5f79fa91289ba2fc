import { tripwire as format } from '../../../engine/formats/tripwire/tripwire.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { readEvidence } from '../reading.ts';

/**
 * One report of Tripwire printed at several levels: those of 2 and higher beside the names of level 1, and beside the
 * counts of level 0. Level 1 has no time and no host.
 */
export const tripwire: Adapter = {
  folders: ['tripwire'],
  compare: (folder) => Promise.resolve([...compareNames(folder), ...compareCounts(folder)]),
};

const LEVEL_1 = /^(Added|Removed|Modified):\t"(.*)"$/gm;
const LEVEL_0 = /^TWReport (\S+) (\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d) V:(\d+) S:(\d+) A:(\d+) R:(\d+) C:(\d+)$/m;
const words: Readonly<Record<string, string>> = { Added: 'added', Removed: 'removed', Modified: 'changed' };

/** Reports that count as many violations as the oracle has. */
function reportsOf(folder: CorpusFolder, violations: number): readonly string[] {
  return folder.entries
    .filter((entry) => entry.endsWith('.txt'))
    .filter((entry) => new RegExp(`^Total violations found: +${violations}$`, 'm').test(folder.text(entry)));
}

function compareNames(folder: CorpusFolder): readonly Comparison[] {
  return folder.entries.flatMap((oracle) => {
    const names = oracle.endsWith('.txt') ? [...folder.text(oracle).matchAll(LEVEL_1)] : [];
    if (names.length === 0) return [];
    return reportsOf(folder, names.length).map((file) => {
      const { all } = readEvidence(format, folder, file);
      const count = new FieldCount(file, oracle);
      count.field(0, 'rejects', all.rejects.length, 0);
      names.forEach(([, word = '', path], index) => {
        count.record();
        const row = all.rows('file_changes')[index];
        count.field(index + 1, 'change', row?.['change'], words[word]);
        count.field(index + 1, 'path', row?.['path'], path);
      });
      return count.result();
    });
  });
}

function compareCounts(folder: CorpusFolder): readonly Comparison[] {
  return folder.entries.flatMap((oracle) => {
    const found = oracle.endsWith('.txt') ? LEVEL_0.exec(folder.text(oracle)) : null;
    if (!found) return [];
    const [host, year, month, day, hour, minute, second, violations, severity, ...counts] = found.slice(1);
    const created = BigInt(Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)) * 1000n;
    return [...reportsOf(folder, Number(violations)), oracle].map((file) => {
      const { all } = readEvidence(format, folder, file);
      const count = new FieldCount(file, oracle);
      count.record();
      const scan = all.rows('scans')[0];
      const target = all.rows('scan_targets').find(({ state }) => state === 'up');
      count.field(1, 'host', target?.['system'], host);
      count.field(1, 'time', scan?.['started'], created);
      count.field(1, 'completed', scan?.['completed'], true);
      if (file === oracle) return count.result();
      const changes = all.rows('file_changes');
      count.field(1, 'violations', changes.length, Number(violations));
      count.field(1, 'severity', Math.max(...changes.map((row) => Number(row['severity']))), Number(severity));
      ['added', 'removed', 'changed'].forEach((kind, at) =>
        count.field(1, kind, changes.filter(({ change }) => change === kind).length, Number(counts[at])),
      );
      return count.result();
    });
  });
}
