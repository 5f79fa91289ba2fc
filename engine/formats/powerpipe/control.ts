/** What a run of Powerpipe or Steampipe says of controls, whatever it was exported as. */
import { at, firstText, firstWord, shown } from '../event-records/values.ts';

/** One result of a control: what it says of one resource. */
export interface ControlResult {
  readonly control: string;
  readonly title: string | undefined;
  readonly severity: string | undefined;
  /** The benchmark that the control is in. */
  readonly benchmark: string | undefined;
  readonly resource: string | undefined;
  /** ok, alarm, info, skip, error as the file says. */
  readonly word: string | undefined;
  readonly status: string;
  readonly detail: string | undefined;
  /** Account, subscription or project that the resource is in, as far as the control says. */
  readonly account: string | undefined;
}

const statuses: ReadonlyMap<string, string> = new Map([
  ['ok', 'pass'],
  ['alarm', 'fail'],
  ['error', 'error'],
  ['info', 'informational'],
  // "This control was not evaluated because Powerpipe was requested to skip it."
  ['skip', 'not checked'],
]);

export function statusOf(word: string | undefined): string {
  return statuses.get(word?.toLowerCase() ?? '') ?? 'unknown';
}

/** Columns of controls that say where a resource is, by provider. */
const accountColumns: readonly string[] = [
  ...['account_id', 'subscription_id', 'subscription', 'project', 'project_id', 'tenant_id', 'organization', 'account'],
];

/** `account_id: 123, region: us-east-1`, and the account alone. */
export function describeDimensions(dimensions: ReadonlyMap<string, string>): {
  readonly text: string | undefined;
  readonly account: string | undefined;
} {
  const filled = [...dimensions].filter(([, value]) => value !== '');
  const account = accountColumns
    .map((name) => dimensions.get(name))
    .find((value) => value !== undefined && value !== '');
  return { text: filled.map(([name, value]) => `${name}: ${value}`).join(', ') || undefined, account };
}

/** Dimensions are a list of keys and values in what the command line writes, members of a row in snapshots. */
export function dimensionsOf(value: unknown, except: readonly string[] = []): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const take = (name: unknown, text: string | undefined): void => {
    if (typeof name === 'string' && !except.includes(name)) found.set(name.toWellFormed(), text ?? '');
  };
  if (Array.isArray(value)) for (const each of value) take(at(each, 'key'), firstWord(each, 'value'));
  else if (typeof value === 'object' && value !== null)
    for (const [name, each] of Object.entries(value))
      take(name, typeof each === 'object' ? JSON.stringify(each) : String(each).toWellFormed());
  return found;
}

/** What all results of a control have in common. */
export interface ControlFacts {
  readonly control: string;
  readonly title: string | undefined;
  readonly severity: string | undefined;
  readonly benchmark: string | undefined;
}

/** The results of a control, or the sentence that says why they cannot be read. */
export function resultsOf(
  facts: ControlFacts,
  rows: unknown,
  run: { readonly error: string | undefined; dimensions(row: unknown): ReadonlyMap<string, string> },
): readonly ControlResult[] | string {
  if (rows !== undefined && rows !== null && !Array.isArray(rows))
    return `The results of ${shown(facts.control)} are no list.`;
  const results: ControlResult[] = [];
  for (const row of (rows ?? []) as readonly unknown[]) {
    if (typeof row !== 'object' || row === null) return `A result of ${shown(facts.control)} is no object.`;
    const { text, account } = describeDimensions(run.dimensions(row));
    const word = firstText(row, 'status');
    const detail = [firstText(row, 'reason'), text].filter((part) => part !== undefined).join('\n') || undefined;
    results.push({ ...facts, resource: firstText(row, 'resource'), word, status: statusOf(word), detail, account });
  }
  return results.length > 0 && run.error === undefined ? results : [...results, withoutResult(facts, run.error)];
}

/** A control that gave no row found no resource, or failed: neither is a pass. */
function withoutResult(facts: ControlFacts, error: string | undefined): ControlResult {
  const none = { ...facts, resource: undefined, account: undefined };
  return error === undefined
    ? { ...none, word: undefined, status: 'unknown', detail: 'The control gave no result.' }
    : { ...none, word: 'error', status: 'error', detail: error };
}
