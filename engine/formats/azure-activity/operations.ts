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

/** The same in the words of the portal: "Create role assignment". */
const RIGHTS_IN_WORDS = /\b(?:role (?:assignment|definition)|classic administrator|elevates? access|managed identity)/i;

/** The meaning of an operation in a category; either may be missing. */
export function meaningOf(operation = '', category = ''): Meaning {
  const kind = category.toLowerCase().replaceAll(' ', '');
  // Only operations of the control plane have a path; GetBlob and the like are uses of a resource.
  const isPath = operation.includes('/');
  const isNamed = !isPath && kind === 'administrative';
  const activity = isNamed ? activityInWords(operation) : activityOf(operation);
  const named = byCategory[kind];
  if (named !== undefined) return { class: named, activity };
  const aboutRights = RIGHTS.test(operation) || (isNamed && RIGHTS_IN_WORDS.test(operation));
  if (aboutRights && activity !== 'read') return { class: 'account_change', activity };
  const changes = activity !== 'read' && activity !== 'action';
  return { class: changes && (isPath || isNamed) ? 'configuration_change' : 'api_activity', activity };
}

/** `Create or Update Virtual Machine`, `Delete role assignment`, `Restart Virtual Machine`. */
function activityInWords(operation: string): string {
  const activity = activityOf(operation);
  return activity === 'other' ? 'action' : activity;
}

const kinds: Readonly<Record<string, string>> = { write: 'update', delete: 'delete', read: 'read', action: 'action' };

/** The last part of `provider/type/verb`; operations of a resource itself begin with a verb: `GetBlob`. */
function activityOf(operation: string): string {
  const parts = operation.toLowerCase().split('/');
  const last = parts.at(-1) ?? '';
  if (parts.length > 1) return kinds[last] ?? 'action';
  if (/^(?:get|list|read|head|query)/.test(last)) return 'read';
  if (/^(?:delete|remove|purge)/.test(last)) return 'delete';
  return /^(?:put|set|create|update|write|append|copy|add)/.test(last) ? 'update' : 'other';
}
