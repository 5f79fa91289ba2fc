/** The same text through Prometheus' own tool, into blocks and out again: sample for sample, to the last bit. */
import { expect, describe, it } from 'vitest';
import { openmetrics } from '../../../../engine/formats/openmetrics/openmetrics.ts';
import { collectRows, type Collected } from '../collect-rows.ts';
import { seededRandom } from '../damage.ts';
import { awkwardSeries, manyLabelValues } from '../prometheus-tsdb/awkward-series.ts';
import { dumpLine } from '../prometheus-tsdb/collect.ts';
import { dump, makeBlocks, promtoolMissing, withFolder } from '../prometheus-tsdb/promtool.ts';
import { conformanceCases, contentLines, fixture, fixtureText, takenAt } from './corpus.ts';
import { asDump } from './samples.ts';

const missing = promtoolMissing();
if (missing !== undefined) process.stdout.write(`Left out: ${missing}\n`);

/** The samples of an OpenMetrics text without its `# EOF` as promtool has them. */
async function promtoolDump(text: string): Promise<readonly string[]> {
  return withFolder(async (folder) => {
    makeBlocks(folder, text);
    return (await dump(folder)).map(dumpLine).sort();
  });
}

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

  it('reads gen-federate.prom the same, its milliseconds written as seconds', async () => {
    const samples = contentLines(fixtureText('gen-federate.prom')).filter((line) => !line.startsWith('#'));
    const inSeconds = samples.map((line) => `${line.slice(0, -3)}.${line.slice(-3)}\n`).join('');
    expect(await expectSame(collectRows(openmetrics, fixture('gen-federate.prom')), inSeconds)).toBe(15);
  });

  it.each([
    ['gen-node_exporter.prom', 507],
    ['gen-prometheus.openmetrics', 657],
    ['gen-prometheus.prom', 657],
    ['gen-special.openmetrics', 11],
    ['promtestdata.nometa.txt', 410],
  ] as const)('reads %s the same, the time it was made appended to each line', async (name, samples) => {
    const dated = withTimes(contentLines(fixtureText(name)).filter((line) => !line.startsWith('#')));
    // Without their types this version takes no exemplars.
    const plain = dated.replace(/ # \{.*$/gm, '');
    expect(await expectSame(collectRows(openmetrics, fixture(name), { takenAt }), plain)).toBe(samples);
  });

  const right = conformanceCases.filter(([, isRight]) => isRight).map(([name]) => name);
  // It has no samples, and promtool makes no blocks then.
  it.each(right.filter((name) => name !== 'null_byte'))('reads the conformance case %s the same', async (name) => {
    const lines = contentLines(fixtureText(`conformance/${name}.txt`)).filter((line) => line !== '# EOF');
    const ours = collectRows(openmetrics, fixture(`conformance/${name}.txt`), { takenAt });
    expect(await expectSame(ours, withTimes(lines))).toBe(lines.filter((line) => !line.startsWith('#')).length);
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

/** Lines with the time at which they were made, where they have none of their own; before an exemplar. */
function withTimes(lines: readonly string[]): string {
  const seconds = String(takenAt / 1_000_000n);
  return lines
    .map((line) =>
      line.startsWith('#')
        ? line
        : line.replace(/^((?:[^"{ ]+)(?:\{(?:[^"}]|"(?:\\.|[^"\\])*")*\})? \S+)(?= # \{|$)/, `$1 ${seconds}`),
    )
    .map((line) => `${line}\n`)
    .join('');
}
