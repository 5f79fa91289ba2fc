/** What a plan or a state says by itself, without its resources. */
import type { EvidenceRow } from '../../core/tables.ts';
import { at } from '../event-records/values.ts';
import { MASK, masked, secretsIn, type Masked } from './masking.ts';
import { isObject, type Members } from './shapes.ts';

/** Single values, which are kept as they are. */
const kept = [
  ...['format_version', 'plan_format_version', 'terraform_version', 'version', 'serial', 'lineage', 'timestamp'],
  ...['applyable', 'complete', 'errored', 'relevant_attributes', 'checks', 'deferred_changes', 'action_invocations'],
];

/**
 * The event of a plan (a state has none) without its time, and its fields. Variables and configuration are left out: they
 * hold secrets without marks. Sensitive outputs are masked.
 */
export function documentFields(
  value: Members,
  system: string | undefined,
): {
  readonly event: Omit<EvidenceRow<'events'>, 'time'> | undefined;
  readonly fields: string;
  readonly masked: number;
} {
  const single = kept.flatMap((name) => (value[name] === undefined ? [] : [[name, value[name]] as const]));
  const outputs = outputsOf(value['outputs'] ?? at(value, 'values.outputs'));
  const changes = outputChanges(value['output_changes']);
  const plain = masked(Object.fromEntries(single), undefined);
  const fields = {
    ...(plain.value as object),
    ...(outputs.value === undefined ? {} : { outputs: outputs.value }),
    ...(changes.value === undefined ? {} : { output_changes: changes.value }),
  };
  const masks = plain.count + outputs.count + changes.count;
  return { event: isPlan(value) ? planEvent(value, system) : undefined, fields: JSON.stringify(fields), masked: masks };
}

function isPlan(value: Members): boolean {
  return ['planned_values', 'resource_changes', 'plan_format_version', 'prior_state', 'configuration', 'errored'].some(
    (name) => name in value,
  );
}

function planEvent(value: Members, system: string | undefined): Omit<EvidenceRow<'events'>, 'time'> {
  const errored = value['errored'];
  return {
    system,
    stream: 'terraform',
    class: 'configuration_change',
    activity: 'plan',
    code: 'plan',
    outcome: errored === true ? 'failure' : errored === false ? 'success' : undefined,
    message: `A plan of Terraform ${String(value['terraform_version'] ?? '').slice(0, 40)}`.trim().toWellFormed(),
  };
}

interface Part {
  readonly value: unknown;
  readonly count: number;
}

function outputsOf(outputs: unknown): Part {
  if (!isObject(outputs)) return { value: undefined, count: 0 };
  const marks = Object.fromEntries(
    Object.entries(outputs).map(([name, output]) => [name, at(output, 'sensitive') === true ? { value: true } : {}]),
  );
  return masked(outputs, marks);
}

function outputChanges(changes: unknown): Part {
  if (!isObject(changes)) return { value: undefined, count: 0 };
  let count = 0;
  const entries = Object.entries(changes).map(([name, change]) => {
    if (!isObject(change)) return [name, MASK] as const;
    const sides = (['before', 'after'] as const).map(
      (side) => [change[side] ?? null, change[`${side}_sensitive`]] as const,
    );
    const secrets = secretsIn(...sides);
    const [before, after] = sides.map(([side, marks]) => masked(side, marks, secrets)) as [Masked, Masked];
    count += before.count + after.count;
    return [name, { actions: change['actions'], before: before.value, after: after.value }] as const;
  });
  return { value: Object.fromEntries(entries), count };
}
