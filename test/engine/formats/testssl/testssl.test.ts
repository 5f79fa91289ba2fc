import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { formats } from '../../../../engine/formats/registry.ts';
import { testssl } from '../../../../engine/formats/testssl/testssl.ts';
import { expectBoundedWhenCut, expectSameInPieces, expectSurvivesStrangeValues } from '../check-results/promises.ts';
import { collectRows, type Collected } from '../collect-rows.ts';
import { damageLines, seededRandom } from '../damage.ts';

const folder = join(import.meta.dirname, '../../../fixtures/testssl');
const everyFile = readdirSync(folder).filter((name) => !name.endsWith('.expected.json'));
const takenAt = 1_795_243_000_000_000n;
const context = { takenAt };

function fixture(name: string): Buffer {
  return readFileSync(join(folder, name));
}

function read(content: unknown): Collected {
  const isBytes = content instanceof Uint8Array || typeof content === 'string';
  return collectRows(testssl, isBytes ? content : JSON.stringify(content), context);
}

const finding = (id: string, text: string, severity = 'INFO', more: object = {}): object => ({
  id,
  ip: 'www.example.test/192.0.2.1',
  port: '443',
  severity,
  finding: text,
  ...more,
});

it('takes times, version and command from the pretty form, and whether the scan ended', () => {
  const { rows, assumptions } = collectRows(testssl, fixture('gen-pretty.json'));
  expect(rows('scans')).toMatchObject([
    {
      tool: 'testssl',
      version: '3.0.8',
      started: 1_795_242_997_000_000n,
      finished: 1_795_243_059_000_000n,
      completed: true,
      targets: ['127.0.0.1:14432'],
    },
  ]);
  expect(String(rows('scans')[0]?.['arguments'])).toMatch(/^testssl --quiet .* 127\.0\.0\.1:14432$/);
  expect(assumptions).toEqual([]);
});

it('needs a time for the flat forms, and says so', () => {
  for (const name of ['gen-flat.json', 'gen-flat.csv'])
    expect(collectRows(testssl, fixture(name)).problem).toMatchObject({
      code: 'bad_request',
      remedy: 'Say when the file was made, with --taken-at.',
    });
});

it('reads the same of one scan from JSON and from CSV', () => {
  const [json, csv] = [read(fixture('gen-flat.json')), read(fixture('gen-flat.csv'))];
  for (const table of ['tls_endpoints', 'certificates', 'vulnerabilities', 'scan_targets', 'open_ports'] as const)
    expect(csv.rows(table)).toEqual(json.rows(table));
  const scanTime = json.rows('config_checks').at(-1);
  expect(csv.rows('config_checks')).toEqual(json.rows('config_checks').filter((row) => row !== scanTime));
  expect([json, csv].map(({ rows }) => rows('scans')[0]?.['completed'])).toEqual([true, undefined]);
});

it('reads the certificate as its own text has it', () => {
  expect(read(fixture('gen-flat.json')).rows('certificates')).toMatchObject([
    {
      subject: 'CN=web01.example.test, O=Fieldwork Test',
      serial: '2fc35d684eefbaba4817efc6b0bfa06f2eb5fe2a',
      key_type: 'rsa',
      key_bits: 2048,
      not_after: BigInt(Date.parse('2027-11-21T06:35:11Z')) * 1000n,
      self_signed: true,
    },
  ]);
});

it('reads several certificates of an endpoint, and those between, without their text', () => {
  const { rows } = read([
    finding('cert_numbers', '2'),
    finding('cert_serialNumber <cert#1>', '0A'),
    finding('cert_keySize <cert#1>', 'EC 256 bits (curve P-256)'),
    finding('cert_serialNumber <cert#2>', '0B'),
    finding('cert_notAfter <cert#2>', '2027-01-02 03:04'),
    finding('intermediate_cert_notAfter <#1>', '2030-01-01 00:00'),
  ]);
  expect(rows('certificates')).toMatchObject([
    { serial: '0a', key_type: 'ec', key_bits: 256 },
    { serial: '0b', not_after: BigInt(Date.parse('2027-01-02T03:04:00Z')) * 1000n },
    { not_after: BigInt(Date.parse('2030-01-01T00:00:00Z')) * 1000n },
  ]);
});

it('keeps not offered apart from not tested', () => {
  const { rows } = read([
    finding('SSLv2', "couldn't be tested, socket problem", 'WARN'),
    finding('SSLv3', 'not offered', 'OK'),
    finding('TLS1', 'is not offered'),
    finding('TLS1_1', 'offered (deprecated)', 'LOW'),
    finding('TLS1_2', 'is offered', 'OK'),
    finding('TLS1_3', 'not offered and downgraded to a weaker protocol'),
    finding('scanTime', '12'),
  ]);
  expect(rows('scans')[0]).toMatchObject({
    scope: 'versions SSLv3, TLSv1.0, TLSv1.1, TLSv1.2, TLSv1.3',
    completed: true,
  });
  expect(rows('tls_endpoints').map(({ tls_version, strength }) => [tls_version, strength])).toEqual([
    ['TLSv1.1', 'low'],
    ['TLSv1.2', 'ok'],
  ]);
  expect(rows('config_checks').map(({ status }) => status)).toEqual([
    'not checked',
    'pass',
    'informational',
    'fail',
    'pass',
    'informational',
    'informational',
  ]);
});

it('reads suites however the version writes them, each once', () => {
  const line = 'TLSv1.2   xc030   ECDHE-RSA-AES256-GCM-SHA384   ECDH 256   AESGCM   256   TLS_ECDHE_RSA_WITH_AES_256';
  const { rows } = read([
    finding('cipher-tls1_2_xc030', line, 'OK'),
    finding('cipher_x2f', 'x2f     AES128-SHA          RSA        AES         128'),
    finding('cipher-tls1_x05', 'TLSv1   x05   RC4-SHA   RSA   RC4   128   TLS_RSA_WITH_RC4_128_SHA  not a/v', 'OK'),
    finding('cipherorder_TLSv1_2', 'ECDHE-RSA-AES256-GCM-SHA384 AES256-SHA'),
    finding('supportedciphers_SSLv2', 'RC4-MD5 DES-CBC3-MD5'),
    finding('cipher_order_TLSv1.3', 'TLS_AES_256_GCM_SHA384 at TLSv1.3  (limited sense as client will pick)'),
    finding('cipher_order', 'server', 'OK'),
    finding('cipherlist_NULL', 'not offered', 'OK'),
  ]);
  expect(rows('tls_endpoints').map((row) => [row['tls_version'], row['cipher'], row['strength']])).toEqual([
    ['TLSv1.2', 'ECDHE-RSA-AES256-GCM-SHA384', 'ok'],
    [undefined, 'AES128-SHA', 'info'],
    ['TLSv1.2', 'AES256-SHA', undefined],
    ['SSLv2', 'RC4-MD5', undefined],
    ['SSLv2', 'DES-CBC3-MD5', undefined],
    ['TLSv1.3', 'TLS_AES_256_GCM_SHA384', undefined],
  ]);
});

it('makes a vulnerability of a finding only where it is graded as one', () => {
  const { rows } = read([
    finding('heartbleed', 'not vulnerable', 'OK', { cve: 'CVE-2014-0160' }),
    finding('RC4', 'VULNERABLE', 'HIGH', { cve: 'CVE-2013-2566 CVE-2015-2808', cwe: 'CWE-310' }),
  ]);
  expect(rows('vulnerabilities').map((row) => [row['vulnerability_id'], row['severity'], row['aliases']])).toEqual([
    ['CVE-2013-2566', 'high', ['RC4', 'CVE-2015-2808']],
    ['CVE-2015-2808', 'high', ['RC4', 'CVE-2013-2566']],
  ]);
  expect(rows('config_checks')[1]?.['detail']).toBe('VULNERABLE [CVE-2013-2566 CVE-2015-2808] [CWE-310]');
});

it('keeps an endpoint that could not be reached, and a scan that was interrupted', () => {
  const flat = read([
    finding('scanProblem', "Can't connect to '192.0.2.1:443'", 'FATAL'),
    finding('scanTime', 'Scan interrupted', 'WARN'),
  ]);
  expect(flat.rows('scan_targets')).toMatchObject([
    { address: '192.0.2.1', state: 'unknown', reason: "Can't connect to '192.0.2.1:443'" },
  ]);
  expect(flat.rows('scans')[0]).toMatchObject({ completed: false });
  const empty = read({
    Invocation: 'testssl x',
    startTime: '1795242997',
    scanResult: [],
    scanTime: 'Scan interrupted',
  });
  expect(empty.rows('scans')).toMatchObject([{ completed: false, targets: [], started: 1_795_242_997_000_000n }]);
});

it('reads several endpoints, and several documents one after the other', () => {
  const endpoint = (ip: string): object => ({
    targetHost: 'www.example.test',
    ip,
    port: '443',
    service: 'HTTP',
    protocols: [{ id: 'SSLv2', severity: 'OK', finding: 'not offered' }],
  });
  const document = (start: string, ...ips: string[]): string =>
    JSON.stringify({ Invocation: 'testssl', startTime: start, scanResult: ips.map(endpoint), scanTime: 5 });
  const { rows, rejects } = read(
    document('1795242997', '192.0.2.1', '192.0.2.2') + '\n' + document('1795243997', '2001:db8::1'),
  );
  expect(rejects).toEqual([]);
  expect(rows('scans').map(({ started, completed }) => [started, completed])).toEqual([
    [1_795_242_997_000_000n, true],
    [1_795_243_997_000_000n, true],
  ]);
  expect(rows('scan_targets').map(({ address }) => address)).toEqual(['192.0.2.1', '192.0.2.2', '2001:db8::1']);
  expect(rows('config_checks').map(({ resource }) => resource)).toEqual([
    '192.0.2.1:443',
    '192.0.2.2:443',
    '[2001:db8::1]:443',
  ]);
});

it('gives the same for pieces of any size', { timeout: 60_000 }, () => {
  for (const name of everyFile) expectSameInPieces(testssl, fixture(name), { context, sizes: [7, 4096] });
  expectSameInPieces(testssl, fixture('gen-pretty.json'), { context, sizes: [1] });
});

it('keeps what stands before a cut', () => {
  for (const name of ['gen-flat.json', 'gen-pretty.json']) expectBoundedWhenCut(testssl, fixture(name), context);
});

it('leaves the other findings as they are when a tenth is damaged', () => {
  for (const name of ['gen-flat.json', 'gen-pretty.json']) {
    const lines = fixture(name).toString().split('\n');
    const random = seededRandom(3);
    const broken = lines.map((line) =>
      line.includes('"finding"') && random() < 0.1 ? line.replace('"finding"', '"finding') : line,
    );
    const count = broken.filter((line, i) => line !== lines[i]).length;
    const [whole, damaged] = [read(lines.join('\n')), read(broken.join('\n'))];
    expect(count).toBeGreaterThan(3);
    const key = (row: Readonly<Record<string, unknown>>): string =>
      [row['rule_id'], row['resource'], row['detail']].join();
    const kept = new Set(damaged.rows('config_checks').map(key));
    const lost = whole.rows('config_checks').filter((row) => !kept.has(key(row)));
    expect([name, lost.length <= count]).toEqual([name, true]);
    expect(damaged.rejects.length).toBeGreaterThan(0);
    expect(damaged.rows('scans').every(({ completed }) => completed === false)).toBe(true);
  }
  const { bytes, damaged } = damageLines(
    fixture('dd-defectdojo_many_vuln.csv')
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => Buffer.from(line)),
    11,
  );
  if (!damaged.has(1)) expect(read(bytes).problem?.message ?? 'read.').toMatch(/\.$/);
});

it('survives strange values and deep nesting', () => {
  expectSurvivesStrangeValues(testssl, JSON.parse(fixture('gen-pretty.json').toString()), context);
  expectSurvivesStrangeValues(
    testssl,
    (JSON.parse(fixture('gen-flat.json').toString()) as unknown[]).slice(0, 20),
    context,
  );
  expect(read('['.repeat(100_000)).problem?.message).toMatch(/\.$/);
});

it('claims its own files only, and no other format claims them', () => {
  for (const name of everyFile) {
    const head = fixture(name).subarray(0, 65_536);
    const ours = testssl.recognise(head).confidence;
    expect([name, ours > 0.9]).toEqual([name, true]);
    for (const format of formats)
      if (format.framing !== 'folder' && format.id !== 'testssl')
        expect([name, format.id, format.recognise(head).confidence < ours - 0.05]).toEqual([name, format.id, true]);
  }
  const fixtures = join(folder, '..');
  for (const other of readdirSync(fixtures, { withFileTypes: true }).filter((each) => each.isDirectory()))
    for (const file of readdirSync(join(fixtures, other.name), { withFileTypes: true }).filter((each) => each.isFile()))
      if (other.name !== 'testssl') {
        const head = readFileSync(join(fixtures, other.name, file.name)).subarray(0, 65_536);
        expect([file.name, testssl.recognise(head).confidence]).toEqual([file.name, 0]);
      }
});
