import fc from 'fast-check';
import { expect, it } from 'vitest';
import { authorizedPorts } from '../../../../engine/formats/authorized-ports/authorized-ports.ts';
import { systems } from '../../../../engine/formats/systems/systems.ts';
import { tickets } from '../../../../engine/formats/tickets/tickets.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows, inPieces } from '../collect-rows.ts';

const own = [
  'ticket_id,kind,system,opened,acknowledged,resolved,status,summary,root_cause,requester,approver,approved_at,starts,ends,links',
  'INC-1,incident,web-1,2026-03-01T10:00:00Z,2026-03-01T10:05:00Z,2026-03-01T12:00:00Z,closed,"Disk full, logs stopped","The ""log"" volume',
  'was too small.",ana,ben,,2026-03-01T09:30:00Z,,CHG-9; CHG-10',
  'CHG-9,change,web-1,2026-02-01,,,open,Larger disk,,ana,ben,2026-02-02,,,',
].join('\n');

it('reads a ticket whole: times, people, cause and what it covers', () => {
  const read = collectRows(tickets, own);
  const at = (time: string): bigint => parseInstant(`2026-03-01T${time}Z`)!;
  expect(read.rows('tickets')[0]).toEqual({
    record: 1,
    ticket_id: 'INC-1',
    kind: 'incident',
    system: 'web-1',
    opened: at('10:00:00'),
    acknowledged: at('10:05:00'),
    resolved: at('12:00:00'),
    status: 'closed',
    summary: 'Disk full, logs stopped',
    root_cause: 'The "log" volume\nwas too small.',
    requester: 'ana',
    approver: 'ben',
    starts: at('09:30:00'),
    ends: at('12:00:00'),
    links: ['CHG-9', 'CHG-10'],
  });
  const change = read.rows('tickets')[1]!;
  expect([change['starts'], change['ends'], change['resolved']]).toEqual([change['opened'], undefined, undefined]);
  for (const size of [1, 7, 65536])
    expect([...collectRows(tickets, inPieces(Buffer.from(own), size)).tables]).toEqual([...read.tables]);
});

it('covers the whole day when it was resolved on a day', () => {
  const read = collectRows(tickets, 'id,opened,resolved,status\nT1,2026-03-01,2026-03-02,done\n', {
    zone: 'Asia/Kolkata',
  });
  const [row] = read.rows('tickets');
  expect(row?.['starts']).toBe(parseInstant('2026-02-28T18:30:00Z'));
  expect(row?.['resolved']).toBe(parseInstant('2026-03-01T18:30:00Z'));
  expect(row?.['ends']).toBe(parseInstant('2026-03-02T18:30:00Z'));
});

it('reads what Jira exports', () => {
  const text = [
    'Summary,Issue key,Issue id,Issue Type,Status,Reporter,Created,Resolved,Custom field (Root cause),Inward issue link (Blocks),Inward issue link (Blocks)',
    'Login fails,OPS-7,10007,[System] Incident,Done,ana,03/Jul/25 7:36 PM,04/Jul/25 9:00 AM,expired key,OPS-1,OPS-2',
  ].join('\r\n');
  const read = collectRows(tickets, text, { zone: 'Europe/Berlin' });
  expect(read.rows('tickets')).toEqual([
    {
      record: 1,
      ticket_id: 'OPS-7',
      kind: 'incident',
      opened: parseInstant('2025-07-03T17:36:00Z'),
      resolved: parseInstant('2025-07-04T07:00:00Z'),
      starts: parseInstant('2025-07-03T17:36:00Z'),
      ends: parseInstant('2025-07-04T07:00:00Z'),
      status: 'Done',
      summary: 'Login fails',
      root_cause: 'expired key',
      requester: 'ana',
      links: ['OPS-1', 'OPS-2'],
    },
  ]);
  expect(read.assumptions).toEqual([
    'Times without an offset are taken in Europe/Berlin.',
    'Jira writes the times of a CSV in the time zone of the user who exported it.',
  ]);
});

it('reads what ServiceNow exports, where the number says what a ticket is', () => {
  const text = [
    '"number","opened_at","short_description","caller_id","state","cmdb_ci","resolved_at"',
    '"INC0000040","2019-09-05 00:41:01","Trouble getting to Oregon mail server","test2","New","mail-1",""',
    '"CHG0000024","2019-09-05 00:41:01","Patch","ana","Closed","mail-1","2019-09-06 00:00:00"',
  ].join('\n');
  const rows = collectRows(tickets, text).rows('tickets');
  expect(rows.map(({ ticket_id: id, kind, system, requester }) => [id, kind, system, requester])).toEqual([
    ['INC0000040', 'incident', 'mail-1', 'test2'],
    ['CHG0000024', 'change', 'mail-1', 'ana'],
  ]);
  expect(rows[0]?.['opened']).toBe(parseInstant('2019-09-05T00:41:01Z'));
});

it('calls kinds by one name, and leaves those it does not know', () => {
  const kinds = ['Change Request', 'change_request', 'Offboarding', 'Risk Acceptance', 'INCIDENT', 'Task'];
  const text = `key,type,created,summary\n${kinds.map((kind, i) => `K-${i},${kind},2026-01-01,x`).join('\n')}`;
  const found = collectRows(tickets, text)
    .rows('tickets')
    .map(({ kind }) => kind);
  expect(found).toEqual(['change', 'change', 'leaver', 'exception', 'incident', 'task']);
});

it('rejects rows without an id or a readable time, and keeps the others', () => {
  const read = collectRows(tickets, 'id,opened,status\n,2026-01-01,x\nT2,,x\nT3,tomorrow,x\nT4,2026-01-01,x\n');
  expect(read.rejects.map(({ record, reason }) => [record, reason.slice(0, 40)])).toEqual([
    [1, 'Column "ticket_id" is empty.'],
    [2, 'Column "opened" is empty.'],
    [3, 'Column "opened": "tomorrow" is not a tim'],
  ]);
  expect(read.rows('tickets').map((row) => row['ticket_id'])).toEqual(['T4']);
});

it('accounts for every row when bytes are damaged, or refuses the file', () => {
  const rows = Array.from({ length: 30 }, (_, i) => `T-${i},2026-03-01T10:00:00Z,"a ""b"", ${i}",open`);
  const clean = Buffer.from(`id,opened,summary,status\n${rows.join('\n')}\n`);
  fc.assert(
    fc.property(fc.integer({ min: 25, max: clean.length - 1 }), fc.nat(255), (at, byte) => {
      const bytes = Uint8Array.from(clean);
      bytes[at] = byte;
      const read = collectRows(tickets, bytes);
      if (read.problem) expect(read.problem.message).toContain('never closed');
      // A line end that was hit joins two rows or splits one; a quote may join a few.
      else expect(read.rows('tickets').length).toBeGreaterThanOrEqual(rows.length - 3);
    }),
    { seed: 17, numRuns: 500 },
  );
});

it('is told apart from the other inventories', () => {
  const formats = [tickets, systems, authorizedPorts];
  const surest = (text: string): string[] =>
    formats.filter((format) => format.recognise(Buffer.from(text)).confidence > 0).map(({ id }) => id);
  expect(surest(own)).toEqual(['tickets']);
  expect(surest('number,opened_at,short_description,state\n')).toEqual(['tickets']);
  expect(surest('id,created\n')).toEqual([]);
  expect(surest('system,role,environment\n')).toEqual(['systems']);
  expect(surest('system,port,protocol,approved_at\n')).toEqual(['authorized-ports']);
});
