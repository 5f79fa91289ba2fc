/** What the tools of this machine print, read and asked for through the views: the port that is open here is in them. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { viewStatements } from '../../../../engine/evidence/views.ts';
import { CaseDatabase } from '../../../../engine/store/case-database.ts';
import { schemaStatements } from '../../../../engine/store/schema.ts';
import type { Collected } from '../collect-rows.ts';
import { items, read } from './facts.ts';

type Printed = { readonly text: string } | { readonly missing: string };

/** What a command prints, or why it cannot be asked. */
function printed(command: string, ...args: readonly string[]): Printed {
  try {
    return {
      text: execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 * 1024 * 1024 }).toString(),
    };
  } catch {
    return { missing: `${[command, ...args].join(' ')} cannot be run here, so its output is not compared.` };
  }
}

function ofFile(path: string): Printed {
  try {
    return { text: readFileSync(path, 'utf8') };
  } catch {
    return { missing: `${path} cannot be read here.` };
  }
}

/** Skipped, with the reason in its name, where the output could not be had. */
function withOutput(name: string, output: Printed, run: (text: string) => void | Promise<void>): void {
  if ('missing' in output) it.skip(`${name}: ${output.missing}`, () => undefined);
  else it(name, () => run(output.text));
}

async function database(collected: Collected): Promise<CaseDatabase> {
  const opened = await CaseDatabase.open({ path: ':memory:' });
  for (const statement of [...schemaStatements(), ...viewStatements()]) await opened.query(statement);
  const quoted = (value: unknown): string =>
    value === undefined ? 'NULL' : `'${String(value).replaceAll("'", "''")}'`;
  const rows = collected.rows('config_items').map((row) => {
    const columns = ['system', 'resource_type', 'resource_id', 'resource_name', 'configuration'];
    return `(1, ${row.record}, make_timestamp(${String(row['captured'])}), ${columns.map((name) => quoted(row[name])).join(', ')})`;
  });
  if (rows.length > 0)
    await opened.query(`INSERT INTO evidence.config_items
      (source_id, record, captured, system, resource_type, resource_id, resource_name, configuration) VALUES ${rows.join(', ')}`);
  return opened;
}

async function ask(text: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const collected = read(text);
  expect(collected.problem).toBeUndefined();
  const opened = await database(collected);
  try {
    return await opened.query(sql);
  } finally {
    await opened.close();
  }
}

let server: Server;
let port = 0;

beforeAll(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

/** Asked for only when the port is open. */
function listening(name: string, output: () => Printed, hasOwner: boolean): void {
  const first = output();
  if ('missing' in first) return withOutput(name, first, () => undefined);
  it(name, async () => {
    const now = output();
    const rows = await ask(
      'text' in now ? now.text : '',
      `SELECT protocol, address, port, pid, open_to_network FROM listening_sockets WHERE port = ${port}`,
    );
    const pid = hasOwner ? process.pid : null;
    expect(rows).toEqual([{ protocol: 'tcp', address: '127.0.0.1', port, pid, open_to_network: false }]);
  });
}

describe('the port that this test opened', () => {
  listening('is in what ss lists', () => printed('ss', '-ltnp'), true);
  listening('is in what ss lists of tcp and udp', () => printed('ss', '-tulpn'), true);
  listening('is in /proc/net/tcp', () => ofFile('/proc/net/tcp'), false);
  listening('is in what netstat lists', () => printed('netstat', '-plnt'), true);
  listening('is in what lsof lists', () => printed('lsof', '-i', '-P', '-n'), true);
});

describe('this machine', () => {
  withOutput('uname names it and its kernel', printed('uname', '-a'), async (text) => {
    const rows = await ask(text, 'SELECT system, kernel, os, openssl FROM host_versions');
    const kernel = execFileSync('uname', ['-r']).toString().trim();
    expect(rows).toEqual([{ system: hostname(), kernel, os: null, openssl: null }]);
  });

  withOutput('openssl version', printed('openssl', 'version', '-a'), async (text) => {
    const [row] = await ask(text, 'SELECT openssl FROM host_versions');
    expect(text).toContain(`OpenSSL ${String(row?.['openssl'])} `);
  });

  withOutput('os-release', ofFile('/etc/os-release'), async (text) => {
    const [row] = await ask(text, 'SELECT os FROM host_versions');
    expect(text).toContain(String(row?.['os']));
  });

  withOutput('ps lists this process', printed('ps', '-ef'), async (text) => {
    const rows = await ask(text, `SELECT pid, ppid FROM processes WHERE pid = ${process.pid}`);
    expect(rows).toEqual([{ pid: process.pid, ppid: process.ppid }]);
  });

  withOutput('lsblk lists what is mounted', printed('lsblk', '-J', '-O'), async (text) => {
    const rows = await ask(text, 'SELECT name, mountpoint FROM block_devices');
    const names = [...text.matchAll(/"name":\s*"([^"]+)"/g)].map(([, name]) => name);
    expect(rows.map(({ name }) => name).sort()).toEqual(names.sort());
  });

  withOutput('ip lists the loopback', printed('ip', '-j', 'addr'), (text) => {
    const loopback = items(text).find(({ fields }) => fields['ifname'] === 'lo');
    expect(JSON.stringify(loopback?.fields['addr_info'])).toContain('127.0.0.1');
  });

  withOutput('auditctl lists rules, or says that there are none', printed('auditctl', '-l'), async (text) => {
    const rows = await ask(text, 'SELECT kind, loaded FROM audit_rules ORDER BY record');
    expect(rows).toHaveLength(text.trim().split('\n').length);
    if (text.startsWith('No rules')) expect(rows).toEqual([{ kind: 'none', loaded: true }]);
  });

  withOutput('sshd -T says what it runs with', printed('/usr/sbin/sshd', '-T'), (text) => {
    const settings = items(text);
    expect(settings).toHaveLength(text.trim().split('\n').length);
    expect(settings.every(({ fields }) => fields['effective'] === true)).toBe(true);
  });

  withOutput('sestatus', printed('sestatus'), async (text) => {
    const rows = await ask(text, 'SELECT kind, mode FROM mandatory_access_control');
    expect(rows).toHaveLength(1);
    if (/disabled/.test(text)) expect(rows).toEqual([{ kind: 'selinux', mode: 'disabled' }]);
  });

  for (const path of ['/etc/passwd', '/etc/group'])
    withOutput(path, ofFile(path), (text) => {
      expect(read(text).rejects).toEqual([]);
      expect(items(text)).toHaveLength(text.trim().split('\n').length);
    });

  for (const args of [
    ['sysctl', '-a'],
    ['mount'],
    ['df', '-T'],
    ['findmnt', '-J'],
    ['dpkg', '-l'],
    ['lastlog'],
  ] as const) {
    const [command, ...rest] = args;
    withOutput(args.join(' '), printed(command, ...rest), (text) => {
      expect(read(text).rejects).toEqual([]);
      expect(items(text).length).toBeGreaterThan(0);
    });
  }
});
