/**
 * Issues and merge requests of GitLab, in the names of its REST interface (and the command glab) and of GraphQL.
 *
 *   {"iid":7,"project_id":3,"title":"...","state":"merged","created_at":"...","merged_at":"...","author":{...},
 *    "references":{"full":"group/project!7"},"web_url":"https://gitlab.com/group/project/-/merge_requests/7"}
 *
 * Who approved a merge request, GitLab answers apart (`/approvals`): `approved_by`, put beside the others.
 */
import { elementsOf, memberAt, textOf, type FlatTicket, type Members } from './members.ts';
import { knownKind } from './kind.ts';

const PAGE = /^https?:\/\/[^/]+\/(.+?)\/(?:-\/)?(issues|merge_requests|work_items|incidents)\/(?:incident\/)?(\d+)/;

/** True for an issue or a merge request. */
export function isGitlab(ticket: Members): boolean {
  const has = (...names: string[]): boolean => names.some((name) => Object.hasOwn(ticket, name));
  return has('iid') && has('title') && has('created_at', 'createdAt') && has('state', 'web_url', 'webUrl');
}

/** The names and texts of an issue or a merge request. A number is unique in its project only. */
export function flattenGitlab(ticket: Members): FlatTicket {
  const get = (...names: string[]): unknown =>
    names.map((name) => memberAt(ticket, name)).find((value) => textOf(value) !== '');
  const url = textOf(get('web_url', 'webUrl'));
  const isMerge = isMergeRequest(ticket, url);
  return [
    ['ticket_id', idOf(ticket, url, isMerge ? '!' : '#')],
    ['kind', isMerge ? 'pull request' : kindOf(ticket)],
    ['opened', textOf(get('created_at', 'createdAt'))],
    ['resolved', textOf(get('merged_at', 'mergedAt', 'closed_at', 'closedAt'))],
    ['status', textOf(get('state'))],
    ['summary', textOf(get('title'))],
    ['requester', userOf(memberAt(ticket, 'author'))],
    ...approvalOf(ticket),
    ['links', [url, textOf(get('merge_commit_sha', 'mergeCommitSha'))].filter((link) => link !== '').join(';')],
  ];
}

function isMergeRequest(ticket: Members, url: string): boolean {
  const page = PAGE.exec(url)?.[2];
  return page === undefined
    ? ['source_branch', 'sourceBranch', 'merged_at', 'mergedAt'].some((name) => Object.hasOwn(ticket, name))
    : page === 'merge_requests';
}

function idOf(ticket: Members, url: string, sign: string): string {
  const full = textOf(memberAt(ticket, 'references', 'full'));
  if (full !== '') return full;
  const page = PAGE.exec(url);
  if (page) return `${page[1]!}${sign}${page[3]!}`;
  const project = textOf(memberAt(ticket, 'project_id'));
  const number = textOf(memberAt(ticket, 'iid'));
  return project === '' ? number : `${project}${sign}${number}`;
}

/** GitLab knows the type incident; else a label may say what an issue is. */
function kindOf(ticket: Members): string {
  const type = textOf(memberAt(ticket, 'issue_type') ?? memberAt(ticket, 'type')).toLowerCase();
  const labels = elementsOf(memberAt(ticket, 'labels')).map((label) => textOf(memberAt(label, 'title') ?? label));
  return [type, ...labels].find((word) => knownKind(word) !== undefined) ?? type;
}

function userOf(user: unknown): string {
  return textOf(memberAt(user, 'username')) || textOf(user);
}

/** The first approval, where it says when it was given; else who gave it. */
function approvalOf(ticket: Members): [string, string][] {
  const given = memberAt(ticket, 'approved_by') ?? memberAt(ticket, 'approvedBy');
  const approvals = elementsOf(given)
    .map((each) => ({ by: userOf(memberAt(each, 'user') ?? each), at: textOf(memberAt(each, 'approved_at')) }))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const [first] = approvals;
  if (first === undefined || first.by === '') return [];
  return [['approver', first.by], ...(first.at === '' ? [] : [['approved_at', first.at] as [string, string]])];
}
