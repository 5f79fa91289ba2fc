import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tickets } from '../../../../engine/formats/tickets/tickets.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows, inPieces } from '../collect-rows.ts';

function fixture(name: string): Buffer {
  return readFileSync(join(import.meta.dirname, '../../../fixtures/tickets', name));
}

it('says in which zone the times of ServiceNow are', () => {
  const read = collectRows(tickets, fixture('servicenow-incidents.json'));
  expect(read.assumptions).toEqual([
    'Times without an offset are taken in UTC.',
    'Times of ServiceNow are stored values, which are UTC.',
  ]);
});

it('reads issues and pull requests of GitHub, named by their repository', () => {
  const pull = {
    number: 7,
    id: 279147437,
    title: 'Rotate the key',
    state: 'closed',
    html_url: 'https://github.com/acme/infra/pull/7',
    user: { login: 'ana' },
    created_at: '2026-03-01T10:00:00Z',
    closed_at: '2026-03-02T11:00:00Z',
    merged_at: '2026-03-02T11:00:00Z',
  };
  const issue = { ...pull, html_url: 'https://github.com/acme/infra/issues/8', number: 8, merged_at: null };
  const read = collectRows(tickets, JSON.stringify([pull, issue]));
  expect(read.rows('tickets')).toMatchObject([
    { ticket_id: 'acme/infra#7', kind: 'change', requester: 'ana', resolved: parseInstant('2026-03-02T11:00:00Z') },
    { ticket_id: 'acme/infra#8', status: 'closed', summary: 'Rotate the key' },
  ]);
  expect(read.rows('tickets')[1]?.['kind']).toBeUndefined();
});

it('gives the same for pieces of any size, and keeps the tickets around damage', () => {
  const clean = fixture('jira-issues.jsonl').subarray(0, 60_000);
  const whole = collectRows(tickets, clean);
  for (const size of [1, 7, 65536])
    expect([...collectRows(tickets, inPieces(clean, size)).tables]).toEqual([...whole.tables]);
  const bytes = Buffer.from(clean);
  bytes[12_000] = 0x00;
  const read = collectRows(tickets, bytes);
  expect(read.rows('tickets').length).toBe(whole.rows('tickets').length - 1);
  expect(read.rejects.length).toBe(whole.rejects.length + 1);
});

it('refuses JSON that holds no ticket', () => {
  expect(collectRows(tickets, '{"a":1}\n[2]\n').problem?.message).toMatch(/^None of 2 records is a ticket/);
  expect(collectRows(tickets, ' \n').problem?.message).toBe('The file has no header line.');
});

it('recognises the tickets of each tracker', () => {
  expect(tickets.recognise(fixture('jira-issues.jsonl').subarray(0, 65536)).reason).toMatch(
    /^(\d+) of the first \1 JSON records are tickets of Jira\.$/,
  );
  expect(tickets.recognise(fixture('servicenow-incidents.json'))).toEqual({
    confidence: 0.95,
    reason: '2 of the first 2 JSON records are tickets of ServiceNow.',
  });
  for (const text of ['{"key":"a"}', '[]', '{"number":1,"title":"x"}'])
    expect(tickets.recognise(Buffer.from(text)).confidence).toBe(0);
});
