/** OpenMetrics text with everything that is awkward about series, always the same for the same seed. */
import { seededRandom } from '../damage.ts';

const LIMITS = [
  '0',
  '-0',
  '1e308',
  '-1.7976931348623157e+308',
  '4.9406564584124654e-324',
  '2.2250738585072014e-308',
  '9007199254740993',
  '+Inf',
  '-Inf',
  'NaN',
  '3.141592653589793',
  '1e-310',
  '0.1',
];

const AWKWARD_VALUES = [
  '',
  'é',
  '日本語',
  '😀',
  '\\"quoted\\"',
  'back\\\\slash',
  'line\\nend',
  '\u00a0',
  'x'.repeat(3000),
];

/** Seconds since 1970 at which the samples begin. */
export const BEGIN = 1_760_000_400;

/** About `samples` samples in some dozens of series, over several two-hour blocks. */
export function awkwardSeries(seed: number, samples: number): string {
  const random = seededRandom(seed);
  const lines: { time: number; text: string }[] = [];
  const seriesCount = 24;
  for (let series = 0; series < seriesCount; series++) {
    const label = AWKWARD_VALUES[series % AWKWARD_VALUES.length]!;
    const labels = `{i="${series}",awkward="${label}"}`;
    let time = BEGIN + Math.floor(random() * 5000) / 1000;
    let value = Math.floor(random() * 1000);
    for (let i = 0; i < samples / seriesCount; i++) {
      value = nextValue(series, value, random);
      lines.push({ time, text: `awkward${labels} ${shown(series, value, random)} ${time.toFixed(3)}\n` });
      time += nextStep(series, random);
    }
  }
  return byMetric('awkward', lines);
}

function byMetric(name: string, lines: { time: number; text: string }[]): string {
  return `# TYPE ${name} unknown\n${lines.map(({ text }) => text).join('')}`;
}

// Regular, jittering, with leaps, from a millisecond to hours, or at random.
function nextStep(series: number, random: () => number): number {
  const kind = series % 5;
  if (kind === 0) return 15;
  if (kind === 1) return 15 + Math.floor(random() * 200) / 1000;
  if (kind === 2) return random() < 0.03 ? 3600 + Math.floor(random() * 1e6) / 1000 : 15;
  if (kind === 3) return 10 ** (Math.floor(random() * 5) - 3);
  return Math.ceil(random() * 30_000) / 1000;
}

// Counters with resets, constants, walks.
function nextValue(series: number, value: number, random: () => number): number {
  const kind = series % 4;
  if (kind === 0) return random() < 0.02 ? 0 : value + Math.floor(random() * 100);
  if (kind === 1) return value;
  if (kind === 2) return value + random() - 0.5;
  return random() * 10 ** Math.floor(random() * 30);
}

function shown(series: number, value: number, random: () => number): string {
  if (series % 6 === 5) return LIMITS[Math.floor(random() * LIMITS.length)]!;
  return String(value);
}

/** One series for each of many values of a label. */
export function manyLabelValues(count: number): string {
  let text = '# TYPE many unknown\n';
  for (let i = 0; i < count; i++) text += `many{value="v${i}",other="${i % 7}"} ${i} ${BEGIN + (i % 60)}\n`;
  return text;
}

/** The same times as another text of this, with other values where `differs` says so. */
export function equalTimes(offset: number, differs: (i: number) => boolean): string {
  let text = '# TYPE twice unknown\n';
  for (let i = 0; i < 300; i++)
    text += `twice ${differs(i) ? offset : 7} ${BEGIN + i * 10 + (i % 3 === 0 ? offset : 0)}\n`;
  return text;
}
