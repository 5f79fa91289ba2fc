/** What is typed wrongly is said to be wrong: on stderr for people, on stdout for programs that asked for JSON. */
import { expect, it } from 'vitest';
import { temporaryFolder } from '../engine/test-case.ts';
import { fieldwork } from './run-cli.ts';

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
