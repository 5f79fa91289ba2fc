/** Whose ticket a JSON object is, and how it is laid flat. */
import { flattenGithub, inDelivery, isGithub } from './github.ts';
import { flattenGitlab, isGitlab } from './gitlab.ts';
import { flattenJira, isJira } from './jira.ts';
import { flatten, memberAt, membersOf, type FlatTicket, type Members } from './members.ts';
import {
  flattenAzureDevOps,
  flattenLinear,
  flattenPagerDuty,
  isAzureDevOps,
  isLinear,
  isPagerDuty,
} from './other-trackers.ts';
import { flattenServiceNow, isServiceNow } from './servicenow.ts';

export type Tracker = 'Jira' | 'ServiceNow' | 'GitHub' | 'GitLab' | 'Azure DevOps' | 'PagerDuty' | 'Linear' | 'own';

export interface FoundTicket {
  readonly tracker: Tracker | undefined;
  readonly ticket: Members;
  readonly isDelivery: boolean;
}

/** The ticket in a record; `undefined` when it is no JSON object. `tracker` is `undefined` for one that is not known. */
export function findTicket(value: unknown): FoundTicket | undefined {
  // GraphQL's edges: {"node":{...}}; one task of ServiceNow: {"result":{...}}
  const record = membersOf(memberAt(value, 'node')) ?? membersOf(memberAt(value, 'result')) ?? membersOf(value);
  if (record === undefined) return undefined;
  const delivered = inDelivery(record);
  if (delivered !== undefined) return { tracker: 'GitHub', ticket: delivered, isDelivery: true };
  const issue = membersOf(memberAt(record, 'issue'));
  if (issue !== undefined && isJira(issue)) return { tracker: 'Jira', ticket: issue, isDelivery: true };
  return { tracker: trackerOf(record), ticket: record, isDelivery: false };
}

function trackerOf(record: Members): Tracker | undefined {
  if (isJira(record)) return 'Jira';
  if (isAzureDevOps(record)) return 'Azure DevOps';
  if (isServiceNow(record)) return 'ServiceNow';
  if (isPagerDuty(record)) return 'PagerDuty';
  if (isLinear(record)) return 'Linear';
  if (isGitlab(record)) return 'GitLab';
  if (isGithub(record)) return 'GitHub';
  const isOwn = ['ticket_id', 'opened'].every((name) => Object.hasOwn(record, name));
  return isOwn ? 'own' : undefined;
}

/** The names and texts of a ticket. `names` is what an answer of Jira says its custom fields are called. */
export function flattenTicket({ tracker, ticket }: FoundTicket, names: Members | undefined): FlatTicket {
  switch (tracker) {
    case 'Jira':
      return flattenJira(ticket, names);
    case 'ServiceNow':
      return flattenServiceNow(ticket);
    case 'GitHub':
      return flattenGithub(ticket);
    case 'GitLab':
      return flattenGitlab(ticket);
    case 'Azure DevOps':
      return flattenAzureDevOps(ticket);
    case 'PagerDuty':
      return flattenPagerDuty(ticket);
    case 'Linear':
      return flattenLinear(ticket);
    default:
      return flatten({ ...ticket, ...membersOf(memberAt(ticket, 'fields')) });
  }
}
