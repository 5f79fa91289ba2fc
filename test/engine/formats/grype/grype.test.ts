import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { grype } from '../../../../engine/formats/grype/grype.ts';
import { collectRows } from '../collect-rows.ts';
import { holdsUp, hostile, takenAt } from '../scan-reports/hold-up.ts';

const folder = join(import.meta.dirname, '../../../fixtures/grype');
const files = readdirSync(folder).filter((name) => !name.includes('expected'));

function fixture(name: string): Uint8Array {
  const bytes = readFileSync(join(folder, name));
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

const made = (members: object): string =>
  JSON.stringify({
    matches: [],
    source: { type: 'image', target: { userInput: 'registry.test/web:2', tags: ['other:tag'] } },
    distro: { name: 'debian', version: '12' },
    descriptor: {
      name: 'grype',
      version: '0.104.0',
      timestamp: '2026-03-02T04:05:06.5+01:00',
      configuration: { exclude: ['./docs/**'], 'only-fixed': true },
    },
    ...members,
  });

it.each(files)('holds up with %s', (name) => {
  if (!name.includes('many_vulns3')) holdsUp(grype, fixture(name));
  expect(grype.recognise(fixture(name).subarray(0, 65536)).confidence).toBe(0.97);
});

it('says when what was looked at, and what was left out', () => {
  const read = collectRows(grype, made({}));
  expect(read.rows('scans')).toMatchObject([
    {
      tool: 'grype',
      version: '0.104.0',
      started: BigInt(Date.UTC(2026, 2, 2, 3, 5, 6, 500)) * 1000n,
      completed: true,
      targets: ['registry.test/web:2'],
      excluded: ['path ./docs/**', 'vulnerabilities without a fix'],
    },
  ]);
  expect(read.rows('scan_targets')).toMatchObject([
    { resource: 'registry.test/web:2', state: 'up', reason: 'image, debian 12' },
  ]);
  const target = (source: unknown): unknown =>
    collectRows(grype, made({ source })).rows('scan_targets')[0]?.['resource'];
  expect(target({ type: 'directory', target: '"."' })).toBe('.');
  expect(target({ type: 'file', target: '/srv/app.jar' })).toBe('/srv/app.jar');
  expect(target({ type: 'image', target: { userInput: '', tags: ['web:1'] } })).toBe('web:1');
});

it('gives a row for each CVE, and the advisory among the other ids', () => {
  const cvss = (version: string, baseScore: number, type?: string): object => ({
    version,
    type,
    vector: `v${version}`,
    metrics: { baseScore },
  });
  const match = {
    vulnerability: {
      id: 'GHSA-4374-p667-p6c8',
      severity: 'High',
      cvss: [cvss('2.0', 5), cvss('3.1', 7.1, 'Secondary'), cvss('3.1', 7.5, 'Primary')],
      fix: { versions: ['0.17.0', '1.0'], state: 'fixed' },
    },
    relatedVulnerabilities: [{ id: 'CVE-2023-39325', cvss: [cvss('4.0', 8.7)] }, { id: 'CVE-2023-44487' }],
    artifact: { name: 'golang.org/x/net', version: 'v0.9.0', locations: [{ path: '/go.mod' }] },
  };
  const plain = { vulnerability: { id: 'GHSA-xxxx-yyyy-zzzz', fix: { state: 'wont-fix' } }, artifact: { name: 'p' } };
  const ignored = {
    ...plain,
    vulnerability: { id: 'CVE-2026-1' },
    appliedIgnoreRules: [{ vulnerability: 'CVE-2026-1' }],
  };
  const read = collectRows(grype, made({ matches: [match, plain], ignoredMatches: [ignored] }));
  const common = {
    package: 'golang.org/x/net',
    installed: 'v0.9.0',
    fixed: '0.17.0, 1.0',
    severity: 'high',
    status: 'fix available',
    location: '/go.mod',
    resource: 'registry.test/web:2',
  };
  expect(read.rows('vulnerabilities')).toMatchObject([
    {
      record: 1,
      vulnerability_id: 'CVE-2023-39325',
      aliases: ['GHSA-4374-p667-p6c8'],
      cvss: 8.7,
      cvss_vector: 'v4.0',
      ...common,
    },
    {
      record: 1,
      vulnerability_id: 'CVE-2023-44487',
      aliases: ['GHSA-4374-p667-p6c8'],
      cvss: 7.5,
      cvss_vector: 'v3.1',
      ...common,
    },
    { record: 2, vulnerability_id: 'GHSA-xxxx-yyyy-zzzz', status: 'will not fix' },
    { record: 3, vulnerability_id: 'CVE-2026-1', status: 'suppressed' },
  ]);
});

it('takes values of any kind without harm, and rejects a match without a vulnerability', () => {
  const matches = hostile.flatMap((value) => [
    { vulnerability: value },
    { vulnerability: { id: value } },
    {
      vulnerability: { id: 'CVE-2026-2', cvss: value, fix: value, severity: value },
      artifact: value,
      relatedVulnerabilities: value,
    },
  ]);
  const read = collectRows(grype, made({ matches }));
  expect(read.rows('scans')).toHaveLength(1);
  expect(read.rejects[0]).toMatchObject({ reason: 'The match names no vulnerability.' });
  const read2 = new Set([
    ...read.rows('vulnerabilities').map(({ record }) => record),
    ...read.rejects.map(({ record }) => record),
  ]);
  expect(read2.size).toBe(matches.length);
  for (const value of hostile)
    collectRows(grype, made({ source: value, descriptor: value, distro: value }), { takenAt });
});

it('does not claim other JSON', () => {
  for (const text of [
    '',
    '{}',
    '[]',
    '{"matches":[]}',
    '{"source":1,"descriptor":2}',
    '{"x":{"matches":[],"descriptor":{},"source":{}}}',
  ])
    expect([text, grype.recognise(Buffer.from(text)).confidence]).toEqual([text, 0]);
});
