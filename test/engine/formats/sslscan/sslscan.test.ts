import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { formats } from '../../../../engine/formats/registry.ts';
import { sslscan } from '../../../../engine/formats/sslscan/sslscan.ts';
import { expectBoundedWhenCut, expectSameInPieces } from '../check-results/promises.ts';
import { collectRows, type Collected } from '../collect-rows.ts';
import { seededRandom } from '../damage.ts';

const folder = join(import.meta.dirname, '../../../fixtures/sslscan');
const everyScan = readdirSync(folder).filter((name) => name.endsWith('.xml'));
const takenAt = 1_795_243_000_000_000n;
const context = { takenAt };

function fixture(name: string): Buffer {
  return readFileSync(join(folder, name));
}

function read(text: string | Uint8Array): Collected {
  return collectRows(sslscan, text, context);
}

const scanOf = (...inside: string[]): string =>
  `<?xml version="1.0"?><document title="SSLScan Results" version="2.1.5">${inside.join('')}</document>`;
const testOf = (...inside: string[]): string =>
  `<ssltest host="192.0.2.1" sniname="www.example.test" port="443">${inside.join('')}</ssltest>`;
const cipher = (version: string, name: string, status = 'accepted'): string =>
  `<cipher status="${status}" sslversion="${version}" bits="256" cipher="${name}" strength="weak"/>`;

it('keeps what was tested and not offered apart from what was not tested', () => {
  const { rows } = read(fixture('gen-14431.xml'));
  const versions = rows('config_checks').filter(({ rule_id }) => rule_id === 'protocol');
  expect(versions.map((row) => [row['title'], row['status'], row['status_text']])).toEqual([
    ['protocol SSLv2', 'pass', 'disabled'],
    ['protocol SSLv3', 'pass', 'disabled'],
    ['protocol TLSv1.0', 'informational', 'disabled'],
    ['protocol TLSv1.1', 'informational', 'disabled'],
    ['protocol TLSv1.2', 'informational', 'enabled'],
    ['protocol TLSv1.3', 'informational', 'enabled'],
  ]);
  expect(rows('scans')[0]?.['scope']).toBe('versions SSLv2, SSLv3, TLSv1.0, TLSv1.1, TLSv1.2, TLSv1.3');
  // Version 1.11 does not list versions, so that one without suites may not have been tested.
  const older = read(fixture('dd-sslscan_no_vuln.xml'));
  expect(older.rows('scans')[0]?.['scope']).toBeUndefined();
  expect(older.assumptions.join()).toContain('does not say which versions were tested');
});

it('reads a certificate that is there in full and in short as one, with all that both say', () => {
  const { rows, tables } = read(fixture('gen-14431.xml'));
  expect(rows('certificates')).toHaveLength(1);
  expect(rows('certificates')[0]).toMatchObject({
    serial: '2fc35d684eefbaba4817efc6b0bfa06f2eb5fe2a',
    subject: '/CN=web01.example.test/O=Fieldwork Test',
    self_signed: true,
    not_after: BigInt(Date.parse('2027-11-21T06:35:11Z')) * 1000n,
  });
  expect([...tables.keys()].sort()).toEqual(
    ['certificates', 'config_checks', 'open_ports', 'scan_targets', 'scans', 'tls_endpoints'].sort(),
  );
});

it('takes the size of a key on a curve from the curve, as the bits there are its strength', () => {
  const key = '<pk error="false" type="EC" curve_name="prime256v1" bits="128" />';
  const { rows } = read(scanOf(testOf(`<certificate type="short">${key}<subject>a</subject></certificate>`)));
  expect(rows('certificates')).toMatchObject([{ key_type: 'ec', key_bits: 256, subject: 'a' }]);
});

it('takes heartbleed as a vulnerability', () => {
  expect(read(fixture('dd-sslscan_one_vuln.xml')).rows('vulnerabilities')).toMatchObject([
    { vulnerability_id: 'CVE-2014-0160', title: 'heartbleed TLSv1.0', status: 'vulnerable', system: 'www.target.com' },
  ]);
  expect(read(fixture('dd-sslscan_no_vuln.xml')).rows('vulnerabilities')).toEqual([]);
});

it('names host and address whichever was asked for, and gives a version without suites a row of its own', () => {
  const { rows } = read(scanOf(testOf('<protocol type="tls" version="1.0" enabled="1"/>', cipher('TLSv1.3', 'A'))));
  expect(rows('tls_endpoints')).toMatchObject([
    { system: 'www.example.test', address: '192.0.2.1', port: 443, tls_version: 'TLSv1.3', cipher: 'A' },
    { tls_version: 'TLSv1.0', record: 3 },
  ]);
  expect(rows('tls_endpoints')[1]?.['cipher']).toBeUndefined();
});

it('does not take a suite that was rejected or failed for one that is accepted', () => {
  const { rows } = read(scanOf(testOf(cipher('TLSv1', 'RC4-MD5', 'rejected'), cipher('SSLv3', 'X', 'failed'))));
  expect(rows('tls_endpoints')).toEqual([]);
  expect(rows('config_checks').map(({ status_text }) => status_text)).toEqual(['rejected', 'failed']);
  expect(rows('scan_targets')).toMatchObject([{ state: 'unknown' }]);
  expect(rows('open_ports')).toEqual([]);
});

it('keeps every endpoint, with one that gave no answer', () => {
  const { rows, rejects } = read(
    scanOf(
      testOf(cipher('TLSv1.2', 'A')),
      '<ssltest host="192.0.2.9" port="8443"><error><![CDATA[No handshake.]]></error></ssltest>',
      '<error><![CDATA[Could not connect to 192.0.2.10.]]></error>',
      '<other/>',
    ),
  );
  expect(rows('scans')[0]).toMatchObject({ targets: ['www.example.test:443', '192.0.2.9:8443'], completed: true });
  expect(rows('scan_targets').map(({ address, state, reason }) => [address, state, reason])).toEqual([
    ['192.0.2.1', 'up', 'answered in TLS'],
    ['192.0.2.9', 'unknown', 'No handshake.'],
  ]);
  expect(rows('config_checks').map(({ status, detail }) => [status, detail])).toEqual([
    ['error', 'No handshake.'],
    ['error', 'Could not connect to 192.0.2.10.'],
  ]);
  expect(rejects.map(({ reason, raw }) => [reason, raw])).toEqual([
    ['<other> stands outside of a test of an endpoint.', '<other/>'],
  ]);
});

it('refuses a file when nobody says when it was made, and names the remedy', () => {
  expect(collectRows(sslscan, fixture('gen-14431.xml')).problem).toMatchObject({
    code: 'bad_request',
    remedy: 'Say when the file was made, with --taken-at.',
  });
});

it('refuses what the terminal showed, with what to do', () => {
  const shown = fixture('gen-14431.txt');
  expect(sslscan.recognise(shown)).toMatchObject({ confidence: 0.9 });
  expect(read(shown).problem?.remedy).toContain('sslscan --xml=FILE');
});

it('cites every element by its own bytes', () => {
  for (const name of everyScan) {
    const bytes = fixture(name);
    for (const { byte, length } of read(bytes).spans)
      expect(bytes.subarray(byte, byte + length).toString()).toMatch(/^<[\s\S]*>$/);
  }
});

it('gives the same for pieces of any size', () => {
  for (const name of everyScan) expectSameInPieces(sslscan, fixture(name), { context });
});

it('keeps what stands before a cut, and says that the scan is not complete', () => {
  for (const name of everyScan) expectBoundedWhenCut(sslscan, fixture(name), context);
  const cut = read(fixture('gen-14431.xml').subarray(0, 2000));
  expect(cut.rows('scans')[0]).toMatchObject({ completed: false });
  expect(cut.rejects).toHaveLength(1);
});

it('leaves the other elements as they are when a tenth of them is damaged', () => {
  const lines = fixture('gen-14432.xml').toString().split('\n');
  const random = seededRandom(7);
  const damaged = lines.map((line) =>
    line.includes('<cipher') && random() < 0.1 ? line.replace(/ cipher="[^"]*"/, ` cipher=""`) : line,
  );
  const count = damaged.filter((line, i) => line !== lines[i]).length;
  const [whole, read2] = [read(lines.join('\n')), read(damaged.join('\n'))];
  expect(count).toBeGreaterThan(3);
  expect(read2.rejects).toHaveLength(count);
  expect(read2.records).toBe(whole.records);
  const kept = whole
    .rows('tls_endpoints')
    .filter(({ record }) => !read2.rejects.some((each) => each.record === record));
  expect(read2.rows('tls_endpoints')).toEqual(kept);
});

it('refuses entities and depth, and survives strange values', () => {
  const bomb = '<!DOCTYPE document [<!ENTITY a "ha">]><document title="SSLScan Results"><ssltest/></document>';
  expect(read(bomb).problem?.message).toContain('internal subset');
  expect(read(`<document title="SSLScan">${'<a>'.repeat(1_000_000)}`).problem?.message).toContain('nested deeper');
  const strange = ['', '-1', '99999999999999999999', '&lt;script&gt;', '=cmd|calc!A0', '__proto__', "'; DROP TABLE x"];
  for (const value of strange) {
    const text = fixture('gen-14431.xml')
      .toString()
      .replace(/^<\?xml.*\?>/, '')
      .replace(/="[^"]*"/g, `="${value}"`);
    const { rejects, problem } = read(text.replace('title=', 'title="SSLScan Results" x='));
    expect(problem).toBeUndefined();
    expect(rejects.length).toBeLessThan(30);
  }
});

it('claims its own files only, and no other format claims them', () => {
  for (const name of everyScan) {
    const head = fixture(name).subarray(0, 65_536);
    const ours = sslscan.recognise(head).confidence;
    expect(ours).toBeGreaterThan(0.9);
    for (const format of formats)
      if (format.framing !== 'folder' && format.id !== 'sslscan')
        expect(format.recognise(head).confidence).toBeLessThan(ours - 0.05);
  }
  const fixtures = join(folder, '..');
  for (const other of readdirSync(fixtures, { withFileTypes: true }).filter((each) => each.isDirectory()))
    for (const file of readdirSync(join(fixtures, other.name), { withFileTypes: true }).filter((each) => each.isFile()))
      if (other.name !== 'sslscan') {
        const head = readFileSync(join(fixtures, other.name, file.name)).subarray(0, 65_536);
        expect([file.name, sslscan.recognise(head).confidence]).toEqual([file.name, 0]);
      }
});
