/**
 * A ticket as JSON, laid flat like a row of a table, so that one list of column names serves CSV and JSON.
 *
 *   Jira:       {"key":"OPS-7","fields":{"issuetype":{"name":"Incident"},"created":"...",...}}
 *   ServiceNow: {"number":"INC0000040","caller_id":{"value":"test"},"opened_at":"...",...}
 *   GitHub:     {"number":7,"title":"...","user":{"login":"ana"},"html_url":"https://github.com/o/r/pull/7",...}
 */
export interface FlatTicket {
  readonly names: readonly string[];
  readonly values: readonly string[];
}

// What stands for a nested object, most readable first. Jira links hold the other issue under these names.
const tellingMembers = [
  ...['displayName', 'display_value', 'name', 'login', 'key', 'value'],
  ...['inwardIssue', 'outwardIssue'],
];

/** The names and texts of a ticket's members, those of Jira's `fields` after its own. `undefined` for no object. */
export function flattenTicket(value: unknown): FlatTicket | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const own = value as Record<string, unknown>;
  const { fields, ...rest } = own;
  const nested = typeof fields === 'object' && fields !== null && !Array.isArray(fields) ? Object.entries(fields) : [];
  const pairs = [...githubMembers(own), ...Object.entries(rest), ...nested];
  return { names: pairs.map(([name]) => name), values: pairs.map(([, member]) => textOf(member, 0).toWellFormed()) };
}

function textOf(value: unknown, depth: number): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object' || value === null || depth > 3) return '';
  if (Array.isArray(value)) return value.map((each) => textOf(each, depth + 1)).join(';');
  const members = value as Record<string, unknown>;
  const name = tellingMembers.find((each) => textOf(members[each], depth + 1) !== '');
  return name === undefined ? '' : textOf(members[name], depth + 1);
}

// Numbers of GitHub are unique in a repository only; a pull request is a change, and is over when it is merged.
function githubMembers(own: Record<string, unknown>): [string, unknown][] {
  const page = typeof own['html_url'] === 'string' ? own['html_url'] : '';
  const place = /^https?:\/\/[^/]+\/([^/]+\/[^/]+)\/(issues|pull)\/(\d+)$/.exec(page);
  if (!place) return [];
  const isChange = place[2] === 'pull' || own['pull_request'] !== undefined;
  const kind: [string, unknown][] = isChange ? [['kind', 'pull request']] : [];
  return [['ticket_id', `${place[1]}#${place[3]}`], ['resolved', own['merged_at']], ...kind];
}
