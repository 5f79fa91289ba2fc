/**
 * Layer 2c, the label index: the values of each label name. Nothing is taken from it, since servers no longer use it;
 * its checksums are checked, because a block is evidence as a whole. docs/formats/prometheus-tsdb/index.md
 */
import { ByteCursor } from './cursor.ts';
import { damaged } from './damage.ts';
import type { IndexFile } from './index-sections.ts';
import { walkOffsetTable } from './postings.ts';

/** Checks the label offset table and each section it names. An index without one (newer servers) is right too. */
export async function checkLabelIndex(index: IndexFile): Promise<void> {
  const at = index.toc.labelIndexTable;
  // Newer servers write neither, and let both places point to what follows.
  if (at === 0 || at === index.toc.postingsTable) return;
  const window = index.window();
  const table = await index.section(window, at, 'Label offset table');
  await walkOffsetTable(index, table, 1, async ({ offset, keys }) => {
    const what = `Label index of ${JSON.stringify(keys[0])}`;
    const { from, to } = await index.section(window, offset, what);
    await window.load(from, Math.min(from + 8, to), what);
    const { bytes, base } = window;
    const cursor = new ByteCursor(index.name, bytes, from - base, Math.min(from + 8, to) - base, base);
    const names = cursor.u32();
    const entries = cursor.u32();
    if (names !== 1 || to - from !== 8 + 4 * entries)
      damaged(index.name, offset, `${what}: ${entries} entries of ${names} names do not take ${to - from} bytes.`);
  });
}
