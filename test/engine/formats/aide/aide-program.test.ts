/** The real program: it checks a folder that was changed, and its reports say what was done. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aide } from '../../../../engine/formats/aide/aide.ts';
import { collectRows } from '../collect-rows.ts';
import { attributesOf, changesOf } from '../integrity-checks.ts';

function aideMissing(): string | undefined {
  try {
    execFileSync('aide', ['--version'], { stdio: 'pipe' });
    return undefined;
  } catch {
    return 'aide is not installed, so none of its reports is read as it comes (Debian package aide).';
  }
}

const missing = aideMissing();
if (missing !== undefined) process.stdout.write(`Left out: ${missing}\n`);

describe.skipIf(missing !== undefined)('aide, of a folder in which files changed', () => {
  let folder = '';
  const before = Date.now();

  function configure(options: readonly string[]): string {
    const path = join(folder, 'aide.conf');
    const lines = [
      `database_in=file:${folder}/aide.db`,
      `database_out=file:${folder}/aide.db.new`,
      'gzip_dbout=no',
      // They hold for the report_url that follows.
      ...options,
      'report_url=stdout',
      `${folder}/tree p+u+g+s+m+ftype+l+sha256+acl+xattrs`,
    ];
    writeFileSync(path, `${lines.join('\n')}\n`);
    return path;
  }

  function run(action: string, options: readonly string[] = [], more: readonly string[] = []): Buffer {
    const { stdout, stderr, status } = spawnSync('aide', ['-c', configure(options), action, ...more]);
    // From 8 on the codes are errors; below they say what was found.
    if (status === null || status >= 8) throw new Error(stderr.toString());
    return stdout;
  }

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fieldwork-aide-'));
    mkdirSync(join(folder, 'tree'));
    for (const name of ['kept', 'changed', 'removed', 'opened']) writeFileSync(join(folder, 'tree', name), `${name}\n`);
    utimesSync(join(folder, 'tree'), 1_700_000_000, 1_700_000_000);
    const initial = collectRows(aide, run('--init'));
    expect(initial.rows('scans')).toMatchObject([{ tool: 'aide', completed: true }]);
    renameSync(join(folder, 'aide.db.new'), join(folder, 'aide.db'));
    expect(collectRows(aide, run('--check')).rows('file_changes')).toEqual([]);
    writeFileSync(join(folder, 'tree', 'changed'), 'something else\n');
    writeFileSync(join(folder, 'tree', 'added | <b>'), 'new\n');
    chmodSync(join(folder, 'tree', 'opened'), 0o666);
    rmSync(join(folder, 'tree', 'removed'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const levels = ['list_entries', 'changed_attributes', 'added_removed_attributes', 'added_removed_entries'];
  const forms = levels.flatMap((level) => [[level, 'plain'] as const, [level, 'json'] as const]);

  it.each(forms)('names them at level %s as %s', (level, form) => {
    const all = collectRows(aide, run('--check', [`report_level=${level}`, `report_format=${form}`]));
    const tree = join(folder, 'tree');
    expect(changesOf(all)).toEqual(
      [
        `added ${tree}/added | <b>`,
        `changed ${tree}`,
        `changed ${tree}/changed`,
        `changed ${tree}/opened`,
        `removed ${tree}/removed`,
      ].sort(),
    );
    expect(all.rejects).toEqual([]);
    expect(all.rows('scans')).toMatchObject([{ completed: true }]);
    const started = Number((all.rows('scans')[0]!['started'] as bigint) / 1000n);
    expect(started).toBeGreaterThanOrEqual(before - 1000);
    expect(started).toBeLessThanOrEqual(Date.now());
    if (level === 'list_entries') return;
    expect(attributesOf(all, `${tree}/opened`)).toMatchObject({ perm: { old: '-rw-r--r--', new: '-rw-rw-rw-' } });
    expect(attributesOf(all, `${tree}/changed`)).toMatchObject({ size: { old: '8', new: '15' } });
  });

  // The JSON says what kind of file one is by flags alone.
  it('says the same in text and in JSON at the highest level, also ungrouped and without flags', () => {
    for (const options of [[], ['report_grouped=no'], ['report_summarize_changes=no'], ['report_base16=yes']]) {
      const [text, json] = ['plain', 'json'].map((form) =>
        collectRows(aide, run('--check', ['report_level=added_removed_entries', `report_format=${form}`, ...options])),
      );
      const rows = (all: typeof text) =>
        all!
          .rows('file_changes')
          .map(({ path, change, attributes }) => [path, change, JSON.parse(attributes as string)])
          .sort();
      expect(rows(text)).toEqual(rows(json));
    }
  });

  it('says what it was limited to', () => {
    const limit = `${folder}/tree/ch`;
    for (const form of ['plain', 'json']) {
      const options = ['report_level=list_entries', 'config_version=7', `report_format=${form}`];
      const all = collectRows(aide, run('--check', options, ['--limit', limit]));
      expect(changesOf(all)).toEqual([`changed ${folder}/tree/changed`]);
      expect(all.rows('scans')).toMatchObject([{ profile: '7' }]);
      expect(all.rows('scans')[0]!['scope']).toContain(`limit ${limit}`);
      expect(all.rejects).toEqual([]);
    }
  });

  it('counts at level summary what it does not name, and asks for the time at level minimal', () => {
    const summary = collectRows(aide, run('--check', ['report_level=summary']));
    expect(summary.rows('file_changes')).toEqual([]);
    expect(summary.assumptions.join(' ')).toContain('A report counts 3 changed entries and names 0 of them');
    expect(collectRows(aide, run('--check', ['report_level=minimal'])).problem?.code).toBe('bad_request');
  });
});
