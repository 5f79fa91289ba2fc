import { dumpLine } from '../prometheus-tsdb/collect.ts';
import { dump, makeBlocks, withFolder } from '../prometheus-tsdb/promtool.ts';

/** The samples of an OpenMetrics text without its `# EOF` as promtool has them, sorted. Fails on a text it refuses. */
export async function promtoolDump(text: string): Promise<readonly string[]> {
  return withFolder(async (folder) => {
    makeBlocks(folder, text);
    return (await dump(folder)).map(dumpLine).sort();
  });
}
