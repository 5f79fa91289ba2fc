import { z } from 'zod';
import { ticketKind } from '../../../engine/formats/tickets/kind.ts';
import { tickets as format } from '../../../engine/formats/tickets/tickets.ts';
import type { CollectedRow } from '../../engine/formats/collect-rows.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { asMicros, asText } from '../normal.ts';
import { oraclesBeside } from '../oracles.ts';
import { memberAt, readEvidence } from '../reading.ts';

/**
 * Issues of Jira and tasks of ServiceNow beside the fields that were picked from them; deliveries of GitHub's webhooks
 * as JSON.parse gives them. The audit log of Atlassian (panther-atlassian-audit) holds no tickets and has no reader.
 */
export const tickets: Adapter = {
  folders: ['tickets', 'github-pr'],
  compare: (folder) =>
    Promise.resolve([...compareJira(folder), ...compareServiceNow(folder), ...compareDeliveries(folder)]),
};

const text = z.string().nullable().optional();
const jiraSchema = z.array(
  z.object({ key: z.string(), type: text, status: text, created: text, resolved: text, summary: text }),
);

/** `X.fields.json` beside `X.jsonl`. `updated` and `priority` have no column. */
function compareJira(folder: CorpusFolder): readonly Comparison[] {
  return oraclesBeside(folder, /\.fields\.json$/, (stem) => [`${stem}.jsonl`, `${stem}.json`]).flatMap((pair) => {
    const issues = jiraSchema.safeParse(folder.json(pair.oracle)).data;
    if (!issues) return [];
    const count = new FieldCount(pair.file, pair.oracle);
    const rows = ticketsOf(folder, pair.file, count, issues.length);
    issues.forEach((issue, index) => {
      count.record();
      const compare = comparing(count, index + 1, rows[index]);
      compare('key', 'ticket_id', issue.key);
      compare('type', 'kind', ticketKind(issue.type ?? undefined, issue.key));
      compare('status', 'status', issue.status);
      compare('summary', 'summary', issue.summary?.trim());
      compare('created', 'opened', asMicros(issue.created));
      compare('resolved', 'resolved', asMicros(issue.resolved));
    });
    return [count.result()];
  });
}

function ticketsOf(folder: CorpusFolder, file: string, count: FieldCount, expected: number): readonly CollectedRow[] {
  const { all } = readEvidence(format, folder, file);
  count.field(0, 'file', all.problem?.message ?? 'read', 'read');
  count.field(0, 'tickets', all.rows('tickets').length, expected);
  count.field(0, 'rejects', all.rejects.length, 0);
  return all.rows('tickets');
}

function comparing(count: FieldCount, record: number, row: CollectedRow | undefined) {
  return (field: string, column: string, theirs: unknown): void =>
    count.field(record, field, row?.[column], asText(theirs));
}

const serviceNowSchema = z.array(
  z.object({ Number: z.string(), OpenedAt: text, Creator: text, OpenedBy: text, State: text, Summary: text }),
);

/** `X.expected.json` beside `X.json`. Creation, priority and activity have no column; the creator may be one of several. */
function compareServiceNow(folder: CorpusFolder): readonly Comparison[] {
  return oraclesBeside(folder, /\.expected\.json$/, (stem) => [`${stem}.json`]).flatMap(({ file, oracle }) => {
    const tasks = serviceNowSchema.safeParse(folder.json(oracle)).data;
    if (!tasks) return [];
    const count = new FieldCount(file, oracle);
    const rows = ticketsOf(folder, file, count, tasks.length);
    tasks.forEach((task, index) => {
      count.record();
      const compare = comparing(count, index + 1, rows[index]);
      compare('Number', 'ticket_id', task.Number);
      compare('OpenedAt', 'opened', asMicros(task.OpenedAt));
      compare('State', 'status', task.State);
      compare('Summary', 'summary', task.Summary);
    });
    return [count.result()];
  });
}

/** Deliveries about a pull request or an issue, one a line. */
function compareDeliveries(folder: CorpusFolder): readonly Comparison[] {
  return folder.entries
    .filter((entry) => /webhook.*\.jsonl(\.gz)?$/.test(entry))
    .flatMap((file) => {
      const lines = folder.text(file).split('\n');
      if (!lines.some((line) => subject(line) !== undefined)) return [];
      const reading = readEvidence(format, folder, file);
      const count = new FieldCount(file, 'JSON.parse');
      lines.forEach((line, index) => {
        if (line.trim() === '') return;
        count.record();
        const record = reading.recordOnLine(index + 1);
        const fate = reading.fate(record);
        const about = subject(line);
        count.field(index + 1, 'record', fate === 'read' ? fate : 'rejected', about ? 'read' : 'rejected');
        if (about && fate === 'read') compareDelivery(count, index + 1, reading.rowsOf(record ?? 0)['tickets'], about);
      });
      return [count.result()];
    });
}

interface Subject {
  readonly about: unknown;
  readonly review: unknown;
}

/** What a delivery is about. */
function subject(line: string): Subject | undefined {
  const delivery = parsed(line);
  const about = memberAt(delivery, 'pull_request') ?? memberAt(delivery, 'issue');
  if (memberAt(about, 'number') === undefined || memberAt(about, 'created_at') === undefined) return undefined;
  return { about, review: memberAt(delivery, 'review') };
}

function compareDelivery(count: FieldCount, line: number, row: CollectedRow | undefined, of: Subject): void {
  const compare = comparing(count, line, row);
  const at = (...names: readonly string[]): unknown => memberAt(of.about, ...names);
  const [, repository, number] =
    /github\.com\/([^/]+\/[^/]+)\/(?:issues|pull)\/(\d+)/.exec(String(at('html_url'))) ?? [];
  compare('html_url', 'ticket_id', repository === undefined ? String(at('number')) : `${repository}#${number}`);
  if (String(at('html_url')).includes('/pull/')) compare('kind', 'kind', 'change');
  compare('created_at', 'opened', asMicros(at('created_at')));
  compare('closed_at', 'resolved', asMicros(at('merged_at') ?? at('closed_at')));
  compare('state', 'status', at('state'));
  compare('title', 'summary', at('title'));
  compare('user.login', 'requester', at('user', 'login'));
  const isApproved = String(memberAt(of.review, 'state')).toLowerCase() === 'approved';
  compare('review.user.login', 'approver', isApproved ? memberAt(of.review, 'user', 'login') : undefined);
  compare('review.submitted_at', 'approved_at', isApproved ? asMicros(memberAt(of.review, 'submitted_at')) : undefined);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
