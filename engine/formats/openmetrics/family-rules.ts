/**
 * Notices where a file breaks the rules about metric families. Nothing is left out because of it: what the rules are is
 * in rule-breaks.ts and sample-rules.ts, and the breaks are told as assumptions of the source.
 */
import { HistogramPoint } from './histogram-point.ts';
import type { MetadataLine } from './metadata-line.ts';
import { readNumber } from './numbers.ts';
import type { RuleBreaks, RuleName } from './rule-breaks.ts';
import { isSampleOf, metricShown, roleIn, type Family, type SampleRole } from './sample-role.ts';
import { familyType, isLabelRight, valueBreak } from './sample-rules.ts';
import { shown } from './scan.ts';
import type { Series, SeriesMemory } from './series-memory.ts';

/** Families of a file, and metrics of a family, that are remembered; those that follow are not looked for again. */
const MOST_REMEMBERED = 100_000;
/** Characters that the names and values of an exemplar's labels may have together. */
const LONGEST_EXEMPLAR = 128;

export interface CheckedSample {
  /** Name and labels as written. */
  readonly text: string;
  readonly series: Series;
  readonly value: number;
  readonly micros: bigint;
  readonly exemplarCharacters: number | undefined;
  readonly record: number;
}

export class FamilyRules {
  readonly #families = new Map<string, Family>();
  #family: Family | undefined;
  /** Metrics of the family at hand. */
  #metrics = new Set<string>();
  #metric: string | undefined;
  #point: HistogramPoint | undefined;
  #pointMicros = 0n;

  constructor(
    private readonly breaks: RuleBreaks,
    private readonly memory: SeriesMemory,
  ) {}

  metadata({ kind, name, value, saysSomething }: MetadataLine, record: number): void {
    const family = this.#turnTo(name, record);
    const keyword = kind.toUpperCase();
    const note = (rule: RuleName, what: () => string): void => this.breaks.note(rule, record, what);
    if (family.declared.has(kind)) note('declared_once', () => `Metric family ${shown(name)} has a second ${keyword}`);
    if (family.hasSamples) note('declared_first', () => `${keyword} of ${shown(name)} stands after samples of it`);
    if (!saysSomething) note('no_blank_text', () => `${keyword} of ${shown(name)} ends after the name`);
    family.declared.add(kind);
    if (kind === 'type') this.#declareType(family, value, record);
    if (kind === 'unit' && value !== '' && !name.endsWith(`_${value}`))
      note('unit_in_name', () => `The name of metric family ${shown(name)} does not end in its unit ${shown(value)}`);
  }

  #declareType(family: Family, word: string, record: number): void {
    const type = familyType(word);
    const unknown = (): string => `Metric family ${shown(family.name)} has the type ${shown(word)}, which is not known`;
    if (type === undefined) this.breaks.note('known_type', record, unknown);
    family.type ??= type;
  }

  sample(sample: CheckedSample): void {
    const role = this.#roleOf(sample);
    role.family.hasSamples = true;
    this.#turnToMetric(role, sample);
    this.#checkByItself(role, sample);
    if (this.#point) addTo(this.#point, role, sample.value);
  }

  /** Call once after the last line. */
  finish(): void {
    this.#closePoint();
  }

  /** The family with this name, which the lines from here on are about. */
  #turnTo(name: string, record: number): Family {
    if (this.#family?.name === name) return this.#family;
    this.#closePoint();
    const known = this.#families.get(name);
    if (known)
      this.breaks.note('family_together', record, () => `Lines of metric family ${shown(name)} do not stand together`);
    const family = known ?? { name, declared: new Set(), type: undefined, hasSamples: false };
    if (!known && this.#families.size < MOST_REMEMBERED) this.#families.set(name, family);
    this.#family = family;
    this.#metric = undefined;
    this.#metrics = new Set();
    return family;
  }

  #roleOf({ series, text, record }: CheckedSample): SampleRole {
    const { role } = series;
    if (role && role.family === this.#family && role.type === role.family.type) return role;
    const isOfFamily = this.#family !== undefined && isSampleOf(this.#family, series.name);
    const family = isOfFamily && this.#family ? this.#family : this.#turnTo(series.name, record);
    return (series.role = roleIn(family, series.name, this.memory.labelsOf(text)));
  }

  #turnToMetric({ family, metric }: SampleRole, { micros, series, record }: CheckedSample): void {
    if (metric === this.#metric && micros === this.#pointMicros) return;
    this.#closePoint();
    this.#pointMicros = micros;
    if (family.type === 'histogram' || family.type === 'gaugehistogram')
      this.#point = new HistogramPoint(family.type === 'gaugehistogram', (rule, what) =>
        this.breaks.note(rule, record, () => `Histogram ${shown(family.name + metricShown(metric))} ${what()}`),
      );
    if (metric === this.#metric) return;
    this.#metric = metric;
    if (this.#metrics.has(metric))
      this.breaks.note('metric_together', record, () => {
        return `Lines of ${shown(series.name + metricShown(metric))} do not stand together`;
      });
    else if (this.#metrics.size < MOST_REMEMBERED) this.#metrics.add(metric);
  }

  #checkByItself({ family, rule, label }: SampleRole, sample: CheckedSample): void {
    const { series, record, value } = sample;
    const { name } = series;
    if (!rule)
      return this.breaks.note(
        'sample_name',
        record,
        () => `${typeShown(family)} ${shown(family.name)} has a sample named ${shown(name)}`,
      );
    if (rule.label && !isLabelRight(rule.label, label))
      this.breaks.note('needed_label', record, () => {
        return `Sample ${shown(name)} has ${labelShown(label)} for ${rule.label === 'family' ? shown(name) : rule.label}`;
      });
    const wrong = rule.value && valueBreak(rule.value, value);
    if (wrong) this.breaks.note('value_range', record, () => `${typeShown(family)} ${shown(name)} ${wrong}`);
    const { exemplarCharacters } = sample;
    if (exemplarCharacters !== undefined)
      this.#checkExemplar(sample, rule.mayHaveExemplar === true, exemplarCharacters);
  }

  #checkExemplar({ series, record }: CheckedSample, mayStand: boolean, characters: number): void {
    const { name } = series;
    if (!mayStand) this.breaks.note('exemplar_place', record, () => `An exemplar stands at ${shown(name)}`);
    if (characters > LONGEST_EXEMPLAR)
      this.breaks.note('exemplar_length', record, () => {
        return `The labels of the exemplar at ${shown(name)} have ${characters} characters, over ${LONGEST_EXEMPLAR}`;
      });
  }

  #closePoint(): void {
    this.#point?.close();
    this.#point = undefined;
  }
}

function addTo(point: HistogramPoint, { rule, label }: SampleRole, value: number): void {
  const suffix = rule?.suffix;
  if (suffix === '_bucket') point.bucket(readNumber(label) ?? NaN, value);
  else if (suffix === '_count' || suffix === '_gcount') point.count(value);
  else if (suffix === '_sum' || suffix === '_gsum') point.sum(value);
}

const labelShown = (label: string): string => (label === '' ? 'no label' : `"${shown(label)}"`);

function typeShown({ type = 'unknown' }: Family): string {
  return type.charAt(0).toUpperCase() + type.slice(1);
}
