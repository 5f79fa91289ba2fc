/**
 * Trackers whose answers need little: work items of Azure DevOps, incidents of PagerDuty, issues of Linear.
 *
 *   {"id":65,"rev":1,"fields":{"System.WorkItemType":"Task","System.Title":"...","System.CreatedDate":"..."}}
 *   {"incident_number":1234,"id":"PT4KHLK","title":"...","status":"resolved","created_at":"...","service":{...}}
 *   {"identifier":"ENG-7","title":"...","createdAt":"...","completedAt":"...","state":{"name":"Done"}}
 */
import { elementsOf, flatten, memberAt, membersOf, textOf, type FlatTicket, type Members } from './members.ts';
import { knownKind } from './kind.ts';

const has = (ticket: Members, ...names: string[]): boolean => names.some((name) => Object.hasOwn(ticket, name));

/** True for a work item of Azure DevOps (Azure Boards). */
export function isAzureDevOps(ticket: Members): boolean {
  const fields = membersOf(memberAt(ticket, 'fields'));
  return has(ticket, 'id') && fields !== undefined && has(fields, 'System.CreatedDate', 'System.WorkItemType');
}

/** Fields of Azure DevOps have long names (`Microsoft.VSTS.CMMI.RootCause`); the last part says what they are. */
export function flattenAzureDevOps(ticket: Members): FlatTicket {
  const fields = membersOf(memberAt(ticket, 'fields')) ?? {};
  const get = (...names: string[]): string => names.map((name) => textOf(memberAt(fields, name))).find(isText) ?? '';
  const named = flatten(fields).map(([name, text]): [string, string] => [name.split('.').at(-1)!, text]);
  return [
    ['ticket_id', textOf(memberAt(ticket, 'id'))],
    ['kind', get('System.WorkItemType')],
    ['opened', get('System.CreatedDate')],
    ['resolved', get('Microsoft.VSTS.Common.ClosedDate', 'Microsoft.VSTS.Common.ResolvedDate')],
    ['status', get('System.State')],
    ['summary', get('System.Title')],
    ['requester', get('System.CreatedBy')],
    ['links', textOf(memberAt(ticket, '_links', 'html', 'href')) || textOf(memberAt(ticket, 'url'))],
    ...named,
  ];
}

/** True for an incident of PagerDuty. */
export function isPagerDuty(ticket: Members): boolean {
  return (
    has(ticket, 'incident_number') && has(ticket, 'created_at') && has(ticket, 'service', 'html_url', 'incident_key')
  );
}

/** The service stands for the system. Who acknowledged stands there only until the incident is over. */
export function flattenPagerDuty(ticket: Members): FlatTicket {
  const status = textOf(memberAt(ticket, 'status'));
  const acknowledged = elementsOf(memberAt(ticket, 'acknowledgements'))
    .map((each) => textOf(memberAt(each, 'at')))
    .filter(isText)
    .sort((a, b) => Date.parse(a) - Date.parse(b));
  const ended = textOf(memberAt(ticket, 'resolved_at'));
  return [
    ['ticket_id', textOf(memberAt(ticket, 'incident_number'))],
    ['kind', 'incident'],
    ['system', textOf(memberAt(ticket, 'service', 'summary') ?? memberAt(ticket, 'service', 'name'))],
    ['opened', textOf(memberAt(ticket, 'created_at'))],
    ['acknowledged', acknowledged[0] ?? ''],
    ['resolved', ended || (status === 'resolved' ? textOf(memberAt(ticket, 'last_status_change_at')) : '')],
    ['status', status],
    ['summary', textOf(memberAt(ticket, 'title')) || textOf(memberAt(ticket, 'summary'))],
    ['root_cause', textOf(memberAt(ticket, 'root_cause'))],
    ['links', textOf(memberAt(ticket, 'html_url'))],
  ];
}

/** True for an issue of Linear. */
export function isLinear(ticket: Members): boolean {
  const identifier = memberAt(ticket, 'identifier');
  return typeof identifier === 'string' && /^[A-Z][A-Z0-9]*-\d+$/.test(identifier) && has(ticket, 'createdAt');
}

/** Linear has no types of issues; a label may say what one is. */
export function flattenLinear(ticket: Members): FlatTicket {
  const labels = elementsOf(memberAt(ticket, 'labels')).map((label) => textOf(label));
  const get = (name: string): string => textOf(memberAt(ticket, name));
  return [
    ['ticket_id', get('identifier')],
    ['kind', labels.find((label) => knownKind(label) !== undefined) ?? ''],
    ['opened', get('createdAt')],
    ['resolved', get('completedAt') || get('canceledAt')],
    ['status', get('state')],
    ['summary', get('title')],
    ['requester', get('creator')],
    ['links', get('url')],
  ];
}

function isText(text: string): boolean {
  return text !== '';
}
