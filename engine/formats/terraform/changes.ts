/** What a plan would change, and what it found changed outside of Terraform. */
import type { EvidenceRow } from '../../core/tables.ts';
import { at, firstText } from '../event-records/values.ts';
import { providerName } from './config-items.ts';
import { masked, secretsIn, type Masked } from './masking.ts';
import type { Members } from './shapes.ts';

export interface PlannedChange {
  /** The event without its time; none where nothing would be changed. */
  readonly event: Omit<EvidenceRow<'events'>, 'time'> | undefined;
  readonly fields: string;
  readonly masked: number;
  readonly rounded: boolean;
}

/** A member of `resource_changes` or of `resource_drift`; a sentence where it has no actions. */
export function plannedChange(
  value: Members,
  kind: 'planned_change' | 'resource_drift',
  system: string | undefined,
): PlannedChange | string {
  const actions = at(value, 'change.actions');
  if (!Array.isArray(actions) || actions.length === 0 || actions.some((action) => typeof action !== 'string'))
    return 'The change has no list of actions.';
  const activity = activityOf(actions as readonly string[]);
  const address = firstText(value, 'address') ?? firstText(value, 'type') ?? '';
  const reason = firstText(value, 'action_reason');
  const sides = (['before', 'after'] as const).map(
    (side) => [at(value, `change.${side}`) ?? null, at(value, `change.${side}_sensitive`)] as const,
  );
  const secrets = secretsIn(...sides);
  const [before, after] = sides.map(([side, marks]) => masked(side, marks, secrets)) as [Masked, Masked];
  const { change, ...rest } = value;
  const others = Object.entries(change as Members).filter(([name]) => !name.endsWith('_sensitive'));
  const plain = masked(
    { ...rest, change: { ...Object.fromEntries(others), before: null, after: null } },
    undefined,
    secrets,
  );
  const copy = plain.value as { change: Record<string, unknown> };
  Object.assign(copy.change, { before: before.value, after: after.value });
  const verb = kind === 'planned_change' ? 'would be' : 'was found changed:';
  const message = `${address} ${verb} ${done[activity] ?? activity}${reason === undefined ? '' : ` (${reason})`}`;
  const event = {
    system,
    stream: 'terraform',
    class: 'configuration_change',
    activity,
    code: kind,
    target: address,
    message,
  };
  return {
    event: activity === 'no-op' ? undefined : event,
    fields: JSON.stringify({ ...copy, provider: providerName(firstText(value, 'provider_name')) }),
    masked: before.count + after.count + plain.count,
    rounded: before.rounded || after.rounded,
  };
}

const done: Readonly<Record<string, string>> = {
  create: 'created',
  update: 'updated',
  delete: 'deleted',
  replace: 'replaced',
  read: 'read',
  forget: 'forgotten',
  'no-op': 'left as it is',
};

/** `["delete","create"]` and `["create","delete"]` replace. */
function activityOf(actions: readonly string[]): string {
  if (actions.includes('create') && (actions.includes('delete') || actions.includes('forget'))) return 'replace';
  return actions.join('+').toWellFormed();
}
