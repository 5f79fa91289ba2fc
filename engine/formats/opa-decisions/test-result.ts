/** What `opa test --format json` printed of one test of a policy. It tests the policy, not a system. */
import { at, firstText } from '../event-records/values.ts';
import type { Check, RecordChecks } from './result-scan.ts';

/** Names of failed cases that are listed, and how deep cases in cases are followed. */
const MOST_CASES = 100;
const DEEPEST_CASE = 20;

/** Whether a record is such a test: a rule of a package, where it stands and how long it took. */
export function isTestResult(value: object): boolean {
  const isNamed = firstText(value, 'package') !== undefined && firstText(value, 'name') !== undefined;
  return isNamed && firstText(value, 'location.file') !== undefined && typeof at(value, 'duration') === 'number';
}

/** The check of a test. OPA skips tests whose name begins with `todo_`. */
export function testChecks(result: unknown): RecordChecks {
  const name = firstText(result, 'name') ?? '';
  const benchmark = firstText(result, 'package');
  const check: Check = {
    ...{ resource: firstText(result, 'location.file'), benchmark, rule_id: `${benchmark ?? ''}.${name}`, title: name },
    ...verdictOf(result),
    detail: detailOf(result),
  };
  return { tool: 'opa test', checks: [check] };
}

function verdictOf(result: unknown): Pick<Check, 'status' | 'status_text'> {
  if (at(result, 'error') !== undefined && at(result, 'error') !== null)
    return { status: 'error', status_text: 'error' };
  if (at(result, 'fail') === true) return { status: 'fail', status_text: 'fail' };
  if (at(result, 'skip') === true) return { status: 'not checked', status_text: 'skip' };
  return { status: 'pass', status_text: 'pass' };
}

function detailOf(result: unknown): string | undefined {
  const error = firstText(result, 'error.message');
  if (error !== undefined) return error;
  const failed = failedCases(at(result, 'sub_results'), '', 0).slice(0, MOST_CASES);
  return failed.length === 0 ? undefined : `Cases that failed: ${failed.join(', ')}`.toWellFormed();
}

/** Cases of a test that failed, `outer/inner` where cases hold cases. */
function failedCases(cases: unknown, within: string, depth: number): readonly string[] {
  if (typeof cases !== 'object' || cases === null || depth > DEEPEST_CASE) return [];
  return Object.entries(cases).flatMap(([name, each]) => {
    const path = `${within}${name}`;
    const inner = failedCases(at(each, 'sub_results'), `${path}/`, depth + 1);
    return inner.length > 0 || at(each, 'fail') !== true ? inner : [path];
  });
}
