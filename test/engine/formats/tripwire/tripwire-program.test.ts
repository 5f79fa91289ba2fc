/** The real programs: they check a folder that was changed, and print the report at each level. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tripwire } from '../../../../engine/formats/tripwire/tripwire.ts';
import { collectRows, type Collected } from '../collect-rows.ts';
import { attributesOf, changesOf } from '../integrity-checks.ts';

function tripwireMissing(): string | undefined {
  try {
    for (const program of ['tripwire', 'twadmin', 'twprint']) execFileSync(program, ['--version'], { stdio: 'pipe' });
    return undefined;
  } catch {
    return 'tripwire is not installed, so none of its reports is read as it comes (Debian package tripwire).';
  }
}

const missing = tripwireMissing();
if (missing !== undefined) process.stdout.write(`Left out: ${missing}\n`);

describe.skipIf(missing !== undefined)('tripwire, of a folder in which files changed', () => {
  let folder = '';
  let checked = '';

  function run(program: string, ...options: readonly string[]): string {
    const { stdout, stderr, status } = spawnSync(program, options, { cwd: folder, env: { ...process.env, TZ: 'UTC' } });
    if (status === null || status >= 8) throw new Error(`${program}: ${stderr.toString()}`);
    return stdout.toString();
  }

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fieldwork-tripwire-'));
    mkdirSync(join(folder, 'tree'));
    for (const name of ['kept', 'changed', 'removed', 'opened']) writeFileSync(join(folder, 'tree', name), `${name}\n`);
    const config = {
      ROOT: folder,
      POLFILE: 'tw.pol',
      DBFILE: 'tw.twd',
      REPORTFILE: 'tw.twr',
      SITEKEYFILE: 'site.key',
      LOCALKEYFILE: 'local.key',
    };
    const lines = Object.entries(config).map(
      ([name, value]) => `${name}=${value.startsWith('/') ? value : join(folder, value)}`,
    );
    writeFileSync(join(folder, 'tw.txt'), `${lines.join('\n')}\nEDITOR=/bin/true\n`);
    writeFileSync(
      join(folder, 'policy.txt'),
      `(rulename = "The tree", severity = 77) { ${folder}/tree -> $(ReadOnly) ; }\n`,
    );
    run('twadmin', '--generate-keys', '-S', 'site.key', '-L', 'local.key', '-P', '', '-Q', '');
    run('twadmin', '--create-cfgfile', '-c', 'tw.cfg', '-S', 'site.key', '-Q', '', 'tw.txt');
    run('twadmin', '--create-polfile', '-c', 'tw.cfg', '-S', 'site.key', '-Q', '', 'policy.txt');
    run('tripwire', '--init', '-c', 'tw.cfg', '-P', '');
    writeFileSync(join(folder, 'tree', 'changed'), 'something else\n');
    writeFileSync(join(folder, 'tree', 'added "x"'), 'new\n');
    chmodSync(join(folder, 'tree', 'opened'), 0o666);
    rmSync(join(folder, 'tree', 'removed'));
    checked = run('tripwire', '--check', '-c', 'tw.cfg');
  }, 120_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const print = (level: number): Collected =>
    collectRows(tripwire, run('twprint', '-m', 'r', '-c', 'tw.cfg', '-r', 'tw.twr', '-t', String(level)), {
      takenAt: 1_000_000n,
    });

  function expectChanges(all: Collected): void {
    const tree = join(folder, 'tree');
    // The folder's own times are to the second, so it may have changed or not.
    expect(changesOf(all).filter((change) => change !== `changed ${tree}`)).toEqual(
      [
        `added ${tree}/added "x"`,
        `changed ${tree}/changed`,
        `changed ${tree}/opened`,
        `removed ${tree}/removed`,
      ].sort(),
    );
    expect(all.rejects).toEqual([]);
  }

  it('names them in what --check prints', () => {
    const all = collectRows(tripwire, checked);
    expectChanges(all);
    expect(all.rows('scans')).toMatchObject([{ completed: true }]);
    expect(all.rows('file_changes').every(({ severity }) => severity === '77')).toBe(true);
  });

  it.each([1, 2, 3, 4])('names them in the report at level %i', (level) => expectChanges(print(level)));

  it('says what changed at level 4, and when it was looked at', () => {
    const all = print(4);
    expect(attributesOf(all, join(folder, 'tree', 'opened'))).toMatchObject({
      mode: { old: '-rw-r--r--', new: '-rw-rw-rw-' },
    });
    const started = Number((all.rows('scans')[0]!['started'] as bigint) / 1000n);
    expect(Math.abs(Date.now() - started)).toBeLessThan(600_000);
  });
});
