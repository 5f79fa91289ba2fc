/**
 * The conformance suite of OpenMetrics 1.0. It asks for a verdict on the whole file. Here every line that can be read is
 * kept, so a file that a strict reader refuses must show it otherwise: by a reject or by a broken rule that is told. That
 * it does so is compared in test/conformance; here is what it says.
 */
import { expect, test } from 'vitest';
import { openmetrics } from '../../../../engine/formats/openmetrics/openmetrics.ts';
import { collectRows } from '../collect-rows.ts';
import { conformanceCases, contentLines, fixture, fixtureText, takenAt } from './corpus.ts';

const read = (name: string) => collectRows(openmetrics, fixture(`conformance/${name}.txt`), { takenAt });

test('has 105 cases, 83 of them with a fault', () => {
  expect(conformanceCases).toHaveLength(105);
  expect(conformanceCases.filter(([, isRight]) => !isRight)).toHaveLength(83);
});

test.each(conformanceCases.filter(([, isRight]) => isRight))('%s: every line is kept', (name) => {
  const lines = contentLines(fixtureText(`conformance/${name}.txt`));
  const { rows } = read(name);
  expect(rows('metric_samples')).toHaveLength(lines.filter((line) => !line.startsWith('#')).length);
  expect(rows('metric_metadata')).toHaveLength(lines.filter((line) => line.startsWith('#')).length);
});

test.each([
  ['bad_clashing_names_1', 'Metric family a has a second TYPE (record 2).'],
  ['bad_counter_values_17', 'Summary a_sum has the negative value -1, which a sum cannot be (record 2).'],
  ['bad_grouping_or_ordering_0', 'Lines of a_bucket{a="1"} do not stand together (record 6).'],
  ['bad_grouping_or_ordering_3', 'Lines of metric family quantile do not stand together (record 4).'],
  ['bad_grouping_or_ordering_7', 'Series a goes back in time (record 3).'],
  ['bad_grouping_or_ordering_10', 'Series a has samples with and without a time (record 3).'],
  ['bad_histograms_13', 'Histogram a has the count 1, but 0 in its bucket for +Inf (record 2).'],
  ['bad_histograms_7', 'Histogram a has the negative sum -1 though it has no buckets below 0 (record 2).'],
  ['bad_metadata_in_wrong_place_0', 'TYPE of a stands after samples of it (record 3).'],
  ['bad_missing_or_invalid_labels_for_a_type_3', 'Sample a has "1.01" for quantile (record 2).'],
  ['bad_unit_4', 'The name of metric family a does not end in its unit seconds (record 1).'],
  ['bad_stateset_info_values_3', 'Info a has a sample named a (record 2).'],
])('%s: says what is wrong', (name, statement) => {
  expect(read(name).assumptions).toContain(statement);
});
