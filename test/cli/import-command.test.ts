import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { auditLines } from '../engine/test-case.ts';
import { caseWith, fieldwork } from './run-cli.ts';

it('a file that is there already is named with its source, and is no failure', async () => {
  const { root, folder } = await caseWith({ 'audit.log': auditLines(5), 'other.log': auditLines(5, 900) });
  const again = join(folder, 'again');
  await mkdir(again);
  await copyFile(join(folder, 'other.log'), join(again, 'copy.log'));
  const alone = await fieldwork('import', root, again);
  expect(alone.code).toBe(0);
  expect(alone.stdout).toMatch(/^S2 .* already there as S2 .*copy\.log$/m);
  expect(alone.stdout).toContain('0 sources, 0 records, 0 rejected, 1 files already there, 0 files refused.');
  expect(alone.stderr).toBe('');

  await writeFile(join(again, 'nonsense'), 'nonsense');
  const json = await fieldwork('import', root, again, '--json');
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({ imported: 0, refused: 1, alreadyThere: 1 });
  expect(json.stdout).toContain('"source": "S2"');
});

it('an import that finds no file says so and fails', async () => {
  const { root, folder } = await caseWith({});
  await mkdir(join(folder, 'empty'));
  const { code, stdout, stderr } = await fieldwork('import', root, join(folder, 'empty'), '--json');
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'not_found' } });
  expect(stderr).toContain(`There is no file in ${join(folder, 'empty')}`);
});

it('a zone that is none is refused before anything is read', async () => {
  const { root, folder } = await caseWith({});
  const { code, stdout } = await fieldwork('import', root, folder, '--zone', 'Mars/X', '--json');
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    error: { code: 'bad_request', message: expect.stringContaining('Mars/X') },
  });
});
