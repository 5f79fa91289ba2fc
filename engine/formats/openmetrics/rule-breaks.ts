/** The rules of the formats beyond the grammar of a line, and where a file breaks them. Lines are kept all the same. */

/** Breaks of one rule that are told one by one; the others are counted. */
const MOST_TOLD = 5;

/**
 * Each rule as a sentence, in the order in which breaks are told. Rules of `both` are those of the Prometheus text
 * format too; the others are only those of OpenMetrics, and broken only by a file that has its `# EOF`.
 */
export const rules = {
  declared_once: ['both', 'A metric family has one TYPE, one HELP and one UNIT.'],
  declared_first: ['both', 'TYPE, HELP and UNIT of a family stand before its samples.'],
  known_type: ['both', 'TYPE is one of the types of the format.'],
  time_forward: ['both', 'The samples of a series are in the order of time.'],
  time_alike: ['both', 'All samples of a series have a time, or none has.'],
  spacing: ['openmetrics', 'Parts of a line are separated by exactly one space, labels by a comma alone.'],
  no_comment: ['openmetrics', 'A line with # is TYPE, HELP, UNIT or EOF.'],
  no_blank_text: ['openmetrics', 'After the name in HELP and UNIT stands a space.'],
  unit_in_name: ['openmetrics', 'The name of a family ends in its unit.'],
  nothing_after: ['openmetrics', 'Nothing follows # EOF.'],
  family_together: ['openmetrics', 'The lines of a metric family stand together.'],
  metric_together: ['openmetrics', 'The lines of a metric, that is of one set of labels, stand together.'],
  sample_name: ['openmetrics', 'The name of a sample is that of its family with a suffix of its type.'],
  needed_label: [
    'openmetrics',
    'Buckets have le, quantiles have quantile, states have the name of their family as a label.',
  ],
  value_range: ['openmetrics', 'Counts and sums are numbers that are not negative; info is 1; states are 0 or 1.'],
  exemplar_place: ['openmetrics', 'Exemplars stand at totals of counters and at buckets.'],
  exemplar_length: ['openmetrics', 'The labels of an exemplar have no more than 128 characters.'],
  infinite_bucket: ['openmetrics', 'A histogram has a bucket for +Inf.'],
  buckets_rise: ['openmetrics', 'Buckets stand in the order of le, and their counts do not fall.'],
  count_is_infinite: ['openmetrics', 'The count of a histogram is that of its bucket for +Inf.'],
  sum_and_count: ['openmetrics', 'A histogram has both sum and count, or neither.'],
  sum_sign: ['openmetrics', 'A sum fits the signs of the buckets.'],
} as const satisfies Record<string, readonly [of: 'both' | 'openmetrics', rule: string]>;

export type RuleName = keyof typeof rules;

export class RuleBreaks {
  readonly #told = new Map<RuleName, { readonly sentences: string[]; others: number }>();

  /**
   * Notes that record `record` breaks a rule. `what` gives a sentence without its full stop; it is asked only for those
   * that are told, as every line of a file may break a rule.
   */
  note(rule: RuleName, record: number, what: () => string): void {
    let told = this.#told.get(rule);
    if (!told) this.#told.set(rule, (told = { sentences: [], others: 0 }));
    if (told.sentences.length < MOST_TOLD) told.sentences.push(`${what()} (record ${record}).`);
    else told.others++;
  }

  /** Sentences about all breaks, those of one rule together. */
  tell(isOpenMetrics: boolean): readonly string[] {
    return (Object.keys(rules) as RuleName[]).flatMap((name) => {
      const told = this.#told.get(name);
      const [of, rule] = rules[name];
      if (!told || (of === 'openmetrics' && !isOpenMetrics)) return [];
      const others = told.others > 0 ? [`The rule "${rule}" is broken ${told.others} more times.`] : [];
      return [...told.sentences, ...others];
    });
  }
}
