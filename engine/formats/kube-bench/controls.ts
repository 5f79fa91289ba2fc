/** A group of controls of kube-bench as rows: one check a result. */
import type { EvidenceRow } from '../../core/tables.ts';
import { at, firstText, firstWord, objectsAt } from '../event-records/values.ts';

export type Check = Pick<
  EvidenceRow<'config_checks'>,
  'benchmark' | 'rule_id' | 'title' | 'status' | 'status_text' | 'detail'
>;

/** What a record has: its results, and what it says of itself. */
export interface Controls {
  readonly benchmark: string | undefined;
  /** `4 Worker Node Security Configuration (node)`. */
  readonly name: string;
  readonly checks: readonly Check[];
  /** Results that the configuration of kube-bench skips. */
  readonly skipped: readonly string[];
  /** How many results of each kind the file says there are, where that is not what it holds. */
  readonly contradictions: readonly string[];
}

/** True for a group of controls: an id, and tests with sections or results. */
export function isControls(value: unknown): boolean {
  return (
    Array.isArray(at(value, 'tests')) && firstText(value, 'id') !== undefined && at(value, 'node_type') !== undefined
  );
}

/** The controls of a record, or the sentence that says why it has none. */
export function readControls(value: unknown): Controls | string {
  if (!isControls(value)) return 'The record has no id, node_type and tests, as controls of kube-bench have.';
  const benchmark = firstText(value, 'version');
  const checks: Check[] = [];
  const skipped: string[] = [];
  for (const [i, test] of (at(value, 'tests') as readonly unknown[]).entries()) {
    const results = at(test, 'results');
    // A section all of whose results were filtered out has null.
    if (results !== null && results !== undefined && !Array.isArray(results))
      return `The results of test ${i + 1} are no list.`;
    for (const [k, result] of (results ?? []).entries()) {
      if (firstText(result, 'test_number') === undefined)
        return `Result ${k + 1} of section ${firstText(test, 'section') ?? String(i + 1)} has no test_number.`;
      const check = checkOf(result, benchmark);
      checks.push(check);
      if (isSkipped(result)) skipped.push(check.rule_id!);
    }
  }
  return { benchmark, name: nameOf(value), checks, skipped, contradictions: contradictionsOf(value, checks) };
}

function nameOf(value: unknown): string {
  const kind = firstText(value, 'node_type');
  const text = [firstText(value, 'id'), firstText(value, 'text')].filter((part) => part !== undefined).join(' ');
  return kind === undefined ? text : `${text} (${kind})`;
}

function checkOf(result: unknown, benchmark: string | undefined): Check {
  const details = [
    ['actual', firstText(result, 'actual_value')],
    ['expected', firstText(result, 'expected_result')],
    ['reason', firstText(result, 'reason')],
  ].flatMap(([name, text]) => (text === undefined ? [] : [`${name}: ${text}`]));
  const scored = at(result, 'scored');
  if (scored === false) details.push('not scored');
  return {
    benchmark,
    rule_id: firstText(result, 'test_number'),
    title: firstText(result, 'test_desc'),
    status: statusOf(result),
    status_text: firstWord(result, 'status'),
    detail: details.length === 0 ? undefined : details.join('\n'),
  };
}

function isSkipped(result: unknown): boolean {
  return firstText(result, 'type') === 'skip' || firstText(result, 'reason') === 'Test marked as skip';
}

/**
 * PASS and FAIL are what they say. WARN stands for two things: a test that a person has to make, and a recommendation
 * without a score that is not met. INFO is a test that is skipped, or one that only informs.
 */
function statusOf(result: unknown): string {
  switch (firstText(result, 'status')?.toUpperCase()) {
    case 'PASS':
      return 'pass';
    case 'FAIL':
      return 'fail';
    case 'WARN':
      return isManual(result) ? 'not checked' : 'fail';
    case 'INFO':
      return isSkipped(result) ? 'not checked' : 'informational';
    default:
      return 'unknown';
  }
}

function isManual(result: unknown): boolean {
  const reason = firstText(result, 'reason') ?? '';
  return firstText(result, 'type') === 'manual' || /^(?:Test marked as a manual test|No tests defined)/i.test(reason);
}

function contradictionsOf(value: unknown, checks: readonly Check[]): readonly string[] {
  return ['PASS', 'FAIL', 'WARN', 'INFO'].flatMap((word) => {
    const said = at(value, `total_${word.toLowerCase()}`);
    const held = checks.filter(({ status_text }) => status_text?.toUpperCase() === word).length;
    return typeof said === 'number' && said !== held ? [`${word}: ${said} said, ${held} there`] : [];
  });
}

/** Sections in a record that have no result at all: it is known that they exist, and nothing else. */
export function emptySections(value: unknown): readonly string[] {
  return objectsAt(value, 'tests').flatMap((test) => {
    const results = at(test, 'results');
    return Array.isArray(results) && results.length > 0 ? [] : [firstText(test, 'section') ?? 'without a number'];
  });
}
