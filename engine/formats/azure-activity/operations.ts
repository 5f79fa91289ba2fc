/** What an operation of Azure means: `Microsoft.Authorization/roleAssignments/write` gives somebody rights. */

export interface Meaning {
  readonly class: string;
  readonly activity: string;
}

/** Classes of the categories whose records are no requests. */
const byCategory: Readonly<Record<string, string>> = {
  policy: 'compliance_finding',
  security: 'detection_finding',
  alert: 'detection_finding',
  recommendation: 'base_event',
  servicehealth: 'base_event',
  resourcehealth: 'base_event',
  autoscale: 'configuration_change',
};

const RIGHTS =
  /^microsoft\.authorization\/(?:roleassignments|roledefinitions|roleassignment\w+|roleeligibility\w+|classicadministrators|denyassignments|elevateaccess)\b|\/elevateaccess\/|^microsoft\.managedidentity\/.*\/(?:write|delete)$/i;

/** The meaning of an operation in a category; either may be missing. */
export function meaningOf(operation: string | undefined, category: string | undefined): Meaning {
  const activity = activityOf(operation ?? '');
  const named = byCategory[(category ?? '').toLowerCase()];
  if (named !== undefined) return { class: named, activity };
  const changes = activity !== 'read' && activity !== 'action';
  if (RIGHTS.test(operation ?? '') && activity !== 'read') return { class: 'account_change', activity };
  // Only operations of the control plane have a path; GetBlob and the like are uses of a resource.
  const isControl = (operation ?? '').includes('/');
  return { class: changes && isControl ? 'configuration_change' : 'api_activity', activity };
}

const kinds: Readonly<Record<string, string>> = { write: 'update', delete: 'delete', read: 'read', action: 'action' };

/** The last part of `provider/type/verb`; operations of a resource itself begin with a verb: `GetBlob`. */
function activityOf(operation: string): string {
  const parts = operation.toLowerCase().split('/');
  const last = parts.at(-1) ?? '';
  if (parts.length > 1) return kinds[last] ?? 'action';
  if (/^(?:get|list|read|head|query)/.test(last)) return 'read';
  if (/^(?:delete|remove|purge)/.test(last)) return 'delete';
  return /^(?:put|set|create|update|write|append|copy)/.test(last) ? 'update' : 'other';
}
