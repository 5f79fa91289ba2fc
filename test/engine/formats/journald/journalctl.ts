/** The real tools: makes a journal from an export, and prints it. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const REMOTE = ['/lib/systemd/systemd-journal-remote', '/usr/lib/systemd/systemd-journal-remote'];

/** Why no journal can be made here; `undefined` when one can. */
export function journalToolsMissing(): string | undefined {
  try {
    execFileSync('journalctl', ['--version'], { stdio: 'pipe' });
  } catch {
    return 'journalctl is not installed, so nothing is compared with it (Debian package systemd).';
  }
  if (REMOTE.some((path) => existsSync(path))) return undefined;
  return 'systemd-journal-remote is not installed, so no journal is made (Debian package systemd-journal-remote).';
}

/** What `journalctl -o <output>` prints, for each output, of a journal made from entries in the export format. */
export function throughJournal(entries: Uint8Array, outputs: readonly string[]): ReadonlyMap<string, Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'fieldwork-journal-'));
  try {
    const journal = join(folder, 'made.journal');
    writeFileSync(join(folder, 'entries'), entries);
    const remote = REMOTE.find((path) => existsSync(path)) ?? '';
    execFileSync(remote, ['-o', journal, join(folder, 'entries')], { stdio: 'pipe' });
    return new Map(outputs.map((output) => [output, print(journal, output.split(' '))]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function print(journal: string, options: readonly string[]): Buffer {
  const args = ['--file', journal, '--no-pager', '--quiet', '-o', ...options];
  return execFileSync('journalctl', args, {
    maxBuffer: 256 * 1024 * 1024,
    env: { ...process.env, TZ: 'UTC', LC_ALL: 'C' },
  });
}
