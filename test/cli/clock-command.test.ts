/** What `fieldwork clock` says of clocks, and of what cannot be asked. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { caseWith, fieldwork } from './run-cli.ts';

const inventory = 'system,role,addresses,needs\nmute,web,10.0.0.2,\n';
/** Offsets of 2 and 70 ms, ten minutes apart, as chronyd writes them. */
const tracking = [
  '='.repeat(132),
  '   Date (UTC) Time     IP Address   St   Freq ppm   Skew ppm     Offset L Co  Offset sd Rem. corr. Root delay Root disp. Max. error',
  '='.repeat(132),
  ...[
    ['00:00:00', ' 2.000e-03'],
    ['00:10:00', ' 2.100e-03'],
    ['00:20:00', ' 7.000e-02'],
  ].map(
    ([time, offset]) =>
      `2026-03-01 ${time} 10.20.0.1        3     -1.500      0.020 ${offset} N  1  4.200e-05  0.000e+00  2.200e-04  6.100e-04  1.000e-03`,
  ),
  '',
].join('\n');

it('tells of each clock from the start of the window to its end, and ends with 0 whatever it finds', async () => {
  const { root, folder } = await caseWith({ 'inventory.csv': inventory });
  await writeFile(join(folder, 'tracking.log'), tracking);
  expect((await fieldwork('import', root, join(folder, 'tracking.log'), '--system', 'web-1')).code).toBe(0);
  const { code, stdout } = await fieldwork('clock', root, '--json');
  expect(code).toBe(0);
  const report = JSON.parse(stdout) as Record<string, unknown>[];
  expect(report.filter(({ system }) => system === 'mute')).toMatchObject([
    {
      from: '2026-01-01T00:00:00Z',
      to: '2027-01-01T00:00:00Z',
      state: 'unknown',
      max_abs_offset_ms: null,
      source: null,
    },
  ]);
  const statesAt = async (...threshold: string[]) => {
    const answer = await fieldwork('clock', root, '--json', ...threshold);
    const all = JSON.parse(answer.stdout) as { system: string; state: string; max_abs_offset_ms: number | null }[];
    return all
      .filter(({ system }) => system === 'web-1')
      .map(({ state, max_abs_offset_ms: most }) => (most === null ? state : `${state} ${most}`));
  };
  expect(await statesAt()).toEqual(['unknown', 'within 2', 'out 70', 'unknown']);
  expect(await statesAt('--threshold-ms', '100')).toEqual(['unknown', 'within 70', 'unknown']);
  expect(await statesAt('--threshold-ms', '1')).toEqual(['unknown', 'out 70', 'unknown']);
  const table = await fieldwork('clock', root);
  expect(table.code).toBe(0);
  expect(table.stdout).toContain('Nothing in the case measures this clock.');
});

it.each(['none', '0', '-5', ''])('refuses a threshold of "%s"', async (threshold) => {
  const { root } = await caseWith({ 'inventory.csv': inventory });
  const { code, stdout } = await fieldwork('clock', root, '--threshold-ms', threshold, '--json');
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    error: {
      code: 'bad_request',
      message: `The threshold is ${threshold}, which is no number above 0.`,
      remedy: 'Give it in milliseconds, such as --threshold-ms 50.',
    },
  });
});
