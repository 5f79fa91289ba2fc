/** The same text through Prometheus' own tool, into blocks and out again: sample for sample, to the last bit. */
import { expect, describe, it } from 'vitest';
import { openmetrics } from '../../../../engine/formats/openmetrics/openmetrics.ts';
import { collectRows, type Collected } from '../collect-rows.ts';
import { seededRandom } from '../damage.ts';
import { awkwardSeries, manyLabelValues } from '../prometheus-tsdb/awkward-series.ts';
import { promtoolMissing } from '../prometheus-tsdb/promtool.ts';
import { promtoolDump } from './promtool-dump.ts';
import { asDump } from './samples.ts';

const missing = promtoolMissing();
if (missing !== undefined) process.stdout.write(`Left out: ${missing}\n`);

async function expectSame(ours: Collected, text: string): Promise<number> {
  const rows = asDump(ours);
  const expected = await promtoolDump(text);
  expect(ours.rejects).toEqual([]);
  expect(rows.length).toBe(expected.length);
  // Compared one by one: a difference of two lists of this size is never printed.
  const at = rows.findIndex((row, i) => row !== expected[i]);
  expect([rows[at], expected[at]]).toEqual([undefined, undefined]);
  return rows.length;
}

const same = (text: string): Promise<number> => expectSame(collectRows(openmetrics, `${text}# EOF\n`), text);

const LIMITS = [
  '5e-324',
  '1.7976931348623157e308',
  '-1.7976931348623157E+308',
  '-0',
  '+0',
  'NaN',
  'nan',
  '+Inf',
  'Inf',
  '-inf',
  'InfinitY',
  '.5',
  '5.',
  '0.1',
  '1e-400',
  '2.2250738585072011e-308',
  '9007199254740993',
  '123456789012345678901234567890',
  '000.10e+02',
];

/** Series whose times have up to nine decimals, are signed, or have an exponent. */
function awkwardTimes(seed: number): string {
  const random = seededRandom(seed);
  let text = '';
  for (let series = 0; series < 20; series++) {
    // From 2000 to 2038: floats of such numbers are finer or coarser than a millisecond's last digit.
    let seconds = 946_684_800 + Math.floor((random() * 1.2e9) / 1000) * 1000;
    for (let i = 0; i < 60; i++) {
      const value = LIMITS[Math.floor(random() * LIMITS.length)]!;
      text += `awkward_times{series="${series}",label="\\"é\\\\\\n${'😀'.repeat(i % 3)}"} ${value} ${timeText(seconds, random)}\n`;
      seconds += 1 + Math.floor(random() * 30);
    }
  }
  return text;
}

function timeText(seconds: number, random: () => number): string {
  const digits = Math.floor(random() * 10);
  const decimals = Array.from({ length: digits }, () => Math.floor(random() * 10)).join('');
  const kind = Math.floor(random() * 8);
  if (kind === 0) return `${seconds}.`;
  if (kind === 1) return `+${seconds}.${decimals}`;
  if (kind === 2) return `${(seconds / 1e9).toFixed(9)}${decimals}e${random() < 0.5 ? '+' : ''}9`;
  return digits === 0 ? String(seconds) : `${seconds}.${decimals}`;
}

describe.skipIf(missing !== undefined)('promtool', () => {
  it.each([1, 2, 3])('reads awkward series of seed %i the same', async (seed) => {
    expect(await same(awkwardSeries(seed, 6000))).toBeGreaterThan(5000);
  });

  it.each([1, 2, 3])('reads awkward times and values at the limits of seed %i the same', async (seed) => {
    expect(await same(awkwardTimes(seed))).toBe(1200);
  });

  it('reads 10,000 values of a label the same', async () => {
    expect(await same(manyLabelValues(10_000))).toBe(10_000);
  });

  it.each(['0x1p-3', '0x10', '1_0', '1e400', '-NaN', '0b1', '1d', '1e', 'a', '--1'])(
    'refuses the value %s, as we do',
    async (value) => {
      const text = `a ${value} 1760000400\n`;
      expect(collectRows(openmetrics, `${text}# EOF\n`).rejects).toHaveLength(1);
      await expect(promtoolDump(text)).rejects.toThrow();
    },
  );

  it.each(['NaN', 'Inf', '1_0', 'x', '1.1.1'])('refuses the time %s, as we do', async (time) => {
    const text = `a 1 ${time}\n`;
    expect(collectRows(openmetrics, `${text}# EOF\n`).rejects).toHaveLength(1);
    await expect(promtoolDump(text)).rejects.toThrow();
  });
});
