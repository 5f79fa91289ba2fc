import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { labelledCause } from '../../../../engine/formats/tickets/root-cause.ts';
import { tickets } from '../../../../engine/formats/tickets/tickets.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows, inPieces, type CollectedRow } from '../collect-rows.ts';
import { damageLines } from '../damage.ts';

function fixture(name: string): Buffer {
  return readFileSync(join(import.meta.dirname, '../../../fixtures/tickets', name));
}

function pick(rows: readonly CollectedRow[], ...columns: string[]): unknown[] {
  return rows.map((row) => columns.map((column) => row[column]));
}

const at = (text: string): bigint => parseInstant(text)!;

const jiraIssue = {
  key: 'OPS-7',
  fields: {
    issuetype: { name: '[System] Change' },
    created: '2026-03-01T10:00:00.000+0100',
    resolutiondate: null,
    status: { name: 'Approved' },
    summary: 'Larger disk',
    reporter: { displayName: 'Ana' },
    creator: { displayName: 'Robot' },
    customfield_10050: {
      type: 'doc',
      content: [
        {
          type: 'paragraph',
          content: [
            { type: 'text', text: 'The disk ' },
            { type: 'text', text: 'was full.' },
          ],
        },
        { type: 'paragraph', content: [{ type: 'text', text: 'Nobody saw it.' }] },
      ],
    },
    customfield_10051: '2026-03-02T09:00:00.000+0000',
    issuelinks: [{ type: { name: 'Blocks' }, outwardIssue: { key: 'OPS-9' } }],
    parent: { key: 'OPS-1' },
  },
};
const jiraNames = { customfield_10050: 'Root Cause Analysis', customfield_10051: 'Planned start' };

it('names the custom fields of Jira, wherever in the answer their names stand', () => {
  const expected = [
    {
      ticket_id: 'OPS-7',
      kind: 'change',
      opened: at('2026-03-01T09:00:00Z'),
      requester: 'Ana',
      root_cause: 'The disk was full.\nNobody saw it.',
      starts: at('2026-03-02T09:00:00Z'),
      links: ['OPS-9', 'OPS-1'],
    },
  ];
  const before = JSON.stringify({ names: jiraNames, issues: [jiraIssue] });
  const after = JSON.stringify({ issues: [jiraIssue], total: 1, names: jiraNames });
  const inside = JSON.stringify({ ...jiraIssue, names: jiraNames });
  for (const text of [before, after, inside]) {
    for (const size of [1, 7, 4096]) {
      const read = collectRows(tickets, inPieces(Buffer.from(text), size));
      expect(read.rows('tickets')).toMatchObject(expected);
      expect(read.assumptions).toEqual([]);
    }
  }
});

it('says that custom fields without names are not read, and keeps the order of what it holds', () => {
  const text = `{"issues":[${JSON.stringify(jiraIssue)}, {"key":"x" "y"}, ${JSON.stringify({ ...jiraIssue, key: 'OPS-8' })}`;
  const read = collectRows(tickets, text);
  expect(pick(read.rows('tickets'), 'record', 'ticket_id', 'root_cause')).toEqual([
    [1, 'OPS-7', undefined],
    [3, 'OPS-8', undefined],
  ]);
  expect(read.rejects.map(({ record }) => record)).toEqual([2]);
  expect(read.assumptions).toEqual([
    'Custom fields of Jira stand under numbers, and no "names" say what they are: a root cause in one of them is not read.',
    'The file ends before its JSON does: tickets after its end are unknown.',
  ]);
});

it('does not hold more than it may of an answer whose names do not come', () => {
  const large = { ...jiraIssue, fields: { ...jiraIssue.fields, description: 'x'.repeat(4 * 1024 * 1024) } };
  const read = collectRows(tickets, `{"issues":[${Array(6).fill(JSON.stringify(large)).join(',')}],"names":{}}`);
  expect(read.rows('tickets').map(({ record }) => record)).toEqual([1, 2, 3, 4, 5, 6]);
});

it('finds who approved in the history of an issue, unless it was taken back', () => {
  const move = (to: string, created: string, who: string): object => ({
    created,
    author: { displayName: who },
    items: [{ field: 'status', fromString: 'Open', toString: to }],
  });
  const approved = [
    move('Approved', '2026-03-03T10:00:00.000+0000', 'Ben'),
    move('Acknowledged', '2026-03-02T10:00:00.000+0000', 'Cem'),
  ];
  const issue = (histories: object[]): string => JSON.stringify({ ...jiraIssue, changelog: { histories } });
  const [row] = collectRows(tickets, issue(approved)).rows('tickets');
  expect(row).toMatchObject({
    approver: 'Ben',
    approved_at: at('2026-03-03T10:00:00Z'),
    acknowledged: at('2026-03-02T10:00:00Z'),
  });
  const rejected = [...approved, move('Rejected', '2026-03-04T10:00:00.000+0000', 'Ben')];
  expect(collectRows(tickets, issue(rejected)).rows('tickets')[0]?.['approver']).toBeUndefined();
});

it('finds the last approval of Jira Service Management, and none where that was declined', () => {
  const approval = (finalDecision: string, day: string): object => ({
    finalDecision,
    approvers: [
      { approver: { displayName: 'Dee' }, approverDecision: 'pending' },
      { approver: { displayName: 'Eva' }, approverDecision: finalDecision },
    ],
    completedDate: { iso8601: `2026-03-${day}T10:00:00+0000`, epochMillis: 1 },
  });
  const issue = (...approvals: object[]): string =>
    JSON.stringify({ ...jiraIssue, fields: { ...jiraIssue.fields, customfield_10060: approvals } });
  expect(collectRows(tickets, issue(approval('approved', '02'))).rows('tickets')[0]).toMatchObject({
    approver: 'Eva',
    approved_at: at('2026-03-02T10:00:00Z'),
  });
  const [declined] = collectRows(tickets, issue(approval('declined', '04'), approval('approved', '02'))).rows(
    'tickets',
  );
  expect([declined?.['approver'], declined?.['approved_at']]).toEqual([undefined, undefined]);
});

it('reads ServiceNow in each of its three ways, and says in which zone its times are', () => {
  const change = {
    number: 'CHG0000024',
    type: 'normal',
    sys_class_name: 'change_request',
    opened_at: '2026-03-01 10:00:00',
    approval: 'approved',
    approval_set: '2026-03-02 10:00:00',
    state: '3',
    short_description: 'Patch',
    close_notes: 'Done.\nRoot cause: the cache\nwas stale\n\nThanks',
    u_approved_by: { link: 'x', value: '6816f79cc0a8016401c5a33be04be441' },
    problem_id: { link: 'x', value: 'abc' },
  };
  const shown = {
    ...change,
    type: 'Normal',
    sys_class_name: 'Change Request',
    approval: 'Approved',
    state: 'Closed',
    u_approved_by: { link: 'x', display_value: 'Ben Ray' },
    problem_id: { link: 'x', display_value: 'PRB0040001' },
  };
  const both = Object.fromEntries(
    Object.entries(change).map(([name, value]) => [
      name,
      {
        display_value: name.endsWith('_at') || name.endsWith('_set') ? '01/03/2026 11:00' : (shown as never)[name],
        value,
      },
    ]),
  );
  const utc = [at('2026-03-01T10:00:00Z'), at('2026-03-02T10:00:00Z')];
  const zoned = [at('2026-03-01T09:00:00Z'), at('2026-03-02T09:00:00Z')];
  const cases: [object, bigint[], string][] = [
    [change, utc, 'Times of ServiceNow are stored values, which are UTC.'],
    [shown, zoned, 'Times of ServiceNow are as they were shown to a user, in the time zone of that user.'],
    [
      {
        ...both,
        u_approved_by: { display_value: 'Ben Ray', value: 'x' },
        problem_id: { display_value: 'P', value: 'x' },
      },
      utc,
      'Times of ServiceNow are stored values, which are UTC.',
    ],
  ];
  for (const [record, times, said] of cases) {
    const read = collectRows(tickets, JSON.stringify({ result: [record] }), { zone: 'Europe/Berlin' });
    expect(read.rejects).toEqual([]);
    expect(read.rows('tickets')).toMatchObject([
      {
        ticket_id: 'CHG0000024',
        kind: 'change',
        root_cause: 'the cache\nwas stale',
        opened: times[0],
        approved_at: times[1],
      },
    ]);
    expect(read.assumptions).toContain(said);
  }
  const [row] = collectRows(tickets, JSON.stringify([shown])).rows('tickets');
  expect([row?.['approver'], row?.['status'], row?.['links']]).toEqual(['Ben Ray', 'Closed', ['PRB0040001']]);
  const refused = { ...change, approval: 'rejected' };
  expect(collectRows(tickets, JSON.stringify([refused])).rows('tickets')[0]?.['approved_at']).toBeUndefined();
});

it('reads one task of ServiceNow, and an issue in a webhook of Jira', () => {
  const task = { number: 'INC1', opened_at: '2026-03-01 10:00:00', sys_id: 'x', state: '1' };
  expect(pick(collectRows(tickets, JSON.stringify({ result: task })).rows('tickets'), 'ticket_id', 'kind')).toEqual([
    ['INC1', 'incident'],
  ]);
  const delivery = { timestamp: 1, webhookEvent: 'jira:issue_updated', issue: { ...jiraIssue, names: jiraNames } };
  const read = collectRows(tickets, JSON.stringify(delivery));
  expect(pick(read.rows('tickets'), 'ticket_id')).toEqual([['OPS-7']]);
  expect(read.assumptions.join()).toContain('a row for each delivery');
});

it('takes notes for the root cause only where they label it', () => {
  expect(labelledCause('Restarted the server. It was the root of the cause.')).toBeUndefined();
  expect(labelledCause('Fix: restart\nRoot cause - a full disk\nAction: larger disk')).toBe('a full disk');
  expect(labelledCause('*RCA:*\n\nan expired key\r\nwas used\r\n\r\nbye')).toBe('an expired key\nwas used');
  expect(labelledCause(`root cause${' '.repeat(100_000)}x`)).toBeUndefined();
});

it('reads pull requests as gh and GraphQL give them, with the approval that stood first', () => {
  const review = (who: string, state: string, hour: string): object => ({
    author: { login: who },
    state,
    submittedAt: `2026-03-01T${hour}:00:00Z`,
  });
  const pull = {
    author: { login: 'ana' },
    baseRefName: 'main',
    closingIssuesReferences: [{ url: 'https://github.com/acme/infra/issues/3' }],
    createdAt: '2026-03-01T10:00:00Z',
    mergedAt: '2026-03-01T18:00:00Z',
    number: 7,
    reviews: [
      review('ben', 'APPROVED', '11'),
      review('ben', 'CHANGES_REQUESTED', '12'),
      review('cem', 'COMMENTED', '12'),
      review('eva', 'APPROVED', '15'),
      review('dee', 'APPROVED', '14'),
      review('dee', 'COMMENTED', '16'),
    ],
    state: 'MERGED',
    title: 'Larger disk',
    url: 'https://github.com/acme/infra/pull/7',
  };
  const expected = {
    ticket_id: 'acme/infra#7',
    kind: 'change',
    status: 'MERGED',
    requester: 'ana',
    approver: 'dee',
    approved_at: at('2026-03-01T14:00:00Z'),
    resolved: at('2026-03-01T18:00:00Z'),
    links: ['https://github.com/acme/infra/pull/7', 'https://github.com/acme/infra/issues/3'],
  };
  const node = { ...pull, reviews: { nodes: pull.reviews } };
  const answers = [
    [pull],
    { data: { repository: { pullRequests: { nodes: [node] } } } },
    { data: { repository: { pullRequests: { edges: [{ node }] } } } },
    { data: { search: { nodes: [node] } } },
  ];
  for (const answer of answers) {
    const text = JSON.stringify(answer);
    expect(collectRows(tickets, text).rows('tickets')).toMatchObject([expected]);
    expect(tickets.recognise(Buffer.from(text)).confidence).toBe(0.95);
  }
  const bare = collectRows(tickets, JSON.stringify([{ ...pull, url: undefined }]));
  expect(bare.rows('tickets')[0]?.['ticket_id']).toBe('7');
  expect(bare.assumptions.join()).toContain('named by their number alone');
});

it('calls an issue of GitHub what its type or its labels say', () => {
  const issue = (extra: object): object => ({
    number: 8,
    title: 'x',
    state: 'OPEN',
    createdAt: '2026-03-01T10:00:00Z',
    url: 'https://github.com/acme/infra/issues/8',
    ...extra,
  });
  const list = [
    issue({ labels: [{ name: 'bug' }, { name: 'Incident' }] }),
    issue({ type: { name: 'Bug' } }),
    issue({ labels: [] }),
  ];
  expect(pick(collectRows(tickets, JSON.stringify(list)).rows('tickets'), 'kind')).toEqual([
    ['incident'],
    ['bug'],
    [undefined],
  ]);
});

interface Delivery {
  readonly pull_request: {
    readonly html_url: string;
    readonly title: string;
    readonly state: string;
    readonly created_at: string;
    readonly closed_at: string | null;
    readonly merged_at: string | null;
    readonly number: number;
    readonly user: { readonly login: string };
    readonly base: { readonly repo: { readonly full_name: string } };
  };
  readonly review?: {
    readonly state: string;
    readonly submitted_at: string;
    readonly user: { readonly login: string };
  };
}

it('agrees with real deliveries of pull requests and reviews, member by member', () => {
  for (const name of ['github-webhook-pull_request.jsonl', 'github-webhook-pull_request_review.jsonl']) {
    const bytes = fixture(name);
    const deliveries = bytes
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Delivery);
    const read = collectRows(tickets, bytes);
    expect(read.rejects).toEqual([]);
    expect(
      pick(
        read.rows('tickets'),
        'ticket_id',
        'kind',
        'opened',
        'resolved',
        'status',
        'summary',
        'requester',
        'approver',
      ),
    ).toEqual(
      deliveries.map(({ pull_request: pull, review }) => {
        const over = pull.merged_at ?? pull.closed_at;
        return [
          `${pull.base.repo.full_name}#${pull.number}`,
          'change',
          at(pull.created_at),
          over ? at(over) : undefined,
          pull.state,
          pull.title,
          pull.user.login,
          review?.state.toLowerCase() === 'approved' ? review.user.login : undefined,
        ];
      }),
    );
    expect(read.assumptions).toEqual([
      'Deliveries of webhooks: a ticket has a row for each delivery about it, as it was then.',
    ]);
    expect(tickets.recognise(bytes.subarray(0, 65536)).confidence).toBe(0.95);
  }
});

it('leaves the audit log of Atlassian alone', () => {
  expect(tickets.recognise(fixture('panther-atlassian-audit.jsonl')).confidence).toBe(0);
});

it('reads times as Jira writes them, whatever its settings, and guesses no order of day and month', () => {
  const times: [string, string | undefined][] = [
    ['03/Jul/25 7:36 PM', '2025-07-03T19:36:00Z'],
    ['3/Jul/2025 19:36', '2025-07-03T19:36:00Z'],
    ['03/Jul/25 7:36\u202fPM', '2025-07-03T19:36:00Z'],
    ['2025-07-03T19:36:39.484+0200', '2025-07-03T17:36:39.484Z'],
    ['2025-07-03 19:36', '2025-07-03T19:36:00Z'],
    ['2025/07/03 19:36:20', '2025-07-03T19:36:20Z'],
    ['Jul 3, 2025, 7:36 PM', '2025-07-03T19:36:00Z'],
    ['July 3, 2025 12:05 am', '2025-07-03T00:05:00Z'],
    ['3 Jul 2025 19:36:20', '2025-07-03T19:36:20Z'],
    ['Thu, 3 Jul 2025 19:36:20 +0200', '2025-07-03T17:36:20Z'],
    ['03-Jul-2025 19:36:20 UTC', '2025-07-03T19:36:20Z'],
    ['03/07/2025 19:36', undefined],
    ['7/3/25 7:36 PM', undefined],
    ['31/Feb/25 7:36 PM', undefined],
    ['3/Jul/25 13:36 PM', undefined],
    ['3/Jul/25 25:36', undefined],
  ];
  const rows = times.map(([text], i) => `K-${i},"${text}",x,Bug`).join('\n');
  const read = collectRows(tickets, `Issue key,Created,Summary,Issue Type\n${rows}\n`);
  const opened = new Map(pick(read.rows('tickets'), 'ticket_id', 'opened') as [string, bigint][]);
  expect(times.map((_, i) => opened.get(`K-${i}`))).toEqual(times.map(([, time]) => (time ? at(time) : undefined)));
  expect(read.rejects[0]?.reason).toContain('which number is the day is not said');
});

it('stays clear of odd members: wrong types, names of prototypes, scripts', () => {
  const values = [
    null,
    1,
    true,
    'x',
    [],
    {},
    [[]],
    { name: {} },
    '<script>alert(1)</script>',
    '=cmd()',
    { __proto__: null },
  ];
  for (const value of values) {
    const odd = `{"key":"A-1","fields":{"created":${JSON.stringify(value)},"status":${JSON.stringify(value)},"constructor":1,"__proto__":{"summary":"p"}},"changelog":{"histories":${JSON.stringify(value)}},"names":${JSON.stringify(value)}}`;
    const read = collectRows(tickets, `${odd}\n${JSON.stringify(jiraIssue)}`);
    expect(read.records).toBe(2);
    expect(read.rows('tickets').at(-1)?.['ticket_id']).toBe('OPS-7');
  }
  expect(({} as Record<string, unknown>)['summary']).toBeUndefined();
});

it('keeps the tickets around damaged lines as they were', () => {
  const lines = fixture('jira-issues.jsonl').toString().trimEnd().split('\n');
  const { bytes, damaged } = damageLines(
    lines.map((line) => Buffer.from(line)),
    3,
  );
  const whole = collectRows(tickets, fixture('jira-issues.jsonl')).rows('tickets');
  const kept = new Map(
    collectRows(tickets, bytes)
      .rows('tickets')
      .map(({ record: _, ...row }) => [row['ticket_id'], row]),
  );
  expect(damaged.size).toBeGreaterThan(0);
  for (const { record, ...row } of whole) if (!damaged.has(record)) expect(kept.get(row['ticket_id'])).toEqual(row);
});
