import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nmap } from '../../../../engine/formats/nmap/nmap.ts';
import { formats } from '../../../../engine/formats/registry.ts';
import { expectSameInPieces } from '../check-results/promises.ts';
import { collectRows } from '../collect-rows.ts';

const folder = join(import.meta.dirname, '../../../fixtures/nmap');

function fixture(name: string): Buffer {
  return readFileSync(join(folder, name));
}

const started = BigInt(Date.parse('2026-11-21T06:36:26Z')) * 1000n;

it('reads the same from the greppable output as from the XML of the scan', () => {
  for (const name of ['gen-sV', 'gen-udp']) {
    const [text, xml] = [collectRows(nmap, fixture(`${name}.gnmap`)), collectRows(nmap, fixture(`${name}.xml`))];
    const plain = (rows: typeof text): unknown =>
      rows
        .rows('open_ports')
        .map((row) => ['system', 'address', 'port', 'protocol', 'state', 'service'].map((c) => row[c]));
    expect(plain(text)).toEqual(plain(xml));
    const targets = (rows: typeof text): unknown =>
      rows.rows('scan_targets').map((row) => [row['system'], row['address'], row['state']]);
    expect(targets(text)).toEqual(targets(xml));
    const scan = text.rows('scans')[0]!;
    const other = xml.rows('scans')[0]!;
    for (const column of ['tool', 'version', 'arguments', 'completed', 'targets', 'started', 'finished'])
      expect([column, scan[column]]).toEqual([column, other[column]]);
    expect(text.rejects).toEqual([]);
    expectSameInPieces(nmap, fixture(`${name}.gnmap`));
  }
  const ssh = collectRows(nmap, fixture('gen-sV.gnmap'))
    .rows('open_ports')
    .find(({ port }) => port === 22);
  expect(ssh).toMatchObject({ product: 'OpenSSH 9.2p1 Debian 2 (protocol 2.0)', time: started, record: 3 });
});

it('reads masscan and hosts that are down, and what was left out', () => {
  const text = [
    '# Nmap 7.94 scan initiated Sat Nov 21 06:36:26 2026 as: nmap -v -oG - --exclude 192.0.2.7,192.0.2.8 --excludefile skip.txt 192.0.2.0/28',
    '# Ports scanned: TCP(2;22,443) UDP(0;) SCTP(0;) PROTOCOLS(0;)',
    'Host: 192.0.2.1 ()\tStatus: Down',
    'Host: 192.0.2.2 (www.example.test)\tStatus: Up',
    'Host: 192.0.2.2 (www.example.test)\tPorts: 443/open/tcp//ssl|https?///\tIgnored State: closed (1)',
    'Host: 192.0.2.3 ()\tStatus: Up',
    'Host: 192.0.2.3 ()\tPorts: \tIgnored State: filtered (2)',
    'Host: 192.0.2.4 ()\tPorts: 99999/open/tcp/////',
    'nonsense',
    '# Nmap done at Sat Nov 21 06:36:28 2026 -- 16 IP addresses (2 hosts up) scanned in 2.02 seconds',
  ].join('\n');
  const { rows, rejects } = collectRows(nmap, text);
  expect(rows('scans')).toMatchObject([
    {
      scope: 'TCP(2;22,443) UDP(0;) SCTP(0;) PROTOCOLS(0;)',
      excluded: ['192.0.2.7', '192.0.2.8', 'hosts in skip.txt'],
      completed: true,
    },
  ]);
  expect(rows('scan_targets').map(({ address, state }) => [address, state])).toEqual([
    ['192.0.2.1', 'down'],
    ['192.0.2.2', 'up'],
    ['192.0.2.3', 'up'],
  ]);
  expect(rows('open_ports')).toMatchObject([{ port: 443, service: 'https', system: 'www.example.test' }]);
  expect(rows('event_fields')).toHaveLength(1);
  expect(rejects.map(({ reason }) => reason)).toEqual([
    'The port number "99999" is not 0 to 65535.',
    'The line is no host of greppable output.',
  ]);
  const masscan = collectRows(
    nmap,
    [
      '# Masscan 1.3.2 scan initiated Sat Nov 21 06:36:26 2026',
      'Timestamp: 1795243000\tHost: 192.0.2.1 ()\tPorts: 80/open/tcp//http//',
      'Timestamp: 1795243001\tHost: 192.0.2.1 ()\tPorts: 443/open/tcp//https//',
      '# Masscan done at Sat Nov 21 06:36:28 2026',
    ].join('\n'),
  );
  expect(masscan.rows('scans')).toMatchObject([{ tool: 'masscan', completed: true }]);
  expect(masscan.rows('scan_targets')).toMatchObject([{ state: 'up', time: 1_795_243_000_000_000n }]);
  expect(masscan.rows('open_ports').map(({ port, time }) => [port, time])).toEqual([
    [80, 1_795_243_000_000_000n],
    [443, 1_795_243_001_000_000n],
  ]);
});

it('says that a scan did not finish, and refuses what has no time, two scans, or the terminal output', () => {
  const lines = fixture('gen-sV.gnmap').toString().split('\n');
  expect(collectRows(nmap, lines.slice(0, 3).join('\n')).rows('scans')).toMatchObject([{ completed: false }]);
  expect(collectRows(nmap, lines[1]!).problem?.remedy).toContain('--taken-at');
  expect(collectRows(nmap, lines[1]!, { takenAt: 5n }).rows('scan_targets')).toMatchObject([{ time: 5n }]);
  expect(collectRows(nmap, [...lines, ...lines].join('\n')).problem?.message).toContain('more than one scan');
  expect(collectRows(nmap, fixture('gen-sV.txt')).problem?.message).toContain('shows on the terminal');
});

const script = (id: string, output: string, inside = ''): string =>
  `<script id="${id}" output="${output}">${inside}</script>`;

it('keeps what every script printed, of a port, a host and the scan', () => {
  const text = [
    '<nmaprun scanner="nmap" args="nmap --exclude=192.0.2.7 192.0.2.1" start="1795243000" version="7.93">',
    `<prescript>${script('broadcast-ping', 'none')}</prescript>`,
    '<host endtime="1795243001"><status state="up"/><address addr="192.0.2.1" addrtype="ipv4"/>',
    '<ports><port protocol="tcp" portid="22"><state state="open"/>',
    script('ssh2-enum-algos', 'lists', '<table key="kex_algorithms"><elem>curve25519-sha256</elem></table>'),
    script('banner', 'SSH-2.0-OpenSSH'),
    '</port><port protocol="tcp" portid="443"><state state="open"/>',
    script('ssl-heartbleed', 'VULNERABLE:&#xa;  State: VULNERABLE&#xa;  IDs:  CVE:CVE-2014-0160'),
    script('ssl-poodle', 'State: NOT VULNERABLE'),
    `</port></ports><hostscript>${script('smb-os', 'x', '<table><elem key="a">b</elem></table>')}</hostscript></host>`,
    '<runstats><finished time="1795243002" exit="success"/><hosts up="1" down="3" total="4"/></runstats></nmaprun>',
  ].join('\n');
  const read = collectRows(nmap, text);
  expect(read.rows('config_checks').map((row) => [row['rule_id'], row['resource'], row['status']])).toEqual([
    ['broadcast-ping', undefined, 'informational'],
    ['ssh2-enum-algos', '192.0.2.1:22/tcp', 'informational'],
    ['banner', '192.0.2.1:22/tcp', 'informational'],
    ['ssl-heartbleed', '192.0.2.1:443/tcp', 'fail'],
    ['ssl-poodle', '192.0.2.1:443/tcp', 'pass'],
    ['smb-os', '192.0.2.1', 'informational'],
  ]);
  expect(read.rows('vulnerabilities')).toMatchObject([
    { vulnerability_id: 'CVE-2014-0160', port: 443, protocol: 'tcp' },
  ]);
  expect(read.rows('config_items')).toMatchObject([
    {
      resource_type: 'ssh_server',
      resource_id: '192.0.2.1:22',
      configuration: '{"kex_algorithms":["curve25519-sha256"]}',
    },
  ]);
  expect(read.rows('scans')).toMatchObject([{ excluded: ['192.0.2.7'] }]);
  expect(read.assumptions.join()).toContain('counted as down without being named: 3.');
  expect(read.spans.map(({ byte, length }) => text.slice(byte, byte + length).slice(0, 12))).toEqual([
    '<nmaprun sca',
    '<script id="',
    '<host endtim',
    '<port protoc',
    '<port protoc',
    '<script id="',
  ]);
  expectSameInPieces(nmap, Buffer.from(text));
});

it('claims its own files only, and no other format claims them', () => {
  for (const name of ['gen-sV.gnmap', 'gen-udp.gnmap', 'gen-sV.xml', 'gen-sV.txt']) {
    const ours = nmap.recognise(fixture(name)).confidence;
    expect([name, ours >= 0.9]).toEqual([name, true]);
    for (const format of formats)
      if (format.framing !== 'folder' && format.id !== 'nmap')
        expect([name, format.id, format.recognise(fixture(name)).confidence < ours - 0.05]).toEqual([
          name,
          format.id,
          true,
        ]);
  }
  const fixtures = join(folder, '..');
  for (const other of readdirSync(fixtures, { withFileTypes: true }).filter((each) => each.isDirectory()))
    for (const file of readdirSync(join(fixtures, other.name), { withFileTypes: true }).filter((each) => each.isFile()))
      if (other.name !== 'nmap') {
        const head = readFileSync(join(fixtures, other.name, file.name)).subarray(0, 65_536);
        expect([file.name, nmap.recognise(head).confidence]).toEqual([file.name, 0]);
      }
});
