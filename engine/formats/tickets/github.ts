/**
 * Issues and pull requests of GitHub, in the names of its REST interface, of GraphQL (and the command gh), and within
 * the deliveries of webhooks.
 *
 *   {"number":7,"title":"...","user":{"login":"ana"},"html_url":"https://github.com/o/r/pull/7","merged_at":...}
 *   {"number":7,"title":"...","author":{"login":"ana"},"url":"https://github.com/o/r/pull/7","mergedAt":...,
 *    "reviews":[{"author":{"login":"ben"},"state":"APPROVED","submittedAt":"..."}]}
 *   {"action":"submitted","review":{...},"pull_request":{...},"repository":{...}}
 */
import { knownKind } from './kind.ts';
import { elementsOf, memberAt, membersOf, textOf, type FlatTicket, type Members } from './members.ts';

const PAGE = /^https?:\/\/[^/]+\/([^/]+\/[^/]+)\/(issues|pull)\/(\d+)/;

/** True for an issue or a pull request. */
export function isGithub(ticket: Members): boolean {
  const has = (...names: string[]): boolean => names.some((name) => Object.hasOwn(ticket, name));
  return has('number') && has('title') && has('created_at', 'createdAt') && has('state', 'html_url', 'url');
}

/** The issue or pull request in the delivery of a webhook; the review that it is about goes with it. */
export function inDelivery(value: Members): Members | undefined {
  if (typeof memberAt(value, 'action') !== 'string') return undefined;
  const inside = membersOf(memberAt(value, 'pull_request')) ?? membersOf(memberAt(value, 'issue'));
  if (inside === undefined || !isGithub(inside)) return undefined;
  const review = membersOf(memberAt(value, 'review'));
  return review === undefined ? inside : { ...inside, reviews: [review] };
}

/** The names and texts of an issue or a pull request. A number is unique in its repository only. */
export function flattenGithub(ticket: Members): FlatTicket {
  const get = (...names: string[]): unknown =>
    names.map((name) => memberAt(ticket, name)).find((value) => textOf(value) !== '');
  const page = [get('html_url'), get('url')].map((url) => PAGE.exec(textOf(url))).find((match) => match);
  const merged = get('merged_at', 'mergedAt') ?? memberAt(ticket, 'pull_request', 'merged_at');
  const number = textOf(memberAt(ticket, 'number'));
  return [
    ['ticket_id', page ? `${page[1]!}#${page[3]!}` : number],
    ['kind', kindOf(ticket, page?.[2])],
    ['opened', textOf(get('created_at', 'createdAt'))],
    ['resolved', textOf(merged ?? get('closed_at', 'closedAt'))],
    ['status', textOf(memberAt(ticket, 'state'))],
    ['summary', textOf(memberAt(ticket, 'title'))],
    ['requester', loginOf(get('user', 'author'))],
    ...approvalOf(ticket),
    ['links', linksOf(ticket).join(';')],
  ];
}

/** The login, which is the same everywhere: gh gives authors their name as well, but reviewers only the login. */
function loginOf(user: unknown): string {
  return textOf(memberAt(user, 'login')) || textOf(user);
}

/** A pull request is a change; of an issue its type or one of its labels may say what it is. */
function kindOf(ticket: Members, page: string | undefined): string {
  const has = (...names: string[]): boolean => names.some((name) => Object.hasOwn(ticket, name));
  // Where there is no address, what only pull requests have tells.
  const isPull =
    page === undefined
      ? has('merged_at', 'mergedAt', 'baseRefName', 'headRefName')
      : page === 'pull' || membersOf(memberAt(ticket, 'pull_request')) !== undefined;
  if (isPull) return 'pull request';
  const type = memberAt(ticket, 'type') ?? memberAt(ticket, 'issueType');
  const words = [textOf(type), ...elementsOf(memberAt(ticket, 'labels')).map((label) => textOf(label))];
  return words.find((word) => knownKind(word) !== undefined) ?? words[0]!;
}

interface Review {
  readonly by: string;
  readonly at: string;
  readonly state: string;
}

/** The first approval that still stood: the last word of each reviewer counts, comments are none. */
function approvalOf(ticket: Members): [string, string][] {
  const last = new Map<string, Review>();
  const given = memberAt(ticket, 'reviews') ?? memberAt(ticket, 'latestReviews');
  const reviews = elementsOf(given)
    .map(reviewOf)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  for (const review of reviews)
    if (['approved', 'changes_requested', 'dismissed'].includes(review.state)) last.set(review.by, review);
  const approved = [...last.values()]
    .filter(({ state }) => state === 'approved')
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const [first] = approved;
  if (first === undefined) return [];
  return [
    ['approver', first.by],
    ['approved_at', first.at],
  ];
}

function reviewOf(review: unknown): Review {
  return {
    by: loginOf(memberAt(review, 'user') ?? memberAt(review, 'author')),
    at: textOf(memberAt(review, 'submitted_at') ?? memberAt(review, 'submittedAt')),
    state: textOf(memberAt(review, 'state')).toLowerCase(),
  };
}

function linksOf(ticket: Members): string[] {
  const page = [memberAt(ticket, 'html_url'), memberAt(ticket, 'url')]
    .map((url) => textOf(url))
    .find((url) => PAGE.test(url));
  const commit = textOf(memberAt(ticket, 'merge_commit_sha')) || textOf(memberAt(ticket, 'mergeCommit', 'oid'));
  const closes = elementsOf(memberAt(ticket, 'closingIssuesReferences')).map((issue) => textOf(memberAt(issue, 'url')));
  return [page ?? '', commit, ...closes].filter((link) => link !== '');
}
