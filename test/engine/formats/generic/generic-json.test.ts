import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { genericJson } from '../../../../engine/formats/generic/generic-json.ts';
import { readMapping } from '../../../../engine/formats/generic/mapping.ts';
import { tickets } from '../../../../engine/formats/tickets/tickets.ts';
import { cloudtrail } from '../../../../engine/formats/cloudtrail/cloudtrail.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows, inPieces } from '../collect-rows.ts';
import { damageLines } from '../damage.ts';

const at = (text: string): bigint => parseInstant(text)!;

const mapping = `
stream: app
columns:
  time: { from: ts, as: epoch-ms }
  actor: user.name
  sequence: ids[1].n
  target: '["a.b"].c'
  outcome: { from: ok, values: { true: success, false: failure } }
`;
const record = `{ "ts": 1767225600123.25, "user": {"name": "Ana \\u00e9", "id": 1}, "ids": [0, {"n": 9007199254740993}],
  "a.b": {"c": 1.50}, "ok": true, "big": 12345678901234567890, "x": [1.0] }`;
const row = {
  record: 1,
  time: at('2026-01-01T00:00:00.123250Z'),
  stream: 'app',
  actor: 'Ana é',
  sequence: 9007199254740993n,
  target: '1.50',
  outcome: 'success',
};

it('follows paths; numbers keep all their digits, and the rest is kept as it is written', () => {
  for (const text of [record, `[${record}]`, record.replaceAll('\n', ' ')]) {
    for (const size of [1, 7, 4096]) {
      const read = collectRows(genericJson, inPieces(Buffer.from(text), size), { mapping });
      expect(read.rows('events')).toEqual([row]);
      expect(read.rows('event_fields')[0]?.['fields']).toBe(
        '{"user":{"name": "Ana \\u00e9", "id": 1},"ids":[0, {"n": 9007199254740993}],"a.b":{"c": 1.50},"big":12345678901234567890,"x":[1.0]}',
      );
      expect(read.assumptions).toEqual([]);
    }
  }
});

it('finds the list that the mapping names, however deep, in one document or one a line', () => {
  const by = { mapping: `list: data.page.items\n${mapping}` };
  const document = `{"meta":{"items":[1]},"data":{"page":{"items":[${record},${record}],"n":2}}}`;
  for (const text of [document, `${document.replaceAll('\n', ' ')}\n`.repeat(2)]) {
    const read = collectRows(genericJson, text, by);
    expect(read.rejects).toEqual([]);
    expect(read.rows('events')).toHaveLength(2 * text.split('"meta"').length - 2);
  }
});

it('says what is wrong with a record, and goes on', () => {
  const bad = [
    '{"ts": "x", "ok": true}',
    '{"ok": true}',
    '{"ts": {"a": 1}}',
    '{"ts": 1, "user": {"name": ["a"]}}',
    '{"ts": 1, "ok": "maybe"}',
    '{"ts": 1, "ts": 2}',
    '{"ts": 1e400}',
    '{"ts": null}',
    '"text"',
    '17',
    '{"ts": 1, "ids": [0, {"n": 1.5}]}',
    '{"ts": 1767225600000',
  ];
  const text = [...bad, record.replaceAll('\n', ' ')].join('\n');
  const read = collectRows(genericJson, text, { mapping });
  expect(read.records).toBe(13);
  expect(read.rows('events')).toEqual([{ ...row, record: 13 }]);
  expect(read.rejects.map(({ reason }) => reason)).toEqual([
    '"ts": "x" is not a time as the mapping says (epoch-ms).',
    '"ts", which is to give time, is empty.',
    '"ts": "{\\"a\\": 1}" is not a single value.',
    '"user.name": "[\\"a\\"]" is not a single value.',
    '"ok": "maybe" is not among the values that the mapping gives for outcome.',
    'The record has "ts" twice; which one counts is unknown.',
    '"ts": "1e400" is not a time as the mapping says (epoch-ms).',
    '"ts", which is to give time, is empty.',
    'The record is no JSON object or list.',
    'The record is no JSON object or list.',
    '"ids[1].n": "1.5" is not a whole number of 64 bits.',
    expect.stringMatching(/^Byte \d+: /),
  ]);
});

it('says which path no record had, and which rows its condition leaves out', () => {
  const by = { mapping: 'stream: app\nonly: kind = a\ncolumns:\n  time: ts\n  actor: usr.name\n' };
  const read = collectRows(
    genericJson,
    '{"ts":"2026-01-01T00:00:00Z","kind":"a"}\n{"ts":"x","kind":"b"}\n{"kind":{}}\n',
    by,
  );
  expect(read.rows('events')).toHaveLength(1);
  expect(read.rejects.map(({ reason }) => reason)).toEqual([
    '"kind" is "b"; the mapping reads rows only where it is "a".',
    '"kind" is "an object or a list"; the mapping reads rows only where it is "a".',
  ]);
  expect(read.assumptions).toEqual([
    'No record has "usr.name", which the mapping names in columns.actor: actor is empty.',
  ]);
});

it('reads lists as records, lists of texts, labels and JSON', () => {
  const lists = collectRows(genericJson, '[[1, "a"], [2, "b"]]', {
    mapping: 'stream: app\ncolumns:\n  time: { from: "[0]", as: epoch-s }\n  actor: "[1]"\n',
  });
  expect(lists.rows('events').map((each) => each['actor'])).toEqual(['a', 'b']);
  const inventory = collectRows(genericJson, '{"n":"web-1","ips":["10.0.0.1",2],"cfg":{"a" : 1.0}}', {
    mapping: 'table: systems\ncolumns:\n  system: n\n  addresses: ips\n',
  });
  expect(inventory.rows('systems')).toEqual([{ record: 1, system: 'web-1', addresses: ['10.0.0.1', '2'] }]);
  const items = collectRows(genericJson, '{"n":"web-1","cfg":{"a" : 1.0}}', {
    mapping:
      'table: config_items\ncolumns:\n  captured: { value: 2026-01-01T00:00:00Z }\n  resource_type: { value: x }\n  configuration: cfg\n',
    system: 'web-9',
  });
  expect(items.rows('config_items')).toEqual([
    {
      record: 1,
      captured: at('2026-01-01T00:00:00Z'),
      resource_type: 'x',
      configuration: '{"a" : 1.0}',
      system: 'web-9',
    },
  ]);
});

it('without a mapping refuses, and shows one with the list and the paths of the file', () => {
  const cases: [string, string | undefined, string][] = [
    ['{"eventTime":"x","user":{"name":"a"}}\n{"eventTime":"y","more":1}', undefined, '"eventTime"'],
    ['{"meta":{"n":1},"data":{"events":[{"@timestamp":"x","a b":1}]}}', 'data.events', '"[\\"@timestamp\\"]"'],
    [`{"events":[{"ts":"x","pad":"${'x'.repeat(300_000)}"},{"ts":"y"}]}`, undefined, ''],
    [`{"events":[{"ts":"x"},{"pad":"${'x'.repeat(300_000)}"}]}`, 'events', '"ts"'],
    ['[{"when":1}]', undefined, '"when"'],
  ];
  for (const [text, list, time] of cases) {
    const { problem } = collectRows(genericJson, text);
    expect(problem?.code).toBe('bad_request');
    const skeleton = problem!.remedy.slice(problem!.remedy.indexOf('\n\n') + 2);
    const read = readMapping(skeleton);
    expect(read.kind, skeleton).toBe('mapping');
    if (time !== '')
      expect(skeleton.replace('["@timestamp"]', '@timestamp')).toContain(
        time.includes('@') ? '@timestamp' : `time: { from: ${time}`,
      );
    if (read.kind === 'mapping' && time !== '') expect(read.mapping.list?.join('.')).toBe(list);
  }
});

it('refuses paths that are none, naming their place', () => {
  const { problem } = collectRows(genericJson, record, {
    mapping: 'stream: a\nonly: "x[*] = 1"\ncolumns:\n  time: a..b\n',
  });
  expect(problem?.message).toBe(
    'The mapping cannot be used. columns.time: "a..b" is no path, such as user.name, records[0].x or ["a.b"].c; only: "x[*]" is no path, such as user.name, records[0].x or ["a.b"].c.',
  );
});

it('finds nothing behind the names of prototypes', () => {
  const by = {
    mapping:
      'stream: a\ncolumns:\n  time: ts\n  actor: __proto__.polluted\n  target: constructor.name\n  message: toString\n',
  };
  const read = collectRows(
    genericJson,
    '{"ts":"2026-01-01T00:00:00Z","__proto__":{"polluted":"yes"}}\n{"ts":"2026-01-01T00:00:00Z"}',
    by,
  );
  expect(read.rows('events').map((each) => [each['actor'], each['target'], each['message']])).toEqual([
    ['yes', undefined, undefined],
    [undefined, undefined, undefined],
  ]);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

it('agrees with the readers of two formats on their real files, record by record', () => {
  const fixtures = join(import.meta.dirname, '../../../fixtures');
  const jira = readFileSync(join(fixtures, 'tickets/jira-issues.jsonl'));
  const asTickets = collectRows(genericJson, jira, {
    mapping:
      'table: tickets\ncolumns:\n  ticket_id: key\n  opened: fields.created\n  resolved: fields.resolutiondate\n  status: fields.status.name\n  summary: fields.summary\n',
  });
  const columns = ['ticket_id', 'opened', 'resolved', 'status', 'summary'];
  const picked = (rows: readonly Readonly<Record<string, unknown>>[]): unknown[] =>
    rows.map((each) => columns.map((name) => each[name]));
  expect(picked(asTickets.rows('tickets'))).toEqual(picked(collectRows(tickets, jira).rows('tickets')));
  expect(asTickets.rows('tickets')).toHaveLength(25);
  const trail = readFileSync(join(fixtures, 'cloudtrail/panther-cloudtrail.jsonl'));
  const asEvents = collectRows(genericJson, trail, {
    mapping: 'stream: trail\ncolumns:\n  time: { from: eventTime, zone: UTC }\n  code: eventName\n',
  });
  const known = collectRows(cloudtrail, trail);
  const codes = (rows: readonly Readonly<Record<string, unknown>>[]): unknown[] =>
    rows.map((each) => [each['time'], each['code']]);
  expect(codes(asEvents.rows('events'))).toEqual(codes(known.rows('events')));
});

it('keeps the records around damage, also inside a list', () => {
  const values = Array.from({ length: 100 }, (_, i) => `{"ts":"2026-01-01T00:00:00Z","n":"user-${i}","t":"text"}`);
  const by = { mapping: 'stream: s\ncolumns:\n  time: ts\n  actor: n\n' };
  const { bytes, damaged } = damageLines(
    values.map((each) => Buffer.from(each)),
    5,
  );
  const read = collectRows(genericJson, bytes, by);
  const kept = new Set(read.rows('events').map((each) => each['actor']));
  for (let i = 0; i < 100; i++) if (!damaged.has(i + 1)) expect(kept.has(`user-${i}`), `line ${i + 1}`).toBe(true);
  const list = Buffer.from(`{"items":[${values.join(',')}]}`);
  list[list.indexOf('user-50') - 3] = 0;
  const inList = collectRows(genericJson, list, { mapping: `list: items\n${by.mapping}` });
  expect(inList.rows('events')).toHaveLength(99);
  expect(inList.rejects).toHaveLength(1);
});

it('stays bounded for a single line of 200 MB and for deep nesting', () => {
  const piece = Buffer.alloc(8 << 20, 'x');
  const long = [
    Buffer.from('{"ts":"'),
    ...Array.from({ length: 25 }, () => piece),
    Buffer.from('"}\n{"ts":"2026-01-01T00:00:00Z"}'),
  ];
  const read = collectRows(genericJson, long, { mapping: 'stream: s\ncolumns:\n  time: ts\n' });
  expect(read.rows('events')).toHaveLength(1);
  expect(read.rejects[0]?.reason).toContain('longer than 16777216 bytes');
  const deep = `{"a":${'['.repeat(100_000)}`;
  expect(collectRows(genericJson, deep, { mapping: 'stream: s\ncolumns:\n  time: ts\n' }).problem?.message).toContain(
    'nested deeper than 512',
  );
});
