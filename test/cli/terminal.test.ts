/** What evidence is named, or says, cannot change what the terminal shows of it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { auditLines } from '../engine/test-case.ts';
import { caseWith, fieldwork } from './run-cli.ts';

it('a file name with line ends forges no line of the import account, neither imported nor refused', async () => {
  const { root, folder } = await caseWith({});
  const forged = 'a\nS9  auditd  5\u2028\u202e\u061cb.log';
  await writeFile(join(folder, forged), auditLines(3));
  await writeFile(join(folder, 'x\nfieldwork: nothing is wrong'), 'no such format');
  const { code, stdout, stderr } = await fieldwork(
    'import',
    root,
    join(folder, forged),
    join(folder, 'x\nfieldwork: nothing is wrong'),
  );
  expect(code).toBe(1);
  expect(stdout).toContain('a\\u000aS9  auditd  5\\u2028\\u202e\\u061cb.log');
  expect(stdout.split('\n').filter((line) => line.startsWith('S9'))).toEqual([]);
  expect(stderr).toContain('x\\u000afieldwork: nothing is wrong');
  expect(stderr.split('\n').filter((line) => line !== '')).toHaveLength(1);
});

it('a record is shown with its own tabs, and without what steers a terminal', async () => {
  const line = auditLines(1).replace('op=login', 'op=lo\tg\u001b[2J\u200fin');
  const { root } = await caseWith({ 'audit.log': line });
  const { code, stdout } = await fieldwork('record', root, 'S1', '1');
  expect(code).toBe(0);
  expect(stdout).toBe(line.replace('\u001b', '\\u001b').replace('\u200f', '\\u200f'));
  const json = await fieldwork('record', root, 'S1', '1', '--json');
  expect(json.stdout).not.toMatch(/[\u001b\u200f]/);
  expect((JSON.parse(json.stdout) as { text: string }).text).toBe(line.trimEnd());
});
