/** The real tool: makes blocks from OpenMetrics text, and prints what is in them. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LARGEST_OUTPUT = 1024 * 1024 * 1024;

/** Why promtool cannot be used here; `undefined` when it can. */
export function promtoolMissing(): string | undefined {
  try {
    execFileSync('promtool', ['--version'], { stdio: 'pipe' });
    return undefined;
  } catch {
    return 'promtool is not installed, so nothing is compared with it (Debian package prometheus).';
  }
}

/** Runs with a folder of its own, which is removed afterwards. */
export async function withFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'fieldwork-tsdb-'));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Adds blocks made from OpenMetrics text (without its `# EOF`) to a folder. */
export function makeBlocks(folder: string, text: string): void {
  const source = `${folder}.om`;
  writeFileSync(source, `${text}# EOF\n`);
  execFileSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', source, folder], { stdio: 'pipe' });
  rmSync(source);
}

/** Lines of `promtool tsdb dump`. A sample has one line, also when a label has a line end: it is written escaped. */
export function dump(folder: string, match?: string): Promise<string[]> {
  return withFolder(async (copy) => {
    cpSync(folder, copy, { recursive: true });
    // This tool refuses a folder without a log of the last hours.
    mkdirSync(join(copy, 'wal'), { recursive: true });
    const selection = match === undefined ? [] : [`--match=${match}`];
    const text = execFileSync('promtool', ['tsdb', 'dump', ...selection, copy], {
      maxBuffer: LARGEST_OUTPUT,
      stdio: ['ignore', 'pipe', 'pipe'],
    }).toString('utf8');
    return text === '' ? [] : text.trimEnd().split('\n');
  });
}
