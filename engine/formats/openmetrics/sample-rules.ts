/** What each type of metric family has for samples, as a table. See docs/formats/openmetrics.md, "Rules". */
import { readNumber } from './numbers.ts';

/** What a value may be; `undefined` in a rule below when it may be anything. */
export type Meaning = keyof typeof meanings;

export interface SampleRule {
  /** Follows the name of the family. */
  readonly suffix: string;
  readonly value?: Meaning;
  /** The label that tells the samples of one metric apart; `family`: the label named like the family. */
  readonly label?: 'le' | 'quantile' | 'family';
  readonly mayHaveExemplar?: true;
}

const created: SampleRule = { suffix: '_created' };

export const sampleRules = {
  unknown: [{ suffix: '' }],
  gauge: [{ suffix: '' }],
  counter: [{ suffix: '_total', value: 'count', mayHaveExemplar: true }, created],
  stateset: [{ suffix: '', value: 'state', label: 'family' }],
  info: [{ suffix: '_info', value: 'info' }],
  histogram: [
    { suffix: '_bucket', value: 'count', label: 'le', mayHaveExemplar: true },
    { suffix: '_count', value: 'count' },
    { suffix: '_sum', value: 'sum' },
    created,
  ],
  gaugehistogram: [
    { suffix: '_bucket', value: 'count', label: 'le', mayHaveExemplar: true },
    { suffix: '_gcount', value: 'count' },
    { suffix: '_gsum', value: 'number' },
  ],
  summary: [
    { suffix: '', value: 'quantile', label: 'quantile' },
    { suffix: '_count', value: 'count' },
    { suffix: '_sum', value: 'sum' },
    created,
  ],
} as const satisfies Record<string, readonly SampleRule[]>;

export type FamilyType = keyof typeof sampleRules;

/** The type that a TYPE line says. The Prometheus text format calls unknown untyped. */
export function familyType(word: string): FamilyType | undefined {
  if (word === 'untyped') return 'unknown';
  return Object.hasOwn(sampleRules, word) ? (word as FamilyType) : undefined;
}

/** Types that the Prometheus text format does not have: with them a file is OpenMetrics. */
export const onlyInOpenMetrics: ReadonlySet<string> = new Set(['unknown', 'stateset', 'info', 'gaugehistogram']);

/** How a message calls the kind of value, and whether a value is one. */
const meanings = {
  count: ['a count', (value: number) => value >= 0],
  sum: ['a sum', (value: number) => value >= 0],
  number: ['a sum', (value: number) => !Number.isNaN(value)],
  // NaN says that there were no observations.
  quantile: ['a quantile', (value: number) => !(value < 0)],
  info: ['info', (value: number) => value === 1],
  state: ['a state', (value: number) => value === 0 || value === 1],
} as const satisfies Record<string, readonly [string, (value: number) => boolean]>;

/** What is wrong with a value; `undefined` when nothing is. */
export function valueBreak(meaning: Meaning, value: number): string | undefined {
  const [called, isRight] = meanings[meaning];
  if (isRight(value)) return undefined;
  return `has the ${value < 0 ? 'negative ' : ''}value ${value}, which ${called} cannot be`;
}

/** True when the label that a rule needs has a value that it may have. */
export function isLabelRight(label: 'le' | 'quantile' | 'family', value: string): boolean {
  if (label === 'family') return value !== '';
  const number = readNumber(value) ?? NaN;
  return label === 'quantile' ? number >= 0 && number <= 1 : !Number.isNaN(number);
}
