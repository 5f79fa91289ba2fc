import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sarif } from '../../../../engine/formats/sarif/sarif.ts';
import { collectRows } from '../collect-rows.ts';
import { takenAt } from '../scan-reports/hold-up.ts';

function isInstalled(): boolean {
  try {
    execFileSync('flawfinder', ['--version'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

it('reads what flawfinder says of a file with a known flaw', ({ skip }) => {
  if (!isInstalled()) skip('flawfinder is not installed (Debian package flawfinder), so no log of it can be read');
  const folder = mkdtempSync(join(tmpdir(), 'fieldwork-flawfinder-'));
  try {
    writeFileSync(join(folder, 'copy.c'), '#include <string.h>\nvoid f(char *a) {\n  char b[4];\n  strcpy(b, a);\n}\n');
    const output = execFileSync('flawfinder', ['--sarif', 'copy.c'], { cwd: folder, stdio: 'pipe' });
    const read = collectRows(sarif, output, { takenAt });
    expect(read.rejects).toEqual([]);
    expect(read.rows('scans')).toMatchObject([{ tool: 'flawfinder', completed: true }]);
    const copy = read.rows('config_checks').find((row) => String(row['detail']).includes('strcpy'));
    expect(copy).toMatchObject({ status: 'fail', severity: 'error', resource: 'copy.c' });
    expect(copy?.['detail']).toContain('(line 4)');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
