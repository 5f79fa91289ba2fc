import { collect, dumpLine, dumpRows } from '../../engine/formats/prometheus-tsdb/collect.ts';
import { folderFiles } from '../../engine/formats/prometheus-tsdb/folder-files.ts';
import { FieldCount, type Adapter } from '../adapter.ts';

/** Snapshots beside `promtool tsdb dump` of them: every row, to the last bit. */
export const prometheusTsdb: Adapter = {
  folders: ['prometheus-tsdb'],
  async compare(folder) {
    const comparisons = [];
    for (const oracle of folder.entries.filter((entry) => /\.dump\.txt(\.gz)?$/.test(entry))) {
      const file = oracle.replace(/\.dump\.txt(\.gz)?$/, '');
      if (!folder.entries.includes(file)) continue;
      const ours = dumpRows(await collect(await folderFiles(folder.path(file))));
      const theirs = folder.text(oracle).trimEnd().split('\n').map(dumpLine).sort();
      const count = new FieldCount(file, oracle);
      for (let i = 0; i < Math.max(ours.length, theirs.length); i++) {
        count.record();
        count.field(i + 1, 'row', ours[i], theirs[i]);
      }
      comparisons.push(count.result());
    }
    return comparisons;
  },
};
