/** A profile of the Heimdall Data Format (and of InSpec's JSON, which it is made from) as rows. */
import type { EvidenceRow } from '../../core/tables.ts';
import type { UtcMicros } from '../../../shared/time.ts';
import type { ScanTimes } from '../check-results/scan-times.ts';
import { at, firstText, firstWord, shown } from '../event-records/values.ts';

export type Check = Pick<
  EvidenceRow<'config_checks'>,
  'benchmark' | 'rule_id' | 'title' | 'status' | 'status_text' | 'severity' | 'detail' | 'resource'
> & {
  readonly time: UtcMicros | undefined;
  /** The control has no result at all. */
  readonly isEmpty?: true;
};

export interface Profile {
  readonly name: string;
  readonly version: string | undefined;
  readonly checks: readonly Check[];
  /** Controls that a waiver left out. */
  readonly waived: readonly string[];
  readonly from: UtcMicros | undefined;
  readonly to: UtcMicros | undefined;
  /** Results without a time of their own. */
  readonly undated: number;
  /** It takes controls from other profiles, which may have their results. */
  readonly isOverlay: boolean;
  /** The profile says that it was not loaded, skipped or failed. */
  readonly trouble: string | undefined;
}

/** True for a profile with controls that have results, or may have. */
export function isProfile(value: unknown): boolean {
  const controls = at(value, 'controls');
  if (!Array.isArray(controls) || firstText(value, 'name') === undefined) return false;
  if (controls.length === 0) return at(value, 'sha256') !== undefined || at(value, 'supports') !== undefined;
  return controls.some(
    (control) => firstText(control, 'id') !== undefined && typeof at(control, 'impact') === 'number',
  );
}

/** The profile of a record, or the sentence that says why it is none. */
export function readProfile(value: unknown, times: ScanTimes): Profile | string {
  if (!isProfile(value)) return 'The record is no profile: it has no name, or no controls with id and impact.';
  const controls = at(value, 'controls') as readonly unknown[];
  const name = firstText(value, 'name')!;
  const checks: Check[] = [];
  const waived: string[] = [];
  for (const [i, control] of controls.entries()) {
    const read = checksOf(control, { name, times });
    if (typeof read === 'string') return `Control ${i + 1} of ${controls.length} in profile ${shown(name)}: ${read}`;
    for (const check of read) checks.push(check);
    if (isWaived(control)) waived.push(firstText(control, 'id')!);
  }
  const known = checks.flatMap(({ time }) => (time === undefined ? [] : [time]));
  return {
    name,
    version: firstText(value, 'version'),
    checks,
    waived,
    from: known.reduce<UtcMicros | undefined>(
      (least, each) => (least === undefined || each < least ? each : least),
      undefined,
    ),
    to: known.reduce<UtcMicros | undefined>(
      (most, each) => (most === undefined || each > most ? each : most),
      undefined,
    ),
    undated: checks.filter(({ time, isEmpty }) => time === undefined && !isEmpty).length,
    isOverlay: firstText(at(value, 'depends.0'), 'name', 'url', 'path', 'git') !== undefined,
    trouble: troubleOf(value),
  };
}

function troubleOf(value: unknown): string | undefined {
  const status = firstText(value, 'status');
  if (status === undefined || status === 'loaded') return undefined;
  return [status, firstText(value, 'status_message', 'skip_message')].filter((part) => part !== undefined).join(': ');
}

function isWaived(control: unknown): boolean {
  return at(control, 'waiver_data.skipped_due_to_waiver') === true;
}

interface In {
  readonly name: string;
  readonly times: ScanTimes;
}

/** One check a result; one for a control without results, which nobody looked at. */
function checksOf(control: unknown, { name, times }: In): readonly Check[] | string {
  const id = firstText(control, 'id');
  if (id === undefined) return 'it has no id.';
  const of = { benchmark: name, rule_id: id, title: firstText(control, 'title'), severity: severityOf(control) };
  const results = at(control, 'results');
  if (results !== undefined && results !== null && !Array.isArray(results)) return 'its results are no list.';
  if (!results || results.length === 0) return [{ ...of, time: undefined, status: 'not checked', isEmpty: true }];
  const checks: Check[] = [];
  for (const result of results as readonly unknown[]) {
    const written = firstText(result, 'start_time');
    const time = times.read(written);
    if (written !== undefined && time === undefined) return `the start_time ${shown(written)} cannot be read.`;
    checks.push({ ...of, time, ...found(result, control) });
  }
  return checks;
}

function found(result: unknown, control: unknown): Pick<Check, 'status' | 'status_text' | 'detail' | 'resource'> {
  const word = firstText(result, 'status');
  const details = [
    firstText(result, 'code_desc'),
    firstText(result, 'message'),
    firstText(result, 'skip_message'),
    firstText(result, 'exception'),
    isWaived(control) ? `waived: ${firstText(control, 'waiver_data.justification') ?? 'no reason given'}` : undefined,
  ].filter((part) => part !== undefined);
  return {
    status: statusOf(word, control),
    status_text: word,
    resource: firstText(result, 'resource_id'),
    detail: details.length === 0 ? undefined : [...new Set(details)].join('\n'),
  };
}

/** Impact 0 with a result that was skipped is how InSpec says that a control does not apply. */
function statusOf(word: string | undefined, control: unknown): string {
  switch (word?.toLowerCase()) {
    case 'passed':
      return 'pass';
    case 'failed':
      return 'fail';
    case 'error':
      return 'error';
    case 'skipped':
      return at(control, 'impact') === 0 ? 'not applicable' : 'not checked';
    default:
      return 'unknown';
  }
}

/** Its tag, else the impact in the words of HDF. */
function severityOf(control: unknown): string | undefined {
  const tag = firstWord(control, 'tags.severity');
  if (tag !== undefined) return tag.toLowerCase();
  const impact = at(control, 'impact');
  if (typeof impact !== 'number') return undefined;
  if (impact < 0.1) return 'none';
  if (impact < 0.4) return 'low';
  if (impact < 0.7) return 'medium';
  return impact < 0.9 ? 'high' : 'critical';
}

/** Hosts that a document says it is about. */
export function targetOf(document: unknown): string | undefined {
  return firstText(document, 'platform.target_id', 'passthrough.target', 'passthrough.hostname');
}
