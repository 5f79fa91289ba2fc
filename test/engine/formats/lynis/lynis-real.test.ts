import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { lynis } from '../../../../engine/formats/lynis/lynis.ts';
import { collectRows } from '../collect-rows.ts';

const tool = '/usr/sbin/lynis';

it('reads the report of an audit of this host that runs one test', { timeout: 120_000 }, async ({ skip }) => {
  if (!existsSync(tool)) skip(`${tool} is not installed, so no real audit can be read`);
  const folder = mkdtempSync(join(tmpdir(), 'lynis-'));
  try {
    const file = join(folder, 'report.dat');
    const before = Date.now();
    const options = [
      '--quick',
      '--no-colors',
      '--tests',
      'AUTH-9262',
      '--report-file',
      file,
      '--logfile',
      join(folder, 'log'),
    ];
    const run = await promisify(execFile)(tool, ['audit', 'system', ...options], {
      timeout: 110_000,
      env: { ...process.env, TZ: 'UTC' },
    }).catch((error: { stdout: string }) => error);
    if (!existsSync(file)) skip(`lynis wrote no report here: ${run.stdout.slice(0, 200)}`);
    const bytes = readFileSync(file);
    expect(lynis.recognise(bytes.subarray(0, 65_536)).confidence).toBeGreaterThan(0.9);
    const read = collectRows(lynis, bytes);
    expect(read.rejects).toEqual([]);
    const [scan] = read.rows('scans');
    expect(scan).toMatchObject({ tool: 'lynis', completed: true, score_most: 100 });
    expect(String(scan?.['targets']).split('.')[0]).toBe(hostname().split('.')[0]);
    expect(Number(scan?.['started']) / 1000).toBeGreaterThanOrEqual(before - 1000);
    expect(Number(scan?.['finished']) / 1000).toBeLessThanOrEqual(Date.now());
    const tested = read.rows('config_checks').filter(({ rule_id }) => rule_id === 'AUTH-9262');
    expect(tested.length).toBeGreaterThan(0);
    expect(tested.every(({ status_text }) => status_text !== 'skipped')).toBe(true);
    expect(scan?.['excluded']).toContain('AUTH-9328');
    const log = readFileSync(join(folder, 'log'));
    expect(collectRows(lynis, log).problem?.message).toMatch(/^The file is the log of Lynis/);
    expect(collectRows(lynis, run.stdout).problem?.message).toMatch(/^The file is the terminal output of Lynis/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
