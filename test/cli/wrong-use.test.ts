/** What is typed wrongly is said to be wrong: on stderr for people, on stdout for programs that asked for JSON. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { auditLines, temporaryFolder } from '../engine/test-case.ts';
import { caseWith, fieldwork } from './run-cli.ts';

it.each([
  { args: ['nocommand'], says: 'nocommand' },
  { args: ['sources', 'case', '--nooption'], says: '--nooption' },
  { args: ['sources'], says: "'case'" },
  { args: ['identity', 'new', 'a.p12'], says: '--name' },
  { args: ['pack'], says: '--json' },
])('$args with --json gives one JSON value and 2', async ({ args, says }) => {
  const { code, stdout, stderr } = await fieldwork(...args, '--json');
  expect(code).toBe(2);
  const { error } = JSON.parse(stdout) as { error: Record<string, string> };
  expect(error).toMatchObject({ code: 'bad_request', remedy: 'Use --help for what can be given.' });
  expect(error['message']).toContain(says);
  expect(stderr).not.toBe('');
  expect((await fieldwork(...args)).stdout).toBe('');
});

it('`serve` listens only for a case', async () => {
  const { code, stdout } = await fieldwork('serve', await temporaryFolder(), '--json');
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'not_a_case' } });
});

it('`serve` offers evidence only from a folder that is there', async () => {
  const missing = join(await temporaryFolder(), 'missing');
  const { code, stdout } = await fieldwork('serve', '--evidence', missing, '--json');
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({
    error: { code: 'not_found', message: expect.stringContaining('evidence') },
  });
});

it('what cannot be asked for is no empty answer', async () => {
  const { root, folder } = await caseWith({ 'audit.log': auditLines(3) });
  const ends = async (...args: string[]): Promise<unknown> => {
    const { code, stdout } = await fieldwork(...args, '--json');
    return [code, (JSON.parse(stdout) as { error: { code: string } }).error.code];
  };
  expect(await ends('results', root)).toEqual([3, 'not_found']);
  expect(await ends('rejects', root, '99')).toEqual([3, 'not_found']);
  expect(await ends('sql', root, 'SELECT 1', '--format', 'csv')).toEqual([2, 'bad_request']);
  expect(await ends('sample', join(folder, 'sample'), '--seed', 'abc')).toEqual([2, 'bad_request']);
  expect((await fieldwork('run', root)).code).toBe(0);
  expect(await ends('results', root, '--day', '2026-99-99')).toEqual([2, 'bad_request']);
  expect(await ends('results', root, '--day', '2027-01-01')).toEqual([2, 'bad_request']);
  expect(await ends('results', root, '--control', 'nope')).toEqual([3, 'not_found']);
  const day = await fieldwork('results', root, '--day', '2026-12-31', '--json');
  expect(day.code).toBe(0);
  expect(JSON.parse(day.stdout)).not.toEqual([]);
});

it('the help lists the commands in the order of the work', async () => {
  const { code, stdout } = await fieldwork('--help');
  const commands = [...stdout.split('Commands:')[1]!.matchAll(/^ {2}([a-z]+)/gm)].map((found) => found[1]);
  expect([code, commands.join(' ')]).toEqual([
    0,
    'sample new import formats sources rejects record targets series samples drift trails coverage gaps clock explain expectations expect deliveries run results sql identity binder verify reperform seal pack serve help',
  ]);
});
