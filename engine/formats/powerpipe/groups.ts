/**
 * The JSON of `powerpipe benchmark run --output json` and `steampipe check`: groups in groups, with controls in them.
 *
 *   {"group_id":"root_result_group","groups":[{"group_id":"mod.benchmark.x","groups":[...],"controls":[
 *     {"control_id":"...","title":"...","severity":"...","results":[{"status","reason","resource","dimensions"}],
 *      "run_status":4,"run_error":""}]}],"controls":null}
 */
import { at, firstText } from '../event-records/values.ts';
import { dimensionsOf, resultsOf, type ControlResult } from './control.ts';

/** What a record gives: a control, a group with all that is in it, or a snapshot. */
export interface Run {
  readonly results: readonly ControlResult[];
  /** The benchmark that was run; a control that was run alone has none. */
  readonly profile: string | undefined;
  /** Controls that did not come to their end. */
  readonly unfinished: number;
}

export function isGroupOrControl(value: unknown): boolean {
  const isGroup = firstText(value, 'group_id') !== undefined && at(value, 'summary') !== undefined;
  return isGroup || isControl(value);
}

function isControl(value: unknown): boolean {
  return (
    firstText(value, 'control_id') !== undefined &&
    ['results', 'run_status'].some((name) => at(value, name) !== undefined)
  );
}

/** What stands in a group or control, or the sentence that says why it cannot be read. */
export function readGroup(value: unknown): Run | string {
  if (!isGroupOrControl(value))
    return 'The record is neither a group (group_id, summary) nor a control (control_id, results).';
  const found: Found = { results: [], unfinished: 0 };
  const trouble = isControl(value) ? addControl(value, undefined, found) : addGroup(value, found);
  if (trouble !== undefined) return trouble;
  if (found.results.length === 0) return 'The group holds no control.';
  return { ...found, profile: firstText(value, 'group_id') };
}

interface Found {
  readonly results: ControlResult[];
  unfinished: number;
}

function addGroup(group: unknown, found: Found): string | undefined {
  const id = firstText(group, 'group_id');
  for (const control of listAt(group, 'controls')) {
    const trouble = addControl(control, id, found);
    if (trouble !== undefined) return trouble;
  }
  for (const each of listAt(group, 'groups')) {
    const trouble = addGroup(each, found);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}

function listAt(value: unknown, name: string): readonly unknown[] {
  const list = at(value, name);
  return Array.isArray(list) ? list : [];
}

function addControl(value: unknown, benchmark: string | undefined, found: Found): string | undefined {
  const control = firstText(value, 'control_id');
  if (control === undefined) return `A control of group ${benchmark ?? 'without a name'} has no control_id.`;
  const facts = {
    control,
    benchmark,
    title: firstText(value, 'title'),
    severity: firstText(value, 'severity')?.toLowerCase(),
  };
  const error = firstText(value, 'run_error');
  const results = resultsOf(facts, at(value, 'results'), {
    error,
    dimensions: (row) => dimensionsOf(at(row, 'dimensions')),
  });
  if (typeof results === 'string') return results;
  for (const result of results) found.results.push(result);
  if (!isComplete(at(value, 'run_status'))) found.unfinished++;
  return undefined;
}

/** 4 is complete, 8 an error: an error is a result too. Versions that write neither are taken at their word. */
function isComplete(status: unknown): boolean {
  return status === undefined || [4, 8, 'complete', 'error'].includes(status as number | string);
}
