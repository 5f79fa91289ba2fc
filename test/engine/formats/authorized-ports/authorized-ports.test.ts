import { expect, it } from 'vitest';
import { authorizedPorts } from '../../../../engine/formats/authorized-ports/authorized-ports.ts';
import { systems } from '../../../../engine/formats/systems/systems.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows } from '../collect-rows.ts';

const table = [
  'system_or_role,port,protocol,owner,purpose,justification,risk,approved_at,change_ticket',
  'web,443,TCP,Ana,HTTPS,customers,low,2026-01-05T09:00:00+01:00,CHG-7',
  '*,22,tcp,Ben,SSH,administration,medium,2026-01-01,CHG-1',
].join('\n');

it('reads which ports may be open, where, and since when', () => {
  const read = collectRows(authorizedPorts, table);
  expect(read.rows('authorized_ports')).toEqual([
    {
      record: 1,
      system_or_role: 'web',
      port: 443,
      protocol: 'tcp',
      owner: 'Ana',
      purpose: 'HTTPS',
      justification: 'customers',
      risk: 'low',
      approved_at: parseInstant('2026-01-05T08:00:00Z'),
      change_ticket: 'CHG-7',
    },
    {
      record: 2,
      system_or_role: '*',
      port: 22,
      protocol: 'tcp',
      owner: 'Ben',
      purpose: 'SSH',
      justification: 'administration',
      risk: 'medium',
      approved_at: parseInstant('2026-01-01T00:00:00Z'),
      change_ticket: 'CHG-1',
    },
  ]);
});

it('takes the system, and the role where no system is named', () => {
  const read = collectRows(authorizedPorts, 'Role;System;Port;Proto;Approved\nweb;;80;tcp;\nweb;web-1;81;udp;\n');
  expect(read.rows('authorized_ports').map((row) => row['system_or_role'])).toEqual(['web', 'web-1']);
});

it('rejects ports that do not exist, naming column and value', () => {
  const rows = [
    'web,70000,tcp',
    'web,-1,tcp',
    'web,80-90,tcp',
    'web,,tcp',
    ',80,tcp',
    'web,80,',
    'web,80,http',
    'web,0x50,tcp',
  ];
  const read = collectRows(authorizedPorts, `system,Port No,Protocol\n${rows.join('\n')}\nweb,80,udp\n`);
  const range = 'is not a whole number from 0 to 65535.';
  expect(read.rejects.map(({ reason }) => reason)).toEqual([
    `Column "Port No": "70000" ${range}`,
    `Column "Port No": "-1" ${range}`,
    `Column "Port No": "80-90" ${range}`,
    'Column "port" is empty.',
    'Column "system_or_role" is empty.',
    'Column "protocol" is empty.',
    'Column "Protocol": "http" is not one of tcp, udp, sctp.',
    `Column "Port No": "0x50" ${range}`,
  ]);
  expect(read.rejects.map(({ raw }) => raw)).toEqual(rows);
  expect(read.rows('authorized_ports')).toHaveLength(1);
});

it('knows the day of an approval by other names, and says which columns it does not read', () => {
  for (const name of ['Approved Date', 'approval date', 'Authorised on']) {
    const read = collectRows(
      authorizedPorts,
      `system,port,protocol,${name},Valid To\nweb,80,tcp,2026-01-05,2026-02-01\n`,
    );
    expect(read.rows('authorized_ports')[0]).toMatchObject({ approved_at: parseInstant('2026-01-05T00:00:00Z') });
    expect(read.assumptions).toContain('The column "Valid To" is not read.');
  }
});

it('rejects a row that says itself that it is not approved', () => {
  const refused = [
    'rejected',
    'Not approved',
    'unapproved',
    'expired 2025',
    'no',
    'Pending review',
    'revoked',
    'N',
    'approved, since expired',
  ];
  const taken = ['approved', 'Yes', '', 'by the board', 'Active', 'Approved after review'];
  const rows = [...refused, ...taken].map((word) => `web,80,tcp,"${word}"`);
  const read = collectRows(authorizedPorts, `system,port,protocol,Approval Status\n${rows.join('\n')}\n`);
  expect(read.rejects.map(({ reason }) => reason)).toEqual(
    refused.map((word) => `Column "Approval Status": "${word}" does not say that the port is approved.`),
  );
  expect(read.rows('authorized_ports')).toHaveLength(taken.length);
  expect(read.assumptions).toEqual([
    'Words in column "Approval Status" that are neither a yes nor a no are taken as approved.',
  ]);
});

it('refuses a file without its columns, naming them all', () => {
  const { problem } = collectRows(authorizedPorts, 'system,owner\nweb-1,Ana\n');
  expect(problem?.code).toBe('missing_column');
  expect(problem?.message).toBe('The header has no column for port and protocol; it has system, owner.');
});

it('is told apart from other tables with ports', () => {
  expect(authorizedPorts.recognise(Buffer.from(table)).confidence).toBeGreaterThan(0.9);
  expect(systems.recognise(Buffer.from(table)).confidence).toBe(0);
  // A scanner's findings have hosts and ports too, but nobody's approval.
  const findings = 'Plugin ID,CVE,CVSS,Risk,Host,Protocol,Port,Name,Synopsis\n';
  expect(authorizedPorts.recognise(Buffer.from(findings)).confidence).toBe(0);
});
