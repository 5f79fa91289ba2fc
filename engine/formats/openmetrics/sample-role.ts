/** What a series is in its metric family. */
import { labelValue, type Label } from '../prometheus-tsdb/labels.ts';
import type { MetadataKind } from './metadata-line.ts';
import { sampleRules, type FamilyType, type SampleRule } from './sample-rules.ts';

export interface Family {
  readonly name: string;
  readonly declared: Set<MetadataKind>;
  /** `undefined` until a TYPE line says one that is known. */
  type: FamilyType | undefined;
  hasSamples: boolean;
}

export interface SampleRole {
  readonly family: Family;
  /** The type of the family when this was found. */
  readonly type: FamilyType | undefined;
  /** `undefined` where the type of the family has no sample of this name. */
  readonly rule: SampleRule | undefined;
  /** The metric of the family: its labels, as JSON, without the one that tells its samples apart. */
  readonly metric: string;
  /** Value of the label that the rule needs; empty where there is none. */
  readonly label: string;
}

/** True for the samples that stand under the TYPE of a family, also under a name that they should not have there. */
export function isSampleOf({ name, type }: Family, sample: string): boolean {
  if (sample === name) return true;
  if (type === undefined || !sample.startsWith(name)) return false;
  const suffix = sample.slice(name.length);
  return sampleRules[type].some((rule) => rule.suffix === suffix);
}

/** The role of the series with this name and these labels, ordered by name, in a family that it is a sample of. */
export function roleIn(family: Family, name: string, labels: readonly Label[]): SampleRole {
  const suffix = name.slice(family.name.length);
  const rules: readonly SampleRule[] = sampleRules[family.type ?? 'unknown'];
  const rule = rules.find((each) => each.suffix === suffix);
  const apart = rule?.label === 'family' ? family.name : rule?.label;
  return {
    family,
    type: family.type,
    rule,
    metric: JSON.stringify(labels.filter(([label]) => label !== apart && label !== '__name__')),
    label: apart === undefined ? '' : labelValue(labels, apart),
  };
}

/** A metric as a message shows it after a name: `{a="1"}`, or nothing where it has no labels. */
export function metricShown(metric: string): string {
  const labels = JSON.parse(metric) as readonly Label[];
  return labels.length === 0 ? '' : `{${labels.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}}`;
}
