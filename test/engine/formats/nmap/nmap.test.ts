import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nmap } from '../../../../engine/formats/nmap/nmap.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows, inPieces, type Collected, type CollectedRow } from '../collect-rows.ts';

const folder = join(import.meta.dirname, '../../../fixtures/nmap');
const everyScan = readdirSync(folder).filter((name) => name.endsWith('.xml'));

function fixture(name: string): Buffer {
  return readFileSync(join(folder, name));
}

function scanOf(...hosts: string[]): string {
  return [
    '<?xml version="1.0"?><nmaprun scanner="nmap" args="nmap -sT 192.0.2.1" start="1772359200" version="7.93">',
    '<scaninfo type="connect" protocol="tcp" numservices="65535" services="1-65535"/>',
    ...hosts,
    '<runstats><finished time="1772359260" exit="success"/></runstats></nmaprun>',
  ].join('\n');
}

const port = (number: string, inside = '<state state="open" reason="syn-ack"/>'): string =>
  `<port protocol="tcp" portid="${number}">${inside}</port>`;

const host = (address: string, ports = ''): string =>
  `<host><status state="up"/><address addr="${address}" addrtype="ipv4"/><ports>${ports}</ports></host>`;

it('prefers the name that was scanned to the one from reverse look-up', () => {
  const [row] = collectRows(nmap, fixture('dd-nmap_multiple_port.xml')).rows('scan_targets');
  expect(row).toMatchObject({ system: 'joaquinlp.me', address: '198.38.82.159', state: 'up', reason: 'syn-ack' });
  const [only] = collectRows(nmap, fixture('dd-nmap_1port.xml')).rows('scan_targets');
  expect(only?.['system']).toBe('localhost.localdomain');
});

it('reads the TLS scripts as openssl and the printed output have it', () => {
  const bytes = fixture('gen-tls.xml');
  const read = collectRows(nmap, bytes);
  const openssl = fixture('gen-tls.openssl.txt').toString();
  const field = (pattern: RegExp): string => pattern.exec(openssl)![1]!;
  const [certificate] = read.rows('certificates');
  expect(certificate).toMatchObject({
    serial: field(/serial=(\w+)/).toLowerCase(),
    subject: `commonName=${field(/commonName\s*= (.*)/)}, organizationName=${field(/organizationName\s*= (.*)/)}`,
    not_before: BigInt(Date.parse(field(/notBefore=(.*)/))) * 1000n,
    not_after: BigInt(Date.parse(field(/notAfter=(.*)/))) * 1000n,
    key_type: 'rsa',
    key_bits: 2048,
    signature: 'sha256WithRSAEncryption',
    self_signed: true,
  });
  // What the script printed for people: the version on a line, then "      <suite> (<exchange>) - <grade>".
  const printed = /ssl-enum-ciphers" output="([^"]*)"/.exec(bytes.toString())![1]!.split('&#xa;');
  let version = '';
  const suites: string[][] = [];
  for (const line of printed) {
    version = /^ {2}(TLSv[\d.]+):/.exec(line)?.[1] ?? version;
    const suite = /^ {6}(\w+) \(.*\) - (\w)$/.exec(line);
    if (suite) suites.push([version, suite[1]!, suite[2]!]);
  }
  expect(suites.length).toBeGreaterThan(10);
  expect(read.rows('tls_endpoints').map((row) => [row['tls_version'], row['cipher'], row['strength']])).toEqual(suites);
  const open = read.rows('open_ports').find(({ state }) => state === 'open')!;
  for (const row of [...read.rows('tls_endpoints'), ...read.rows('certificates')])
    expect([row.record, row['port'], row['address']]).toEqual([open.record, open['port'], '127.0.0.1']);
});

it('reads IPv6 addresses', () => {
  const read = collectRows(nmap, fixture('gen-v6.xml'));
  expect(read.rows('scans')[0]?.['targets']).toEqual(['::1']);
  expect(read.rows('open_ports').map(({ address, port: number, state }) => [address, number, state])).toEqual([
    ['::1', 1, 'closed'],
    ['::1', 2, 'closed'],
  ]);
});

it('makes every port citable by its own bytes', () => {
  for (const name of everyScan) {
    const bytes = fixture(name);
    const read = collectRows(nmap, bytes);
    const raw = ({ record }: CollectedRow): string => {
      const { byte, length } = read.spans[record - 1]!;
      return bytes.toString('latin1', byte, byte + length);
    };
    const counted = [...bytes.toString().matchAll(/<port /g)].length;
    expect([name, read.records]).toEqual([name, 1 + [...bytes.toString().matchAll(/<host /g)].length + counted]);
    for (const row of read.rows('open_ports'))
      expect(raw(row)).toMatch(new RegExp(`^<port [^>]*portid="${String(row['port'])}"[^]*</port>$`));
    for (const row of read.rows('scan_targets')) expect(raw(row)).toMatch(/^<host [^]*<address addr="/);
    for (const row of read.rows('scans')) expect(raw(row)).toMatch(/^<nmaprun [^]*<scaninfo [^>]*\/>/);
  }
});

it('keeps a scan that found no host, one that was refused a target, and hosts that are down', () => {
  const empty = collectRows(nmap, scanOf());
  expect(empty.rows('scans')[0]).toMatchObject({ completed: true, targets: [], scope: 'tcp/connect 1-65535' });
  const skipped = scanOf('<target specification="nowhere.test" status="skipped" reason="invalid"/>');
  expect(collectRows(nmap, skipped).rows('scan_targets')[0]).toMatchObject({
    system: 'nowhere.test',
    state: 'unknown',
    reason: 'invalid',
  });
  const down = '<host><status state="down" reason="no-response"/><address addr="192.0.2.9" addrtype="ipv4"/></host>';
  const read = collectRows(nmap, scanOf(down, host('192.0.2.1', port('22'))));
  expect(read.rows('scan_targets').map(({ address, state }) => [address, state])).toEqual([
    ['192.0.2.9', 'down'],
    ['192.0.2.1', 'up'],
  ]);
  expect(read.rows('scans')[0]?.['targets']).toEqual(['192.0.2.9', '192.0.2.1']);
  // A host without times of its own was looked at when the scan began.
  expect(read.rows('open_ports')[0]?.['time']).toBe(parseInstant('2026-03-01T10:00:00Z'));
});

it('gives the same scan the same id, and another command line another', () => {
  const id = (text: string): unknown => collectRows(nmap, text).rows('scans')[0]?.['scan_id'];
  expect(id(scanOf())).toBe(id(scanOf(host('192.0.2.1'))));
  expect(id(scanOf())).toMatch(/^nmap-1772359200-[0-9a-f]{8}$/);
  expect(id(scanOf())).not.toBe(id(scanOf().replace('-sT', '-sU')));
});

it('does not call a scan complete that failed or was stopped', () => {
  const failed = collectRows(nmap, scanOf().replace('exit="success"', 'exit="error"')).rows('scans')[0];
  expect(failed).toMatchObject({ completed: false, finished: parseInstant('2026-03-01T10:01:00Z') });
  const whole = scanOf(host('192.0.2.1', port('22')), host('192.0.2.2', port('80')));
  const cut = collectRows(nmap, whole.slice(0, whole.indexOf('portid="80"')));
  expect(cut.rows('scans')[0]).toMatchObject({ completed: false, targets: ['192.0.2.1'] });
  expect(cut.rows('scans')[0]?.['finished']).toBeUndefined();
  expect(cut.rows('open_ports').map((row) => row['port'])).toEqual([22]);
  // The second host was not described to its end, so it is not counted as looked at.
  const raw = whole.slice(whole.lastIndexOf('<host>'), whole.indexOf('portid="80"'));
  expect(cut.rejects).toEqual([{ record: 4, reason: 'The document is cut off inside <ports>.', raw }]);
});

it('knows of announced hosts that a stopped scan never reported on', () => {
  const hint = (address: string): string =>
    `<hosthint><status state="up"/><address addr="${address}" addrtype="ipv4"/></hosthint>`;
  const text = scanOf(hint('192.0.2.1'), hint('192.0.2.2'), host('192.0.2.1', port('22')));
  const cut = collectRows(nmap, text.slice(0, text.indexOf('<runstats>')));
  expect(cut.rows('scan_targets').map(({ address, state }) => [address, state])).toEqual([
    ['192.0.2.1', 'up'],
    ['192.0.2.2', 'up'],
  ]);
});

it('keeps everything before a cut at any byte', () => {
  const bytes = fixture('gen-sV.xml');
  const whole = collectRows(nmap, bytes);
  const tagEnd = bytes.indexOf('version="7.93" xmlo');
  for (let length = 0; length < bytes.length - 1; length += 13) {
    const read = collectRows(nmap, bytes.subarray(0, length));
    if (length < tagEnd) expect(read.problem?.code).toBe('damaged_file');
    if (read.problem) continue;
    expect(read.rows('open_ports')).toEqual(whole.rows('open_ports').slice(0, read.rows('open_ports').length));
    expect(read.rows('open_ports').length).toBe(bytes.toString('latin1', 0, length).split('</port>').length - 1);
    expect(read.rows('scans')[0]?.['completed']).toBe(bytes.indexOf('exit="success"/>') + 16 <= length);
  }
});

it('rejects ports and hosts that make no sense, with their bytes, and keeps the others', () => {
  const bad: [string, string][] = [
    [port('70000'), 'The port number "70000" is not 0 to 65535.'],
    [port('x'), 'The port number "x" is not 0 to 65535.'],
    [port('23', ''), 'The port has no state.'],
    ['<port portid="23"><state state="open"/></port>', 'The port has no protocol.'],
  ];
  for (const [raw, reason] of bad) {
    const read = collectRows(nmap, inPieces(Buffer.from(scanOf(host('192.0.2.1', raw + port('22')))), 5));
    expect(read.rejects).toEqual([{ record: 3, reason, raw }]);
    expect(read.rows('open_ports').map((row) => row['port'])).toEqual([22]);
  }
  const nowhere = collectRows(nmap, scanOf('<host><status state="up"/></host>', host('192.0.2.1')));
  expect(nowhere.rejects[0]).toMatchObject({
    reason: 'The host has no address.',
    raw: '<host><status state="up"/></host>',
  });
});

it('gives the same rows for pieces of any size', () => {
  for (const name of everyScan) {
    const whole = comparable(collectRows(nmap, fixture(name)));
    for (const size of [1, 7, 65536])
      expect(comparable(collectRows(nmap, inPieces(fixture(name), size)))).toEqual(whole);
  }
});

function comparable({ tables, rejects, spans, problem }: Collected): unknown {
  return { tables: [...tables], rejects, spans, problem };
}

it('loses nothing that stands before damage, and says what comes after', () => {
  for (const name of everyScan) {
    const clean = fixture(name);
    const whole = collectRows(nmap, clean);
    fc.assert(
      fc.property(fc.nat(clean.length - 1), fc.nat(255), (at, byte) => {
        const bytes = Uint8Array.from(clean);
        bytes[at] = byte;
        const read = collectRows(nmap, bytes);
        if (read.problem) return;
        const kept = read.spans.filter((span) => span.byte + span.length <= at).length;
        const before = whole.spans.filter((span) => span.byte + span.length <= at).length;
        expect(kept).toBeGreaterThanOrEqual(before);
        if (read.records < whole.records) expect(read.rejects.length).toBeGreaterThan(0);
      }),
      { seed: 5, numRuns: 150 },
    );
  }
});

it('refuses XML bombs and other documents', () => {
  const bomb = '<!DOCTYPE nmaprun [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><nmaprun>&b;</nmaprun>';
  expect(collectRows(nmap, bomb).problem?.message).toContain('internal subset');
  const deep = `<nmaprun scanner="nmap">${'<x>'.repeat(1e6)}`;
  expect(collectRows(nmap, inPieces(Buffer.from(deep), 65536)).problem?.message).toContain('deeper than 1000');
  expect(collectRows(nmap, '<NessusClientData_v2/>').problem?.message).toContain('<NessusClientData_v2>');
  expect(collectRows(nmap, '').problem?.code).toBe('damaged_file');
});

it('recognises its own files by their root element', () => {
  for (const name of everyScan) {
    const { confidence, reason } = nmap.recognise(fixture(name));
    expect([name, confidence]).toEqual([name, 0.99]);
    expect(reason).toMatch(/<nmaprun> by nmap [\d.]+, with 1 hosts in the first \d+ bytes\./);
  }
  for (const text of ['', 'Nmap 7.93 scan', '<a><nmaprun/></a>', '{"nmaprun":{}}'])
    expect(nmap.recognise(Buffer.from(text)).confidence).toBe(0);
});
