import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { auditd } from '../../engine/formats/auditd/auditd.ts';
import { authorizedPorts } from '../../engine/formats/authorized-ports/authorized-ports.ts';
import { chrony } from '../../engine/formats/chrony/chrony.ts';
import { cloudtrail } from '../../engine/formats/cloudtrail/cloudtrail.ts';
import type { Format } from '../../engine/formats/format.ts';
import { nmap } from '../../engine/formats/nmap/nmap.ts';
import { prometheusApi } from '../../engine/formats/prometheus-api/prometheus-api.ts';
import { syslog3164 } from '../../engine/formats/syslog-3164/syslog-3164.ts';
import { systems } from '../../engine/formats/systems/systems.ts';
import { tickets } from '../../engine/formats/tickets/tickets.ts';
import { openZip } from '../../engine/intake/zip-archive.ts';
import { generateSample, type GroundTruth, type SampleReport } from '../../samples/index.ts';
import { dayOf, windowDays, windowInterval, type AuditWindow } from '../../shared/time.ts';
import {
  collectRows,
  type Collected,
  type CollectedReject,
  type CollectedRow,
} from '../engine/formats/collect-rows.ts';

/** What Fieldwork's own readers make of the sample: they were written from real files, and know nothing of it. */

interface ReadSource {
  readonly file: string;
  readonly format: string;
  readonly bytes: Buffer;
  readonly collected: Collected;
}

let folder: string;
let report: SampleReport;
let truth: GroundTruth;
let window: AuditWindow;
const read: ReadSource[] = [];
/** Days on which a system was heard in a stream: `auditd web-01` to its days. */
const heard = new Map<string, Set<string>>();

const formats: readonly Format[] = [
  ...[auditd, syslog3164, cloudtrail, nmap, chrony, prometheusApi],
  ...[systems, authorizedPorts, tickets],
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fieldwork-sample-'));
  report = await generateSample({ folder });
  truth = JSON.parse(await readFile(join(folder, 'ground-truth.json'), 'utf8')) as GroundTruth;
  window = { firstDay: truth.window.from, lastDay: truth.window.to, zone: truth.window.zone };
  for (const [file, bytes] of await contents()) read.push(readWithSurestFormat(file, bytes));
}, 180_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function contents(): Promise<readonly (readonly [string, Buffer])[]> {
  const root = join(folder, 'evidence');
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const all: (readonly [string, Buffer])[] = [];
  for (const path of paths.sort()) {
    const file = path.slice(root.length + 1);
    const bytes = await readFile(path);
    if (file.endsWith('.zip')) all.push(...(await membersOf(path, file)));
    else all.push([file, file.endsWith('.gz') ? gunzipSync(bytes) : bytes]);
  }
  return all;
}

async function membersOf(path: string, file: string): Promise<readonly (readonly [string, Buffer])[]> {
  const zip = await openZip(path, file);
  const all: (readonly [string, Buffer])[] = [];
  for (const member of zip.members) {
    const pieces: Uint8Array[] = [];
    for await (const piece of member.open()) pieces.push(piece);
    all.push([`${file}!${member.name}`, Buffer.concat(pieces)]);
  }
  zip.close();
  return all;
}

function readWithSurestFormat(file: string, bytes: Buffer): ReadSource {
  const head = bytes.subarray(0, 64 * 1024);
  const [surest] = formats
    .map((format) => ({ format, ...format.recognise(head) }))
    .sort((a, b) => b.confidence - a.confidence);
  if (!surest || surest.confidence < 0.5) throw new Error(`Nothing recognises ${file}`);
  const interval = windowInterval(window);
  const collected = collectRows(surest.format, bytes, { name: file, window: interval, zone: window.zone });
  for (const row of collected.rows('events')) hear(row);
  return { file, format: surest.format.id, bytes, collected };
}

function hear({ stream, system, time }: CollectedRow): void {
  const key = `${String(stream)} ${String(system)}`;
  const days = heard.get(key) ?? new Set<string>();
  heard.set(key, days);
  days.add(dayOf(time as bigint, window.zone));
}

const rowsOf = (format: string, table: Parameters<Collected['rows']>[0]): readonly CollectedRow[] =>
  read.filter((one) => one.format === format).flatMap(({ collected }) => collected.rows(table));

const sum = (format: string): number =>
  read.filter((one) => one.format === format).reduce((total, { collected }) => total + collected.records, 0);

it('is recognised file by file, and every record of it is read or rejected', () => {
  expect(read.map(({ collected }) => collected.problem).filter(Boolean)).toEqual([]);
  expect(sum('auditd')).toBe(report.auditLines);
  expect(sum('syslog-3164')).toBe(report.syslogLines);
  expect(sum('cloudtrail')).toBe(report.cloudTrailRecords);
  expect(read.filter(({ format }) => format === 'nmap')).toHaveLength(report.scans);
  expect(rowsOf('tickets', 'tickets')).toHaveLength(report.tickets);
});

it('measures each host but portal-01 from the beginning of the window to its end', () => {
  const logs = read.filter(({ format }) => format === 'chrony');
  expect(logs).toHaveLength(11);
  for (const { file, collected } of logs) {
    const samples = collected.rows('clock_samples');
    expect(samples.length, file).toBe(collected.records);
    const [first, last] = [samples[0]!, samples.at(-1)!].map(({ time }) => time as bigint);
    expect(dayOf(first!, window.zone)).toBe('2025-12-31');
    expect(dayOf(last!, window.zone)).toBe(file.includes('portal-01') ? '2026-04-15' : '2026-06-30');
  }
});

it('answers Prometheus for each host and for the storage system', () => {
  const series = rowsOf('prometheus-api', 'metric_series').filter(({ name }) => name === 'up');
  expect(series.map(({ system }) => system)).toContain('nas-01');
  expect(series).toHaveLength(12);
});

it('has exactly the rejects that the truth names', () => {
  const rejects = read.flatMap(({ file, collected }) => collected.rejects.map((reject) => ({ file, ...reject })));
  const places = (list: readonly { file: string; record: number }[]): string[] =>
    list.map(({ file, record }) => `${file} ${record}`).sort();
  expect(places(rejects)).toEqual(places(truth.rejects));
  for (const { file, text } of truth.rejects) {
    const found = rejects.find((reject: CollectedReject & { file: string }) => reject.file === file);
    expect(found?.raw).toContain(text);
  }
});

it('cites records that hold what was planted', () => {
  const marks = [...truth.deviations, ...truth.traps].flatMap(({ evidence }) => evidence);
  let checked = 0;
  for (const { file, member, record, text } of marks) {
    const source = read.find((one) => one.file === (member === undefined ? file : `${file}!${member}`));
    expect(source, file).toBeDefined();
    if (record === undefined) continue;
    const { byte, length } = source!.collected.spans[record - 1]!;
    const cited = source!.bytes.subarray(byte, byte + length);
    expect(cited.toString(text.includes('\u00e4') ? 'latin1' : 'utf8'), `${file} ${record}`).toContain(text);
    checked++;
  }
  expect(checked).toBeGreaterThan(30);
});

it('lets every system speak in every stream it needs on every day it is in scope, except where planted', () => {
  const inventory = rowsOf('systems', 'systems');
  expect(inventory).toHaveLength(14);
  const silences: string[] = [];
  for (const { system, needs, scope_to: until } of inventory) {
    for (const stream of (needs as string[]).filter((need) => !['nmap', 'clock', 'prometheus'].includes(need))) {
      const days = heard.get(`${stream} ${String(system)}`) ?? new Set();
      for (const { day, from } of windowDays(window)) {
        const isInScope = until === undefined || from < (until as bigint);
        if (isInScope !== days.has(day)) silences.push(`${stream} ${String(system)} ${day}`);
      }
    }
  }
  const expected = truth.expectedGaps.filter(({ stream }) => stream !== 'nmap');
  expect(silences).toEqual(expected.map(({ stream, system, day }) => `${stream} ${system} ${day}`));
  expect(silences.slice(0, 2)).toEqual(['auditd app-02 2026-02-18', 'syslog app-02 2026-05-18']);
  expect(silences).toHaveLength(1 + 7 + 181);
  expect(heard.get('syslog app-02')).toContain('2026-02-18');
  expect(heard.get('auditd portal-01')).toContain('2026-04-15');
  expect(heard.get('auditd portal-01')).not.toContain('2026-04-16');
});

it('names no system that the inventory does not have', () => {
  const known = new Set(rowsOf('systems', 'systems').map(({ system }) => system));
  expect([...heard.keys()].map((key) => key.split(' ')[1]).filter((system) => !known.has(system))).toEqual([]);
});

it('scans each host on each day, except where planted', () => {
  const scans = read.filter(({ format }) => format === 'nmap');
  const byDay = new Map<string, string[]>();
  const scanned = new Set<string>();
  for (const { collected } of scans) {
    const [scan] = collected.rows('scans');
    const day = dayOf(scan!['started'] as bigint, window.zone);
    const hosts = collected.rows('scan_targets').map(({ system }) => String(system));
    byDay.set(day, hosts);
    if (scan!['completed'] === true) for (const host of hosts) scanned.add(`${host} ${day}`);
    expect(scan!['completed'], day).toBe(day !== '2026-06-17');
  }
  const all = rowsOf('systems', 'systems').filter(({ needs }) => (needs as string[]).includes('nmap'));
  for (const { day, from } of windowDays(window)) {
    const expected = all.filter(({ scope_to: until }) => until === undefined || from < (until as bigint)).length;
    expect(byDay.get(day)?.length ?? 0, day).toBe(day === '2026-03-11' ? 0 : day === '2026-06-17' ? 6 : expected);
  }
  const missed = truth.expectedGaps.filter(({ stream }) => stream === 'nmap');
  expect(missed).toHaveLength(21);
  const owed = windowDays(window).flatMap(({ day, from }) =>
    all
      .filter(({ scope_to: until }) => until === undefined || from < (until as bigint))
      .map(({ system }) => `${String(system)} ${day}`),
  );
  expect(owed.filter((one) => !scanned.has(one)).sort()).toEqual(
    missed.map(({ system, day }) => `${system} ${day}`).sort(),
  );
});

it('shows open ports that are authorised for the host or its role at that time, except the planted one', () => {
  const roles = new Map(rowsOf('systems', 'systems').map(({ system, role }) => [String(system), String(role)]));
  const authorised = rowsOf('authorized-ports', 'authorized_ports');
  const foreign = rowsOf('nmap', 'open_ports').filter(({ system, port, state, time }) => {
    const names = ['*', String(system), roles.get(String(system))];
    const fits = (entry: CollectedRow): boolean =>
      entry['port'] === port &&
      names.includes(String(entry['system_or_role'])) &&
      (entry['approved_at'] as bigint) <= (time as bigint);
    return state === 'open' && !authorised.some(fits);
  });
  const planted = truth.deviations.find(({ id }) => id === 'unauthorised-port')!;
  expect(foreign.map(({ system, port }) => `${String(system)} ${String(port)}`)).toEqual(Array(9).fill('web-02 5432'));
  expect(foreign.map(({ time }) => dayOf(time as bigint, window.zone))).toEqual(planted.days);
});

it('has one log-in as root and one sudo of somebody who may not, and refuses root elsewhere', () => {
  const people = new Set(['a.keller', 'j.brandt', 'm.yilmaz']);
  const events = rowsOf('auditd', 'events');
  const day = ({ time }: CollectedRow): string => dayOf(time as bigint, window.zone);
  const rootLogins = events.filter(({ activity, actor }) => activity === 'logon' && actor === 'root');
  const success = rootLogins.filter(({ outcome }) => outcome === 'success');
  expect(new Set(success.map((row) => `${String(row['system'])} ${day(row)}`))).toEqual(new Set(['db-02 2026-05-06']));
  expect(rootLogins.filter(({ outcome }) => outcome === 'failure').length).toBe(12);
  const sudo = events.filter(({ code }) => code === 'USER_CMD');
  expect(sudo.length).toBeGreaterThan(100);
  const foreign = sudo.filter(({ actor }) => !people.has(String(actor)));
  expect(foreign.map((row) => [row['actor'], row['system'], day(row)])).toEqual([['s.okafor', 'app-01', '2026-03-24']]);
});

it('uses the root user of the AWS account twice on one day and never else', () => {
  const records = rowsOf('cloudtrail', 'cloudtrail_records').filter((row) => row['identity_type'] === 'Root');
  expect(records.map((row) => row['event_name'])).toEqual(['ConsoleLogin', 'UpdateAccountPasswordPolicy']);
});

/** Times of the window have 16 digits, so their text sorts as they do. */
const placeOf = ({ system, time }: CollectedRow): string => `${String(system)} ${String(time)}`;

it('ends the audit daemon only for a restart within five minutes, except twice', () => {
  const daemon = rowsOf('auditd', 'events')
    .filter(({ code }) => code === 'DAEMON_END' || code === 'DAEMON_START')
    .sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  const late: string[] = [];
  daemon.forEach((end, place) => {
    if (end['code'] !== 'DAEMON_END') return;
    const start = daemon[place + 1];
    expect([start?.['code'], start?.['system']]).toEqual(['DAEMON_START', end['system']]);
    const seconds = Number((start!['time'] as bigint) - (end['time'] as bigint)) / 1e6;
    if (seconds > 300) late.push(`${String(end['system'])} ${seconds}`);
  });
  expect(daemon.filter(({ code }) => code === 'DAEMON_END').length).toBe(11 * 6 - 2 + 2);
  expect(late).toEqual(['log-01 1200', 'web-02 61199.09']);
});

it('counts its serials without a break between boots, except where planted', () => {
  const lost: string[] = [];
  const last = new Map<string, { serial: bigint; time: bigint }>();
  const events = rowsOf('auditd', 'auditd_records')
    .filter(({ type }) => !String(type).startsWith('DAEMON_'))
    .sort((a, b) => Number((a['time'] as bigint) - (b['time'] as bigint)) || Number(a['serial']) - Number(b['serial']));
  for (const { node, serial, time } of events) {
    const before = last.get(String(node));
    const now = { serial: BigInt(serial as number), time: time as bigint };
    // Serials begin again at 3 after a boot.
    if (before && now.serial !== 3n && now.serial > before.serial + 1n)
      lost.push(`${String(node)} ${dayOf(now.time, window.zone)}`);
    if (before && now.serial < before.serial) expect(now.serial).toBe(3n);
    last.set(String(node), now);
  }
  expect(lost).toEqual(['app-01 2026-02-05', 'app-02 2026-02-19', 'db-01 2026-04-08', 'log-01 2026-05-20']);
});
