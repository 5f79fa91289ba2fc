import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { nessus } from '../../../../engine/formats/nessus/nessus.ts';
import { formats } from '../../../../engine/formats/registry.ts';
import { collectRows, inPieces } from '../collect-rows.ts';
import { holdsUp, hostile, takenAt } from '../scan-reports/hold-up.ts';

const folder = join(import.meta.dirname, '../../../fixtures/nessus');
const files = readdirSync(folder).filter((name) => !name.includes('expected'));

function fixture(name: string): Uint8Array {
  const bytes = readFileSync(join(folder, name));
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

const tag = (name: string, value: string): string => `<tag name="${name}">${value}</tag>`;
const ended = tag('HOST_START_TIMESTAMP', '1772424000') + tag('HOST_END_TIMESTAMP', '1772424600');

function host(name: string, properties: string, ...items: readonly string[]): string {
  return `<ReportHost name="${name}"><HostProperties>${properties}</HostProperties>${items.join('')}</ReportHost>`;
}

function item(inside = '', attributes = ''): string {
  const usual = {
    port: '443',
    svc_name: 'www',
    protocol: 'tcp',
    severity: '3',
    pluginID: '1000',
    pluginName: 'A plugin',
    pluginFamily: 'General',
  };
  const written = Object.entries(usual)
    .filter(([name]) => !attributes.includes(`${name}=`))
    .map(([name, value]) => `${name}="${value}"`);
  return `<ReportItem ${written.join(' ')} ${attributes}>${inside}</ReportItem>`;
}

const preference = (name: string, value: string): string =>
  `<preference><name>${name}</name><value>${value}</value></preference>`;

function report(hosts: string, preferences = '', more = ''): string {
  return `<?xml version="1.0" ?>\n<NessusClientData_v2><Policy><policyName>Weekly</policyName><Preferences><ServerPreferences>${preferences}</ServerPreferences></Preferences>${more}</Policy><Report name="weekly" xmlns:cm="http://www.nessus.org/cm">${hosts}</Report></NessusClientData_v2>`;
}

it.each(files)('holds up with %s', (name) => {
  if (!name.endsWith('.gz')) holdsUp(nessus, fixture(name));
  expect(nessus.recognise(fixture(name).subarray(0, 65536)).confidence).toBeGreaterThanOrEqual(0.95);
  for (const format of formats) {
    if (!('recognise' in format) || format.id === 'nessus') continue;
    expect([format.id, format.recognise(fixture(name).subarray(0, 65536)).confidence < 0.9]).toEqual([format.id, true]);
  }
});

it('gives a row for each CVE, with the newest score, and the plugin among the other ids', () => {
  const inside =
    '<cve>CVE-2026-1000</cve><cve>CVE-2026-1001</cve><bid>77</bid><xref>IAVA:2026-A-0001</xref><xref>CWE:79</xref>' +
    '<cpe>cpe:/a:openbsd:openssh:9.2</cpe><cvss_base_score>5.0</cvss_base_score><cvss_vector>CVSS2#AV:N</cvss_vector>' +
    '<cvss3_base_score>7.5</cvss3_base_score><cvss3_vector>CVSS:3.0/AV:N</cvss3_vector>' +
    '<plugin_output>\n  Installed version : 9.2p1\n  Fixed version     : 9.8p1\n</plugin_output>';
  const read = collectRows(nessus, report(host('web-1.test', ended + tag('host-ip', '192.0.2.7'), item(inside))));
  const common = {
    system: 'web-1.test',
    address: '192.0.2.7',
    port: 443,
    protocol: 'tcp',
    time: 1772424600000000n,
    aliases: ['1000', 'BID:77', 'IAVA:2026-A-0001'],
    package: 'openssh',
    installed: '9.2p1',
    fixed: '9.8p1',
    severity: 'high',
    cvss: 7.5,
    cvss_vector: 'CVSS:3.0/AV:N',
    title: 'A plugin',
  };
  expect(read.rows('vulnerabilities')).toMatchObject([
    { record: 3, vulnerability_id: 'CVE-2026-1000', ...common },
    { record: 3, vulnerability_id: 'CVE-2026-1001', ...common },
  ]);
  expect(read.rows('open_ports')).toMatchObject([
    { record: 3, port: 443, protocol: 'tcp', state: 'open', service: 'www' },
  ]);
  const four = item(
    '<cvss3_base_score>7</cvss3_base_score><cvss4_base_score>8.7</cvss4_base_score><cvss4_vector>CVSS:4.0/x</cvss4_vector>',
  );
  const [row] = collectRows(nessus, report(host('a', ended, four))).rows('vulnerabilities');
  expect(row).toMatchObject({ vulnerability_id: '1000', cvss: 8.7, cvss_vector: 'CVSS:4.0/x' });
});

it('has the severity of Nessus in words', () => {
  const items = ['0', '1', '2', '3', '4'].map((severity) => item('', `severity="${severity}"`));
  const read = collectRows(nessus, report(host('a', ended, ...items)));
  expect(read.rows('vulnerabilities').map(({ severity }) => severity)).toEqual([
    'info',
    'low',
    'medium',
    'high',
    'critical',
  ]);
  expect(read.rows('open_ports')).toHaveLength(1);
});

it('tells ports by the port scanners, and each port once by what was found at it', () => {
  const scanner = 'pluginID="11219" pluginFamily="Port scanners" severity="0"';
  const read = collectRows(
    nessus,
    report(
      host(
        '192.0.2.1',
        ended,
        item('', `${scanner} port="22" svc_name="ssh?"`),
        item('', 'port="22"'),
        item('', 'port="53" protocol="udp"'),
        item('', 'port="0"'),
      ),
    ),
  );
  expect(read.rows('open_ports').map((row) => [row.record, row['port'], row['protocol'], row['service']])).toEqual([
    [3, 22, 'tcp', 'ssh'],
    [5, 53, 'udp', 'www'],
  ]);
  expect(read.rows('vulnerabilities').map((row) => [row.record, row['port']])).toEqual([
    [4, 22],
    [5, 53],
    [6, undefined],
  ]);
});

it('reads results of audits as checks, in both of their forms', () => {
  const cm = (name: string, text: string): string => `<cm:compliance-${name}>${text}</cm:compliance-${name}>`;
  const check = (result: string, more = ''): string =>
    item(
      `<compliance>true</compliance>${cm('check-name', '1.1 Banner')}${cm('result', result)}${more}`,
      'port="0" pluginFamily="Policy Compliance" severity="3" pluginName="Unix Compliance Checks"',
    );
  const long =
    cm('check-id', 'abc') + cm('benchmark-name', 'CIS_Debian') + cm('actual-value', 'yes') + cm('policy-value', 'no');
  const old = item(
    '<description>"2.2 Cron" : [FAILED]\n\nsee</description>',
    'port="0" pluginFamily="Policy Compliance"',
  );
  const read = collectRows(
    nessus,
    report(
      host(
        'db-1',
        ended,
        ...['PASSED', 'FAILED', 'WARNING', 'ERROR', 'SKIPPED'].map((word) => check(word, long)),
        check('ODD'),
        old,
      ),
    ),
  );
  expect(read.rows('vulnerabilities')).toEqual([]);
  expect(read.rows('config_checks').map((row) => [row['status'], row['status_text']])).toEqual([
    ['pass', 'PASSED'],
    ['fail', 'FAILED'],
    ['unknown', 'WARNING'],
    ['error', 'ERROR'],
    ['not checked', 'SKIPPED'],
    ['unknown', 'ODD'],
    ['fail', 'FAILED'],
  ]);
  const [first] = read.rows('config_checks');
  expect(first).toMatchObject({
    system: 'db-1',
    benchmark: 'CIS_Debian',
    rule_id: 'abc',
    title: '1.1 Banner',
    detail: 'found: yes\nwanted: no',
  });
  expect(read.rows('config_checks').at(-1)).toMatchObject({ rule_id: '2.2 Cron', title: '2.2 Cron' });
});

it('says what the policy asked for, and which of it has no result', () => {
  const read = collectRows(
    nessus,
    report(
      host('192.0.2.1', ended, item()) + host('192.0.2.2', ended + tag('ping_failed', 'True')),
      preference('TARGET', '192.0.2.1, 192.0.2.2,db-9.test,192.0.2.9 198.51.100.0/24,10.0.0.1-10.0.0.9') +
        preference('port_range', 'T:1-1024,8080,U:53') +
        preference('plugin_set', '\n 1;2;3;\n4') +
        preference('host.exclude', '192.0.2.200'),
      '<FamilySelection><FamilyItem><FamilyName>Denial of Service</FamilyName><Status>disabled</Status></FamilyItem></FamilySelection>',
    ),
  );
  expect(read.rows('scans')).toMatchObject([
    {
      record: 1,
      tool: 'nessus',
      profile: 'Weekly',
      scope: 'tcp 1-1024,8080; udp 53; plugins 4',
      excluded: ['host.exclude: 192.0.2.200', 'plugins: Denial of Service'],
      targets: ['192.0.2.1', '192.0.2.2'],
      started: 1772424000000000n,
      finished: 1772424600000000n,
      completed: true,
    },
  ]);
  expect(read.rows('scan_targets').map((row) => [row['address'] ?? row['system'], row['state']])).toEqual([
    ['192.0.2.1', 'up'],
    ['192.0.2.2', 'down'],
    ['db-9.test', 'unknown'],
    ['192.0.2.9', 'unknown'],
  ]);
});

it('says which hosts were not looked at from inside, and which look has no end', () => {
  const information = item(
    '<plugin_output>Nessus version : 10.7.1\nCredentialed checks : no\n</plugin_output>',
    'pluginID="19506" severity="0" port="0"',
  );
  const read = collectRows(
    nessus,
    report(
      host('a', ended + tag('Credentialed_Scan', 'true')) +
        host('b', ended, information) +
        host('c', tag('HOST_START_TIMESTAMP', '1772424000')),
    ),
  );
  expect(read.rows('scan_targets').map((row) => [row['system'], row['state'], row['reason']])).toEqual([
    ['a', 'up', 'authenticated scan'],
    ['b', 'up', 'unauthenticated scan: local checks were not done'],
    ['c', 'unknown', 'the report has no end of the scan of this host'],
  ]);
  expect(read.rows('scans')[0]).toMatchObject({ version: '10.7.1', completed: false });
  expect(read.assumptions.join(' ')).toContain('without credentials: 1 of 3');
  expect(read.assumptions.join(' ')).toContain('Hosts without an end: 1 of 3');
});

it('takes times without an offset in the zone, and asks for one where there is none', () => {
  const local = tag('HOST_START', 'Mon Mar  2 09:30:00 2026') + tag('HOST_END', 'Mon Mar  2 09:40:00 2026');
  const read = collectRows(nessus, report(host('a', local, item())), { zone: 'Asia/Kolkata' });
  expect(read.rows('scan_targets')[0]?.['time']).toBe(BigInt(Date.UTC(2026, 2, 2, 4, 10)) * 1000n);
  expect(read.assumptions).toContain('HOST_START and HOST_END are taken in Asia/Kolkata.');
  const undated = report(host('a', '', item()));
  expect(collectRows(nessus, undated).problem).toMatchObject({
    code: 'bad_request',
    remedy: expect.stringContaining('--taken-at') as string,
  });
  expect(collectRows(nessus, undated, { takenAt }).rows('vulnerabilities')[0]?.['time']).toBe(takenAt);
  // One host of several without a time is rejected, and its results with it.
  const mixed = collectRows(nessus, report(host('a', '', item()) + host('b', ended, item())));
  expect(mixed.rejects.map(({ reason }) => reason)).toEqual([
    'The host has neither HOST_START nor HOST_END that can be read.',
    'The host of this item was not read.',
  ]);
  expect(mixed.rows('vulnerabilities')).toHaveLength(1);
});

it('rejects what cannot be a result, with its bytes', () => {
  const odd = ['port="70000"', 'port="x"', 'severity="9"', 'pluginID=""'].map((attribute) => item('', attribute));
  const read = collectRows(nessus, report(host('a', ended, ...odd, item())));
  expect(read.rejects.map(({ reason }) => reason)).toEqual([
    'The port "70000" is not 0 to 65535.',
    'The port "x" is not 0 to 65535.',
    'The severity "9" is not 0 to 4.',
    'The item has no pluginID.',
  ]);
  expect(read.rejects[0]?.raw).toBe(odd[0]);
  expect(read.rows('vulnerabilities')).toHaveLength(1);
});

it('keeps what stands before a cut, and does not call the scan finished', () => {
  const text = report(host('a', ended, item(), item('', 'port="80"')) + host('b', ended, item()));
  const at = text.indexOf('<ReportHost name="b"') + 150;
  const read = collectRows(nessus, text.slice(0, at));
  expect(read.rows('vulnerabilities')).toHaveLength(2);
  expect(read.rows('scans')[0]).toMatchObject({ completed: false });
  expect(read.rejects[0]?.reason).toContain('cut off');
  const inItem = collectRows(nessus, text.slice(0, text.lastIndexOf('</ReportItem>')));
  expect(inItem.rows('scan_targets').map((row) => [row['system'], row['state'], row['reason']])).toEqual([
    ['a', 'up', undefined],
    ['b', 'unknown', 'the file ends before this host does'],
  ]);
});

it('refuses XML bombs, other versions and other documents', () => {
  const bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><NessusClientData_v2>&b;</NessusClientData_v2>';
  expect(collectRows(nessus, bomb).problem?.message).toContain('internal subset');
  const external =
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><NessusClientData_v2>&a;</NessusClientData_v2>';
  expect(collectRows(nessus, external).problem?.message).toContain('internal subset');
  const deep = Buffer.from(`<NessusClientData_v2>${'<x>'.repeat(1e6)}`);
  expect(collectRows(nessus, inPieces(deep, 65536)).problem?.message).toContain('deeper than 1000');
  expect(collectRows(nessus, '<NessusClientData/>').problem?.message).toContain('<NessusClientData>');
  expect(collectRows(nessus, '').problem?.code).toBe('damaged_file');
});

it('stays within its memory for a long text, and says that it was cut', () => {
  const read = collectRows(
    nessus,
    report(host('a', ended, item(`<plugin_output>${'x'.repeat(2_000_000)}</plugin_output>`))),
  );
  expect(read.rows('vulnerabilities')).toHaveLength(1);
  expect(read.assumptions.join()).toContain('longer than 65536 characters');
});

it('reads tables with the host, the time and the state that they give', () => {
  const header =
    'Plugin ID,CVE,CVSS v3.0 Base Score,Risk,Host,Protocol,Port,Name,Plugin Output,Host End,Vulnerability State';
  const rows = [
    '1000,CVE-2026-1000,7.5,High,192.0.2.1,tcp,443,A plugin,"Installed version : 1.0\n",2026-03-02 04:00:00 UTC,Fixed',
    '1001,,,None,192.0.2.1,tcp,0,Information,,"Mar 2, 2026 04:00:00 MST",',
    '1002,,,FAILED,192.0.2.2,tcp,0,Unix Compliance Checks,"""1.1 Banner"" : [FAILED]",1772424600,',
    '1003,,,Odd,192.0.2.2,tcp,0,x,,1772424600,',
    '1004,,,Low,192.0.2.2,tcp,0,x,,soon,',
    '1005,,,Low,,tcp,0,x,,1772424600,',
  ];
  const read = collectRows(nessus, [header, ...rows].join('\r\n'));
  expect(
    read.rows('vulnerabilities').map((row) => [row['vulnerability_id'], row['severity'], row['status'], row['time']]),
  ).toEqual([
    ['CVE-2026-1000', 'high', 'fixed', BigInt(Date.UTC(2026, 2, 2, 4)) * 1000n],
    ['1001', 'info', undefined, BigInt(Date.UTC(2026, 2, 2, 11)) * 1000n],
  ]);
  expect(read.rows('config_checks')).toMatchObject([
    { rule_id: '1.1 Banner', status: 'fail', status_text: 'FAILED', system: '192.0.2.2' },
  ]);
  expect(read.rejects.map(({ reason }) => reason)).toEqual([
    'The severity "Odd" is none that Nessus has.',
    '"soon" is not a time that can be read.',
    'The row names no host.',
  ]);
  // A table does not say what was looked at besides, so nothing is gone that is not in it.
  expect(read.rows('scans')[0]?.['completed']).toBeUndefined();
  const undated = [header.replace('Host End', 'X'), rows[0]!].join('\n');
  expect(collectRows(nessus, undated).problem?.code).toBe('bad_request');
  expect(collectRows(nessus, 'Plugin ID,Name\n1,x\n').problem?.code).toBe('missing_column');
});

it('takes values of any kind without harm', () => {
  const texts = hostile.map((value) =>
    String(JSON.stringify(value)).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
  );
  const items = texts.flatMap((text) => [
    item(
      `<cve>${text}</cve><cpe>${text}</cpe><xref>${text}</xref><cvss3_base_score>${text}</cvss3_base_score>`,
      `pluginName="${text}"`,
    ),
    item('', `pluginID="${text}" severity="${text}" port="${text}"`),
  ]);
  const read = collectRows(nessus, report(host(texts[0]!, ended, ...items), preference('TARGET', texts.join(','))));
  expect(read.problem).toBeUndefined();
  expect(read.records).toBe(2 + items.length);
});

it('does not claim other files', () => {
  for (const text of [
    '',
    '<a/>',
    '{"a":1}',
    'Plugin ID,Name\n',
    'Name,Severity,Host\n',
    '<NessusClientData/>',
    'host,port,protocol,name,severity\n',
  ])
    expect([text, nessus.recognise(Buffer.from(text)).confidence]).toEqual([text, 0]);
});
