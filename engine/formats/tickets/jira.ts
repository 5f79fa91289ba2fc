/**
 * An issue of Jira as its REST interface gives it.
 *
 *   {"key":"OPS-7","fields":{"issuetype":{"name":"Incident"},"created":"...","customfield_10050":...},
 *    "changelog":{"histories":[{"created":"...","author":{...},"items":[{"field":"status","toString":"Approved"}]}]}}
 *
 * Custom fields have numbers; `names`, of the issue or of the answer around it, says what they are called.
 */
import { elementsOf, flatten, memberAt, membersOf, textOf, type FlatTicket, type Members } from './members.ts';

const KEY = /^[A-Z][A-Z0-9_]*-\d+$/i;

/** True for an issue: its key, and fields that every issue has. */
export function isJira(ticket: Members): boolean {
  const key = memberAt(ticket, 'key');
  const fields = membersOf(memberAt(ticket, 'fields'));
  if (typeof key !== 'string' || !KEY.test(key) || fields === undefined) return false;
  return ['issuetype', 'created', 'status', 'summary'].filter((name) => Object.hasOwn(fields, name)).length >= 2;
}

/** True when an issue has custom fields with something in them, and does not say itself what they are called. */
export function needsNames(ticket: Members): boolean {
  if (membersOf(memberAt(ticket, 'names')) !== undefined) return false;
  const fields = membersOf(memberAt(ticket, 'fields')) ?? {};
  return Object.entries(fields).some(([name, value]) => name.startsWith('customfield_') && textOf(value) !== '');
}

/** The names and texts of an issue. */
export function flattenJira(ticket: Members, namesAround: Members | undefined): FlatTicket {
  const fields = membersOf(memberAt(ticket, 'fields')) ?? {};
  const names = membersOf(memberAt(ticket, 'names')) ?? namesAround;
  const own: [string, unknown][] = [
    ['ticket_id', memberAt(ticket, 'key')],
    ['kind', memberAt(fields, 'issuetype')],
    ['opened', memberAt(fields, 'created')],
    ['resolved', memberAt(fields, 'resolutiondate')],
    ['status', memberAt(fields, 'status')],
    ['summary', memberAt(fields, 'summary')],
    ['requester', memberAt(fields, 'reporter') ?? memberAt(fields, 'creator')],
    ...fromHistory(ticket),
    ...fromApprovals(fields),
  ];
  const named = flatten(fields).map(([name, text]): [string, string] => [calledBy(names, name), text]);
  return [...own.map(([name, value]): [string, string] => [name, textOf(value)]), ...named];
}

/** Jira's own fields keep their names, whatever language `names` is in. */
function calledBy(names: Members | undefined, name: string): string {
  const called = name.startsWith('customfield_') ? memberAt(names, name) : undefined;
  return typeof called === 'string' ? called : name;
}

interface Transition {
  readonly to: string;
  readonly at: string;
  readonly by: string;
}

/** The changes of status, in the order in which they were made. */
function transitionsOf(ticket: Members): readonly Transition[] {
  const changelog = memberAt(ticket, 'changelog');
  const histories = [...elementsOf(memberAt(changelog, 'histories')), ...elementsOf(memberAt(changelog, 'values'))];
  return histories
    .flatMap((history) =>
      elementsOf(memberAt(history, 'items'))
        .filter((item) => memberAt(item, 'field') === 'status')
        .map((item) => ({
          to: textOf(memberAt(item, 'toString')).toLowerCase(),
          at: textOf(memberAt(history, 'created')),
          by: textOf(memberAt(history, 'author')),
        })),
    )
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** Who moved the issue to Approved, unless it was moved to be approved again or rejected after that. */
function fromHistory(ticket: Members): [string, unknown][] {
  const transitions = transitionsOf(ticket);
  const acknowledged = transitions.find(({ to }) => to === 'acknowledged');
  const decided = transitions.findLast(({ to }) => to === 'approved' || /reject|declin|approval/.test(to));
  const approved = decided?.to === 'approved' ? decided : undefined;
  return [
    ...(acknowledged ? [['acknowledged', acknowledged.at] as [string, unknown]] : []),
    ...(approved
      ? ([
          ['approver', approved.by],
          ['approved_at', approved.at],
        ] as [string, unknown][])
      : []),
  ];
}

/** Jira Service Management keeps approvals in a custom field: a list whose elements have a final decision. */
function fromApprovals(fields: Members): [string, unknown][] {
  const approvals = Object.values(fields)
    .flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : []))
    .filter(
      (each) => typeof memberAt(each, 'finalDecision') === 'string' && memberAt(each, 'completedDate') !== undefined,
    )
    .map((each) => ({ each, at: textOf(memberAt(each, 'completedDate')) }))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const last = approvals.at(-1);
  if (last === undefined || memberAt(last.each, 'finalDecision') !== 'approved') return [];
  const who = elementsOf(memberAt(last.each, 'approvers')).find(
    (one) => memberAt(one, 'approverDecision') === 'approved',
  );
  return [
    ['approver', memberAt(who, 'approver')],
    ['approved_at', last.at],
  ];
}
