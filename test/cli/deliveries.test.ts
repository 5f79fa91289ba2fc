import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { auditLines } from '../engine/test-case.ts';
import { caseWith, fieldwork } from './run-cli.ts';

const lines = auditLines(100).trimEnd().split('\n');

it('records that are gone from a second delivery are told at import, listed by day, and end with 1', async () => {
  const { root, folder } = await caseWith({ 'audit.log': auditLines(100) });
  const second = join(folder, 'second.log');
  await writeFile(second, [...lines.slice(0, 10), ...lines.slice(22)].map((line) => `${line}\n`).join(''));
  const imported = await fieldwork('import', root, second);
  expect(imported.code).toBe(0);
  expect(imported.stdout).toContain(
    'S2: 88 of its records are in S1 too: each counts once, and this is its second citation.',
  );
  expect(imported.stdout).toContain(
    'S2: Finding: records that S1 has are gone from this delivery of the same log: S1 #11, S1 #12, S1 #13, S1 #14, S1 #15, and 7 more.',
  );

  const table = await fieldwork('deliveries', root);
  expect(table.code).toBe(1);
  expect(table.stdout).toContain('S1 #11 #12 #13 #14 #15 #16 #17 #18 #19 #20 and 2 more');
  const json = await fieldwork('deliveries', root, '--json');
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject([
    { earlier: 1, later: 2, stream: 'auditd', system: null, shared: 88, removed: 12, added: 0, firstRemoved: 11 },
  ]);
});

it('a second delivery that only goes on ends with 0', async () => {
  const { root, folder } = await caseWith({ 'audit.log': auditLines(100) });
  await writeFile(join(folder, 'second.log'), auditLines(150));
  await fieldwork('import', root, join(folder, 'second.log'));
  const { code, stdout } = await fieldwork('deliveries', root, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject([{ shared: 100, removed: 0, added: 0 }]);
});
