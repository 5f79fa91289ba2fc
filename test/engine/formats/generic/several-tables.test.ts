/** A mapping that fills several tables from one file, and files in the encodings and with the delimiters of exports. */
import { describe, expect, it } from 'vitest';
import { genericCsv } from '../../../../engine/formats/generic/generic-csv.ts';
import { genericJson } from '../../../../engine/formats/generic/generic-json.ts';
import { mappedFormat } from '../../../../engine/formats/registry.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows, inPieces } from '../collect-rows.ts';

const mapping = `
list: data.items
tables:
  - table: events
    stream: door
    only: type = entry
    columns:
      time: when
      actor: badge.holder
  - table: accounts
    only: badge.account != none
    columns:
      account: badge.account
      person: badge.holder
`;
const items = [
  { type: 'entry', when: '2026-03-01T10:00:00Z', door: 'north', badge: { holder: 'Ana', account: 'none' } },
  { type: 'entry', when: '2026-03-01T11:00:00Z', door: 'south', badge: { holder: 'Ben', account: 'ben' } },
  { type: 'issue', badge: { holder: 'Cem', account: 'cem' } },
  { type: 'issue', badge: { holder: 'Dan', account: 'none' } },
  { type: 'entry', when: 'yesterday', badge: { holder: 'Eve', account: 'eve' } },
];

describe('several tables from one file', () => {
  it('gives each record a row in every table that wants it, and rejects it where one of them cannot have it', () => {
    const { rows, rejects, records } = collectRows(genericJson, JSON.stringify({ data: { items } }), { mapping });
    expect(records).toBe(5);
    expect(rows('events')).toEqual([
      { record: 1, time: parseInstant('2026-03-01T10:00:00Z'), actor: 'Ana', stream: 'door' },
      { record: 2, time: parseInstant('2026-03-01T11:00:00Z'), actor: 'Ben', stream: 'door' },
    ]);
    expect(rows('accounts')).toEqual([
      { record: 2, account: 'ben', person: 'Ben' },
      { record: 3, account: 'cem', person: 'Cem' },
    ]);
    expect(rejects.map(({ record, reason }) => [record, reason])).toEqual([
      [4, expect.stringContaining('"type" is "issue"')],
      [5, expect.stringContaining('"when": "yesterday" is not a time')],
    ]);
    expect(rejects[0]?.reason).toContain('"badge.account" is "none"');
  });

  it('keeps beside an event what no column of events is filled from, and only where there is an event', () => {
    const { rows } = collectRows(genericJson, JSON.stringify({ data: { items } }), { mapping });
    expect(rows('event_fields').map(({ record, fields }) => [record, JSON.parse(String(fields)) as unknown])).toEqual([
      [1, { type: 'entry', door: 'north', badge: items[0]!.badge }],
      [2, { type: 'entry', door: 'south', badge: items[1]!.badge }],
    ]);
  });

  it('reads a CSV the same way', () => {
    const csv = 'type,when,holder,account\nentry,2026-03-01T10:00:00Z,Ana,\nissue,,Cem,cem\n';
    const ofCsv = mapping.replace('list: data.items\n', '').replaceAll('badge.', '').replace('!= none', '!= ');
    const { rows, rejects } = collectRows(genericCsv, csv, { mapping: ofCsv });
    expect(rejects).toEqual([]);
    expect([rows('events').length, rows('accounts').length]).toEqual([1, 1]);
  });

  it('names the table and the line of what is wrong', () => {
    const refusal = (text: string): string =>
      collectRows(genericCsv, 'a,b\n1,2\n', { mapping: text }).problem?.message ?? '';
    expect(refusal('tables:\n  - table: accounts\n    columns: { acount: a }\n')).toMatch(
      /tables\.0\.columns\.acount \(line 3\): accounts has no such column/,
    );
    expect(refusal('tables: []\n')).toMatch(/tables \(line 1\): names no table/);
    expect(refusal('tables:\n  - 3\n')).toMatch(/tables\.0 \(line 2\)/);
    expect(refusal('tables:\n  - { table: accounts, columns: { account: a }, list: x }\n')).toMatch(
      /tables\.0\.list \(line 2\): there is no such member/,
    );
    expect(refusal('table: accounts\ntables:\n  - { table: accounts, columns: { account: a } }\n')).toMatch(
      /table \(line 1\): there is no such member/,
    );
  });
});

describe('exports of other programs', () => {
  const people = 'table: accounts\ncolumns:\n  account: Login\n  person: Name\n';

  it.each([',', ';', '\t', '|'])(
    'a table whose delimiter is %j, with a line end and a quote in a cell',
    (delimiter) => {
      const csv = `Login${delimiter}Name\r\nana${delimiter}"Ana ""A""\nAsker"\r\n`;
      const { rows, records } = collectRows(genericCsv, csv, { mapping: people });
      expect([records, rows('accounts')]).toEqual([1, [{ record: 1, account: 'ana', person: 'Ana "A"\nAsker' }]]);
    },
  );

  it.each(['utf16le', 'utf16be'] as const)('%s: the same rows, cited in the bytes of the file', (encoding) => {
    const bytesOf = (text: string): Uint8Array => {
      const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
      return new Uint8Array(encoding === 'utf16le' ? bytes : bytes.swap16());
    };
    const csv = bytesOf('Login\tName\r\nana\tÄnne\r\n');
    const collected = collectRows(genericCsv, inPieces(csv, 3), { mapping: people });
    expect(collected.rows('accounts')).toEqual([{ record: 1, account: 'ana', person: 'Änne' }]);
    expect(collected.spans).toEqual([{ byte: 26, length: 16 }]);
    expect(mappedFormat(csv).id).toBe('generic-csv');
    const json = bytesOf('[{"Login":"ana","Name":"Änne"}]');
    expect(mappedFormat(json).id).toBe('generic-json');
    expect(collectRows(genericJson, json, { mapping: people }).rows('accounts')).toEqual([
      { record: 1, account: 'ana', person: 'Änne' },
    ]);
  });

  it.each([
    ['epoch-s', '1772359200.123456789'],
    ['epoch-ms', '1772359200123.456'],
    ['epoch-us', '1772359200123456'],
    ['epoch-ns', '1772359200123456789'],
  ])('%s keeps its microseconds, as a number of JSON as well', (as, text) => {
    const by = `table: tickets\ncolumns:\n  ticket_id: id\n  opened: { from: at, as: ${as} }\n`;
    const time = parseInstant('2026-03-01T10:00:00.123456Z');
    expect(collectRows(genericCsv, `id,at\n1,${text}\n`, { mapping: by }).rows('tickets')[0]?.['opened']).toBe(time);
    const json = collectRows(genericJson, `{"id":1,"at":${text}}\n`, { mapping: by });
    expect(json.rows('tickets')[0]?.['opened']).toBe(time);
  });

  it('day before month, twelve hours, and a zone that the mapping states', () => {
    const by =
      'table: tickets\ncolumns:\n  ticket_id: id\n  opened: { from: at, as: "%d/%m/%Y %I:%M %p", zone: Asia/Kolkata }\n';
    const { rows, assumptions } = collectRows(genericCsv, 'id,at\n1,03/07/2025 07:36 PM\n2,03/07/2025 12:05 am\n', {
      mapping: by,
    });
    expect(rows('tickets').map((row) => row['opened'])).toEqual([
      parseInstant('2025-07-03T14:06:00Z'),
      parseInstant('2025-07-02T18:35:00Z'),
    ]);
    expect(assumptions).toContain('Times without an offset in "at" are taken in Asia/Kolkata, as the mapping says.');
  });
});
