import { expect, it } from 'vitest';
import { knownStreams } from '../../../../engine/core/known-streams.ts';
import { formats } from '../../../../engine/formats/registry.ts';
import { systems } from '../../../../engine/formats/systems/systems.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows, inPieces } from '../collect-rows.ts';

const table = [
  'System,Role,Environment,Segment,Criticality,Owner,Addresses,Scope From,Scope To,Needs',
  'web-1,web,production,dmz,High,Ana,"192.0.2.1; web-1.acme.test",2026-01-01,2026-03-31,auditd;syslog|nmap',
  'db-1,database,production,core,critical,Ben,192.0.2.2,,,"auditd, chrony"',
].join('\r\n');

it('reads systems, their lists and when they were in scope', () => {
  const read = collectRows(systems, table, { zone: 'Europe/Berlin' });
  expect(read.rows('systems')).toEqual([
    {
      record: 1,
      system: 'web-1',
      role: 'web',
      environment: 'production',
      segment: 'dmz',
      criticality: 'high',
      owner: 'Ana',
      addresses: ['192.0.2.1', 'web-1.acme.test'],
      scope_from: parseInstant('2025-12-31T23:00:00Z'),
      // In scope through the last day: until the next one begins.
      scope_to: parseInstant('2026-03-31T22:00:00Z'),
      needs: ['auditd', 'syslog', 'nmap'],
    },
    {
      record: 2,
      system: 'db-1',
      role: 'database',
      environment: 'production',
      segment: 'core',
      criticality: 'critical',
      owner: 'Ben',
      addresses: ['192.0.2.2'],
      needs: ['auditd', 'chrony'],
    },
  ]);
  expect(read.assumptions).toEqual([
    'A day alone in column "Scope From" means its start in Europe/Berlin.',
    'A day alone in column "Scope To" means its end in Europe/Berlin.',
    'needs names "chrony", which no format gives: only a mapping could.',
  ]);
  const { byte, length } = read.spans[1]!;
  expect(table.slice(byte, byte + length)).toBe(table.split('\r\n')[2]);
});

it('says which columns and needs it knows nothing of, and how many systems nobody will miss', () => {
  const read = collectRows(
    systems,
    'system,colour,needs,cost centre,,valid until\nweb-1,red,nmpa|Auditd,7,,\nweb-2,,,,,\nweb-3,,,,,\nweb-3,,NMAP,,,\n',
  );
  expect(read.assumptions).toEqual([
    'The columns "colour", "cost centre", "valid until" are not read.',
    'needs names "nmpa", which no format gives: only a mapping could.',
    '1 system needs no evidence: no control will miss it.',
  ]);
  expect(collectRows(systems, 'system,role\na,web\nb,web\n,web\n').assumptions).toEqual([
    '2 systems need no evidence: no control will miss them.',
  ]);
});

it('knows every stream that a format gives', () => {
  for (const stream of formats.flatMap(({ streams }) => streams)) expect(knownStreams).toContain(stream);
});

it('knows columns by other names, in any case, order and delimiter', () => {
  const read = collectRows(systems, '\ufeffip-address;Host_Name;ENV\n192.0.2.1;web-1;prod\n');
  expect(read.rows('systems')).toEqual([{ record: 1, system: 'web-1', environment: 'prod', addresses: ['192.0.2.1'] }]);
});

it('gives the same for pieces of any size', () => {
  const whole = collectRows(systems, table);
  for (const size of [1, 7, 65536]) {
    const read = collectRows(systems, inPieces(Buffer.from(table), size));
    expect([[...read.tables], read.spans]).toEqual([[...whole.tables], whole.spans]);
  }
});

it('rejects a row that names no system or an unreadable time, and one with shifted columns', () => {
  const read = collectRows(
    systems,
    'system,role,scope_from\n,web,\nweb-1,web,1 March\nweb-2,web\nweb-3,web,,,\nweb-4,a,b,c\n',
  );
  expect(read.rejects).toEqual([
    { record: 1, reason: 'Column "system" is empty.', raw: ',web,' },
    {
      record: 2,
      reason:
        'Column "scope_from": "1 March" is not a time; ' +
        'it is written RFC 3339, YYYY-MM-DD HH:MM:SS, YYYY-MM-DD or DD/Mon/YY HH:MM AM.',
      raw: 'web-1,web,1 March',
    },
    { record: 3, reason: 'Line 4 has 2 fields, but the header has 3.', raw: 'web-2,web' },
    { record: 5, reason: 'Line 6 has 4 fields, but the header has 3.', raw: 'web-4,a,b,c' },
  ]);
  expect(read.rows('systems').map(({ system }) => system)).toEqual(['web-3']);
});

it('refuses a file without the column it needs, naming what it has', () => {
  const { problem } = collectRows(systems, 'colour,size\nred,1\n');
  expect(problem).toMatchObject({
    code: 'missing_column',
    message: 'The header has no column for system; it has colour, size.',
    where: { line: 1, column: 'system' },
  });
  expect(collectRows(systems, '').problem?.message).toBe('The file has no header line.');
  const unclosed = collectRows(systems, 'system,role\nweb-1,"web\n').problem;
  expect(unclosed).toMatchObject({ code: 'damaged_file', where: { line: 2 } });
});

it('keeps formulas as the text they are', () => {
  const read = collectRows(systems, `system,role\n"=cmd|'/C calc'!A0",@SUM(1)\n`);
  expect(read.rows('systems')[0]).toMatchObject({ system: "=cmd|'/C calc'!A0", role: '@SUM(1)' });
});

it('recognises an inventory of systems by its header', () => {
  const { confidence, reason } = systems.recognise(Buffer.from(table));
  expect(confidence).toBeGreaterThan(0.9);
  expect(reason).toMatch(/^10 of 10 header columns belong to systems/);
  for (const other of ['system,port,protocol,owner\n', 'system\nweb-1\n', '{"system":1}', 'name,value\n', '<a/>', ''])
    expect([other, systems.recognise(Buffer.from(other)).confidence]).toEqual([other, 0]);
});
