import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { genericCsv } from '../../../../engine/formats/generic/generic-csv.ts';
import { readMapping } from '../../../../engine/formats/generic/mapping.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows, inPieces } from '../collect-rows.ts';
import { damageLines } from '../damage.ts';

const at = (text: string): bigint => parseInstant(text)!;

const mapping = `
stream: door
only: kind != heartbeat
columns:
  time: { from: when, as: ["%d.%m.%Y %H:%M:%S", epoch-s], zone: Europe/Berlin }
  system: { value: door-1 }
  class: { value: authentication }
  actor: badge
  outcome: { from: result, values: { 0: success, "1": failure } }
  severity: level
  src_port: port
  message: text
`;

const csv = [
  'when;kind;badge;result;level;port;text;"other ""one"""',
  '01.07.2026 12:00:00;swipe;007;0;WARN;80;"=cmd()|\'x\'";beyond',
  '1767225600;swipe;;1;;;<script>alert(1)</script>;',
  '01.07.2026 12:00:00;heartbeat;a;0;;;;',
  'yesterday;swipe;a;0;;;;',
  ';swipe;a;0;;;;',
  '01.07.2026 12:00:00;swipe;a;9;;;;',
  '01.07.2026 12:00:00;swipe;a;;;;;',
  '01.07.2026 12:00:00;swipe;a;0;;high;;',
  '01.07.2026;swipe',
].join('\r\n');

it('fills columns from columns, constants and value maps, and keeps the rest beside them', () => {
  const read = collectRows(genericCsv, csv, { mapping });
  const time = at('2026-07-01T10:00:00Z');
  const common = { stream: 'door', system: 'door-1', class: 'authentication' };
  expect(read.rows('events')).toEqual([
    {
      ...common,
      record: 1,
      time,
      actor: '007',
      outcome: 'success',
      severity: 'warn',
      src_port: 80,
      message: "=cmd()|'x'",
    },
    {
      ...common,
      record: 2,
      time: at('2026-01-01T00:00:00Z'),
      outcome: 'failure',
      message: '<script>alert(1)</script>',
    },
    { ...common, record: 7, time, actor: 'a' },
  ]);
  expect(read.rows('event_fields').map(({ record, fields }) => [record, JSON.parse(fields as string)])).toEqual([
    [1, { kind: 'swipe', 'other "one"': 'beyond' }],
    [2, { kind: 'swipe' }],
    [7, { kind: 'swipe' }],
  ]);
  expect(read.rejects.map(({ record, reason }) => [record, reason])).toEqual([
    [3, '"kind" is "heartbeat"; the mapping reads rows only where it is not "heartbeat".'],
    [4, '"when": "yesterday" is not a time as the mapping says (%d.%m.%Y %H:%M:%S, epoch-s).'],
    [5, '"when", which is to give time, is empty.'],
    [6, '"result": "9" is not among the values that the mapping gives for outcome.'],
    [8, '"port": "high" is not a whole number of 32 bits.'],
    [9, 'Line 10 has 2 fields, but the header has 8.'],
  ]);
  expect(read.assumptions).toEqual([
    'Times without an offset in "when" are taken in Europe/Berlin, as the mapping says.',
  ]);
  for (const size of [1, 7, 4096])
    expect([...collectRows(genericCsv, inPieces(Buffer.from(csv), size), { mapping }).tables]).toEqual([
      ...read.tables,
    ]);
});

it('fills any other table, and what the table needs is needed', () => {
  const tickets =
    'table: tickets\ncolumns:\n  ticket_id: nr\n  opened: { from: day, as: "%d/%m/%Y", zone: UTC }\n  root_cause: Why\n  links: { from: refs, split: " " }\n';
  const read = collectRows(genericCsv, 'nr,day,Why,refs\n1,03/07/2026,full disk,a b\n,03/07/2026,x,\n', {
    mapping: tickets,
  });
  expect(read.rows('tickets')).toEqual([
    {
      record: 1,
      ticket_id: '1',
      opened: at('2026-07-03T00:00:00Z'),
      starts: at('2026-07-03T00:00:00Z'),
      root_cause: 'full disk',
      links: ['a', 'b'],
    },
  ]);
  expect(read.rejects.map(({ reason }) => reason)).toEqual(['"nr", which is to give ticket_id, is empty.']);
  const flows = 'table: flow_records\ncolumns:\n  time: { from: t, as: epoch-s }\n  bytes: b\n  fields: f\n';
  const flow = collectRows(genericCsv, 't,b,f\n1,9223372036854775807,"{""a"":1}"\n1,9223372036854775808,\n1,1,{\n', {
    mapping: flows,
  });
  expect(flow.rows('flow_records')).toEqual([
    { record: 1, time: 1_000_000n, bytes: 9223372036854775807n, fields: '{"a":1}' },
  ]);
  expect(flow.rejects.map(({ reason }) => reason)).toEqual([
    '"b": "9223372036854775808" is not a whole number of 64 bits.',
    '"f": "{" is not JSON.',
  ]);
});

it('without a mapping refuses, and shows one of the columns of the file that can be used', () => {
  const { problem } = collectRows(genericCsv, 'Event Time,User Name,Client IP,"a: ""b""",x\n1,2,3,4,5\n');
  expect(problem?.code).toBe('bad_request');
  expect(problem?.remedy).toContain('--mapping FILE');
  const skeleton = problem!.remedy.slice(problem!.remedy.indexOf('\n\n') + 2);
  expect(skeleton).toBe(
    [
      'table: events',
      'stream: my-stream',
      'columns:',
      '  time: { from: "Event Time", as: rfc3339 }',
      '  actor: "User Name"',
      '  src_ip: "Client IP"',
      '  # not mapped yet: "a: \\"b\\""',
      '  # not mapped yet: "x"',
      '',
    ].join('\n'),
  );
  expect(readMapping(skeleton).kind).toBe('mapping');
});

it('refuses a file without the columns of the mapping, naming both', () => {
  const { problem } = collectRows(genericCsv, 'a,b,b\n1,2,3\n', {
    mapping: 'stream: s\nonly: c = 1\ncolumns:\n  time: When\n  actor: b\n',
  });
  expect(problem).toMatchObject({ code: 'missing_column', where: { line: 1 } });
  expect(problem?.message).toBe(
    'The mapping cannot be used. columns.time: the file has no column "When"; columns.actor: 2 columns of the file are called "b"; only: the file has no column "c". Its columns are "a", "b", "b".',
  );
  expect(
    collectRows(genericCsv, 'a\n1\n', { mapping: 'stream: s\nlist: x\ncolumns:\n  time: a\n' }).problem?.message,
  ).toContain('a CSV table has no list');
  expect(
    collectRows(genericCsv, 'a\nx\ny\n', { mapping: 'stream: s\ncolumns:\n  time: a\n' }).problem?.message,
  ).toMatch(/^None of 2 rows can be read as the mapping says\. Row 1: /);
});

it('takes the names of the columns whatever they are', () => {
  const read = collectRows(genericCsv, '__proto__,constructor,time\n<b>,f,2026-01-01T00:00:00Z\n', {
    mapping: 'stream: s\ncolumns:\n  time: time\n  actor: __proto__\n',
  });
  expect(read.rows('events')[0]?.['actor']).toBe('<b>');
  expect(read.rows('event_fields')[0]?.['fields']).toBe('{"constructor":"f"}');
});

it('keeps the rows around damage', () => {
  const lines = Array.from({ length: 100 }, (_, i) => Buffer.from(`${1767225600 + i},user-${i},some text`));
  const { bytes, damaged } = damageLines(lines, 11);
  const read = collectRows(genericCsv, Buffer.concat([Buffer.from('t,u,m\n'), bytes]), {
    mapping: 'stream: s\ncolumns:\n  time: { from: t, as: epoch-s }\n  actor: u\n  message: m\n',
  });
  expect(read.records).toBe(100);
  const byRecord = new Map(read.rows('events').map((row) => [row.record, row['actor']]));
  for (let i = 0; i < 100; i++) if (!damaged.has(i + 1)) expect(byRecord.get(i + 1)).toBe(`user-${i}`);
});

it('stays bounded for a quote that is never closed, and for many columns', () => {
  const by = { mapping: 'stream: s\ncolumns:\n  time: t\n' };
  const piece = Buffer.alloc(1 << 20, 'x,');
  const open = [Buffer.from('t\n"'), ...Array.from({ length: 120 }, () => piece)];
  expect(collectRows(genericCsv, open, by).problem?.message).toContain('its quote was opened in line 2');
  const names = Array.from({ length: 9_999 }, (_, i) => `c${i}`).join(',');
  const values = Array.from({ length: 9_999 }, () => 'v').join(',');
  const wide = collectRows(genericCsv, `t,${names}\n2026-01-01T00:00:00Z,${values}\n`, by);
  expect(Object.keys(JSON.parse(wide.rows('event_fields')[0]!['fields'] as string) as object)).toHaveLength(9_999);
  expect(collectRows(genericCsv, `t,${names},x\n`, by).problem?.message).toContain('more than 10000 columns');
  expect(collectRows(genericCsv, `t,${names}\n`).problem?.remedy.length).toBeLessThan(10_000);
});

it('is never recognised: it is chosen by a person', () => {
  const head = readFileSync(join(import.meta.dirname, '../../../fixtures/README.md'));
  for (const bytes of [head, Buffer.from(csv), Buffer.from('')]) expect(genericCsv.recognise(bytes).confidence).toBe(0);
});
