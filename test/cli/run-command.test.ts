import { expect, it } from 'vitest';
import { caseWith, fieldwork } from './run-cli.ts';

const inventory = (systems: number, needs: string): string =>
  [
    'system,role,environment,criticality,owner,scope_from,scope_to,needs',
    ...Array.from({ length: systems }, (_, place) => `web-${place + 1},web,production,high,Web team,,,${needs}`),
  ].join('\n');

it('says once whose clocks were never measured', { timeout: 60_000 }, async () => {
  const { root } = await caseWith({ 'systems.csv': inventory(7, 'auditd') });
  const run = ['run', root, '--control', 'CC6.3-least-privilege-root'];
  const told = await fieldwork(...run);
  expect(told.stderr).toBe('');
  expect(told.stdout.split('\n').filter((line) => line.includes('never measured'))).toEqual([
    'The clocks of 7 systems were never measured, so the times of their records were taken as they are: ' +
      'web-1, web-2, web-3, web-4, web-5 and 2 more.',
  ]);
  const { stdout } = await fieldwork(...run, '--json');
  expect(JSON.parse(stdout)).toMatchObject({ unmeasuredClocks: Array.from({ length: 7 }, (_, i) => `web-${i + 1}`) });
});

it('says nothing of clocks that the inventory asks for', { timeout: 60_000 }, async () => {
  const { root } = await caseWith({ 'systems.csv': inventory(1, 'auditd|clock') });
  const told = await fieldwork('run', root, '--control', 'CC6.3-least-privilege-root');
  expect(told.code).toBe(0);
  expect(told.stdout).not.toContain('never measured');
});
