/** GitLab, Azure DevOps, PagerDuty and Linear, in the shapes that their interfaces document. */
import { describe, expect, it } from 'vitest';
import { tickets } from '../../../../engine/formats/tickets/tickets.ts';
import { recogniseFormat } from '../../../../engine/formats/registry.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows, inPieces } from '../collect-rows.ts';

const at = (text: string): bigint => parseInstant(text)!;

function read(document: unknown) {
  const text = JSON.stringify(document, undefined, 2);
  expect(recogniseFormat(Buffer.from(text))[0]?.format.id).toBe('tickets');
  const collected = collectRows(tickets, text);
  expect(collectRows(tickets, inPieces(Buffer.from(text), 100)).rows('tickets')).toEqual(collected.rows('tickets'));
  expect([collected.problem, collected.rejects]).toEqual([undefined, []]);
  return collected.rows('tickets');
}

const merge = {
  id: 51,
  iid: 7,
  project_id: 3,
  title: 'Rotate keys',
  state: 'merged',
  merged_by: { id: 2, username: 'cem', name: 'Cem' },
  merged_at: '2026-03-02T11:16:17.520Z',
  closed_at: null,
  created_at: '2026-03-01T08:46:00.000+01:00',
  source_branch: 'keys',
  author: { id: 1, username: 'ana', name: 'Ana Asker' },
  labels: ['security'],
  references: { short: '!7', relative: '!7', full: 'plant/core!7' },
  web_url: 'https://gitlab.example/plant/core/-/merge_requests/7',
  merge_commit_sha: '8888888888888888888888888888888888888888',
};

describe('GitLab', () => {
  it('reads a merge request as a change that is over when it was merged; who merged it has not approved it', () => {
    expect(read([merge])).toEqual([
      {
        record: 1,
        ticket_id: 'plant/core!7',
        kind: 'change',
        opened: at('2026-03-01T07:46:00Z'),
        resolved: at('2026-03-02T11:16:17.52Z'),
        status: 'merged',
        summary: 'Rotate keys',
        requester: 'ana',
        starts: at('2026-03-01T07:46:00Z'),
        ends: at('2026-03-02T11:16:17.52Z'),
        links: [merge.web_url, merge.merge_commit_sha],
      },
    ]);
  });

  it('takes approvals that were put beside it, with their time where there is one', () => {
    const approved_by = [
      { user: { username: 'dan' }, approved_at: '2026-03-02T10:00:00Z' },
      { user: { username: 'ben' }, approved_at: '2026-03-02T09:00:00Z' },
    ];
    expect(read([{ ...merge, approved_by }])[0]).toMatchObject({
      approver: 'ben',
      approved_at: at('2026-03-02T09:00:00Z'),
    });
    const [untimed] = read([{ ...merge, approved_by: [{ user: { username: 'ben' } }] }]);
    expect(untimed).toMatchObject({ approver: 'ben' });
    expect(untimed).not.toHaveProperty('approved_at');
  });

  it('names issues by project and number, incidents by their type, and GraphQL in its own names', () => {
    const issue = {
      iid: 9,
      title: 'Down',
      state: 'closed',
      created_at: '2026-03-01T10:00:00Z',
      closed_at: '2026-03-01T12:00:00Z',
      issue_type: 'incident',
      author: { username: 'ana' },
      web_url: 'https://gitlab.example/plant/core/-/issues/9',
    };
    expect(read([issue])[0]).toMatchObject({ ticket_id: 'plant/core#9', kind: 'incident' });
    const nodes = [
      {
        iid: '7',
        title: 'Rotate keys',
        state: 'merged',
        createdAt: '2026-03-01T10:00:00Z',
        mergedAt: '2026-03-02T10:00:00Z',
        author: { username: 'ana' },
        webUrl: merge.web_url,
        approvedBy: { nodes: [{ username: 'ben' }] },
      },
    ];
    expect(read({ data: { project: { mergeRequests: { nodes } } } })[0]).toMatchObject({
      ticket_id: 'plant/core!7',
      kind: 'change',
      requester: 'ana',
      approver: 'ben',
      resolved: at('2026-03-02T10:00:00Z'),
    });
  });
});

it('reads work items of Azure DevOps by the last part of the names of their fields', () => {
  const fields = {
    'System.AreaPath': 'Plant',
    'System.WorkItemType': 'Incident',
    'System.State': 'Closed',
    'System.Title': 'No light',
    'System.CreatedDate': '2026-03-01T08:04:21.16Z',
    'System.CreatedBy': { displayName: 'Ana Asker', uniqueName: 'ana@example.com' },
    'System.ChangedDate': '2026-03-03T00:00:00Z',
    'Microsoft.VSTS.Common.ResolvedDate': '2026-03-01T09:00:00Z',
    'Microsoft.VSTS.Common.ClosedDate': '2026-03-01T10:00:00Z',
    'Microsoft.VSTS.CMMI.RootCause': 'Fuse',
    'Custom.ApprovedBy': 'Ben',
  };
  const value = [{ id: 65, rev: 1, fields, url: 'https://dev.azure.example/plant/_apis/wit/workItems/65' }];
  expect(read({ count: 1, value })).toEqual([
    {
      record: 1,
      ticket_id: '65',
      kind: 'incident',
      opened: at('2026-03-01T08:04:21.16Z'),
      resolved: at('2026-03-01T10:00:00Z'),
      status: 'Closed',
      summary: 'No light',
      root_cause: 'Fuse',
      requester: 'Ana Asker',
      approver: 'Ben',
      starts: at('2026-03-01T08:04:21.16Z'),
      ends: at('2026-03-01T10:00:00Z'),
      links: [value[0]!.url],
    },
  ]);
});

it('reads incidents of PagerDuty; one that is resolved without a time ended at its last change', () => {
  const incident = {
    incident_number: 1234,
    id: 'PT4KHLK',
    title: 'The server is on fire.',
    status: 'resolved',
    created_at: '2026-03-01T21:30:42Z',
    resolved_at: null as string | null,
    last_status_change_at: '2026-03-01T21:38:23Z',
    service: { id: 'PWIXJZS', summary: 'web-1', type: 'service_reference' },
    acknowledgements: [] as unknown[],
    html_url: 'https://plant.pagerduty.example/incidents/PT4KHLK',
  };
  const open = {
    ...incident,
    incident_number: 1235,
    status: 'acknowledged',
    acknowledgements: [{ at: '2026-03-01T21:33:00Z', acknowledger: { summary: 'Ana' } }],
  };
  const [resolved, acknowledged] = read({ incidents: [incident, open], limit: 25, more: false });
  expect(resolved).toMatchObject({
    ticket_id: '1234',
    kind: 'incident',
    system: 'web-1',
    opened: at('2026-03-01T21:30:42Z'),
    resolved: at('2026-03-01T21:38:23Z'),
    summary: 'The server is on fire.',
    links: [incident.html_url],
  });
  expect(acknowledged).toMatchObject({ acknowledged: at('2026-03-01T21:33:00Z') });
  expect(acknowledged).not.toHaveProperty('resolved');
});

it('reads issues of Linear, which have a number and a title as those of GitHub do', () => {
  const nodes = [
    {
      id: '4c1b',
      identifier: 'ENG-7',
      number: 7,
      title: 'Disk full',
      url: 'https://linear.example/plant/issue/ENG-7',
      createdAt: '2026-03-01T10:00:00.000Z',
      completedAt: '2026-03-02T10:00:00.000Z',
      canceledAt: null,
      state: { name: 'Done', type: 'completed' },
      creator: { name: 'Ana' },
      labels: { nodes: [{ name: 'prod' }, { name: 'Incident' }] },
    },
  ];
  expect(read({ data: { issues: { nodes } } })[0]).toMatchObject({
    ticket_id: 'ENG-7',
    kind: 'incident',
    status: 'Done',
    requester: 'Ana',
    resolved: at('2026-03-02T10:00:00Z'),
  });
});

it('reads a CSV of Azure Boards by its own names of columns, and does not guess the order of day and month', () => {
  const csv =
    'ID,Work Item Type,Title,State,Created Date,Created By\n65,Incident,No light,Closed,2026-03-01 10:00,Ana\n';
  expect(collectRows(tickets, csv).rows('tickets')[0]).toMatchObject({ ticket_id: '65', kind: 'incident' });
  const local = collectRows(tickets, csv.replace('2026-03-01 10:00', '3/1/2026 10:00:00 AM'));
  expect(local.rejects[0]?.reason ?? local.problem?.message).toMatch(/3\/1\/2026 10:00:00 AM/);
});

it('names people of GitHub by their login: gh gives authors their name as well, and reviewers only the login', () => {
  const own = {
    author: { id: 'MDQ', is_bot: false, login: 'ana', name: 'Ana Asker' },
    createdAt: '2026-03-01T10:00:00Z',
    mergedAt: '2026-03-02T10:00:00Z',
    number: 7,
    reviews: [{ author: { login: 'ana' }, submittedAt: '2026-03-01T12:00:00Z', state: 'APPROVED' }],
    state: 'MERGED',
    statusCheckRollup: [{ __typename: 'CheckRun', conclusion: 'SUCCESS', name: 'ci', status: 'COMPLETED' }],
    title: 'Fix',
    url: 'https://github.example/o/r/pull/7',
  };
  expect(read([own])[0]).toMatchObject({ requester: 'ana', approver: 'ana' });
});
