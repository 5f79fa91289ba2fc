/**
 * Lines of `terraform apply -json`, and of plan, refresh and test:
 *
 *   {"@level":"info","@message":"...","@module":"terraform.ui","@timestamp":"...","hook":{"resource":{"addr":...},
 *    "action":"update","elapsed_seconds":0},"type":"apply_complete"}
 */
import type { EvidenceRow } from '../../core/tables.ts';
import { parseInstant } from '../../../shared/time.ts';
import { at, firstText, firstWord, shown } from '../event-records/values.ts';
import { MASK, masked } from './masking.ts';
import type { Members } from './shapes.ts';

/** Types whose line says that a resource is, or was, changed. */
const changing: ReadonlySet<string> = new Set([
  ...['planned_change', 'resource_drift', 'apply_start', 'apply_progress', 'apply_complete', 'apply_errored'],
  ...['provision_start', 'provision_progress', 'provision_complete', 'provision_errored', 'change_summary'],
]);
const inColumns: ReadonlySet<string> = new Set(['@message', '@level', '@timestamp']);

/** The rows of a line, or the sentence that says why it is none. */
export function logRows(
  value: Members,
  system: string | undefined,
): { readonly event: EvidenceRow<'events'>; readonly fields: string } | string {
  const written = value['@timestamp'];
  const time = typeof written === 'string' ? parseInstant(written) : undefined;
  if (time === undefined) return `@timestamp ${shown(written)} is not a time.`;
  const type = firstText(value, 'type');
  const action = firstText(value, 'hook.action', 'change.action', 'changes.operation');
  const event: EvidenceRow<'events'> = {
    time,
    system,
    stream: 'terraform',
    class: type !== undefined && changing.has(type) ? 'configuration_change' : 'event_log_activity',
    activity: action ?? type,
    code: type,
    target: firstText(value, 'hook.resource.addr', 'change.resource.addr', 'diagnostic.address'),
    outcome: outcomeOf(type, firstWord(value, '@level')),
    severity: firstWord(value, '@level')?.toLowerCase(),
    message: firstText(value, '@message'),
  };
  return { event, fields: JSON.stringify(withoutSecrets(value)) };
}

function outcomeOf(type: string | undefined, level: string | undefined): string | undefined {
  if (type === undefined) return undefined;
  if (/_complete$/.test(type)) return 'success';
  return /_errored$/.test(type) || (type === 'diagnostic' && level === 'error') ? 'failure' : undefined;
}

/** The members that columns do not hold; sensitive outputs have no value, or none that is kept. */
function withoutSecrets(value: Members): unknown {
  const rest = Object.fromEntries(Object.entries(value).filter(([name]) => !inColumns.has(name)));
  const outputs = at(rest, 'outputs');
  const isSensitive = (name: string): boolean =>
    at(outputs, name) !== undefined && at(at(outputs, name), 'sensitive') === true;
  const copy = masked(rest, undefined).value as Record<string, unknown>;
  const written = copy['outputs'];
  if (typeof written === 'object' && written !== null)
    for (const [name, output] of Object.entries(written))
      if (isSensitive(name) && typeof output === 'object' && output !== null && 'value' in output) output.value = MASK;
  return copy;
}
