import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { trivy } from '../../../../engine/formats/trivy/trivy.ts';
import { collectRows } from '../collect-rows.ts';
import { holdsUp, hostile, takenAt } from '../scan-reports/hold-up.ts';

const folder = join(import.meta.dirname, '../../../fixtures/trivy');
const files = readdirSync(folder).filter((name) => !name.includes('expected'));
const fixture = (name: string): Buffer => readFileSync(join(folder, name));

const made = (results: unknown, more: object = {}): string =>
  JSON.stringify({
    SchemaVersion: 2,
    Trivy: { Version: '0.66.0' },
    CreatedAt: '2026-03-02T04:05:06.123456789+01:00',
    ArtifactName: 'registry.test/web:2',
    ArtifactType: 'container_image',
    Metadata: { OS: { Family: 'debian', Name: '11.1', EOSL: true } },
    Results: results,
    ...more,
  });

it.each(files)('holds up with %s', (name) => {
  holdsUp(trivy, fixture(name));
  expect(trivy.recognise(fixture(name).subarray(0, 65536)).confidence).toBe(0.97);
});

it('keeps a result without findings as a look at what was scanned', () => {
  const read = collectRows(trivy, fixture('dd-scheme_2_no_vuln.json'), { takenAt });
  expect(read.rows('vulnerabilities')).toEqual([]);
  expect(read.rows('scans')[0]).toMatchObject({ completed: true, targets: ['trivy-unittest:latest'] });
  expect(read.rows('scan_targets').map(({ resource, state }) => [resource, state])).toEqual([
    ['trivy-unittest:latest (alpine 3.14.0)', 'up'],
    ['trivy-unittest:latest', 'up'],
  ]);
  const none = collectRows(trivy, made(undefined));
  expect(none.rows('scan_targets')).toMatchObject([{ resource: 'registry.test/web:2', state: 'unknown' }]);
});

it('does not take a look at misconfigurations for one at packages', () => {
  const config = {
    Target: 'Dockerfile',
    Class: 'config',
    Type: 'dockerfile',
    MisconfSummary: { Successes: 22, Failures: 0 },
  };
  const states = collectRows(trivy, made([config]))
    .rows('scan_targets')
    .map(({ state, reason }) => [state, reason]);
  expect(states[0]).toEqual([
    'unknown',
    'config (dockerfile), 22 successes, 0 failures, no packages were looked up there',
  ]);
  expect(states.every(([state]) => state === 'unknown')).toBe(true);
});

it('takes the time to the microsecond, and says what is told of the system', () => {
  const read = collectRows(trivy, made([]));
  expect(read.rows('scans')[0]).toMatchObject({
    started: BigInt(Date.UTC(2026, 2, 2, 3, 5, 6)) * 1000n + 123456n,
    version: '0.66.0',
    scope: 'container_image, debian 11.1',
  });
  expect(read.assumptions.join()).toContain('debian 11.1 has no support any more');
});

it('reads every kind of finding', () => {
  const found = {
    VulnerabilityID: 'CVE-2026-1',
    VendorIDs: ['DSA-1-1'],
    PkgName: 'openssl',
    InstalledVersion: '1',
    FixedVersion: '2',
    Status: 'fixed',
    Severity: 'CRITICAL',
    SeveritySource: 'ghsa',
    CVSS: {
      nvd: { V2Score: 5, V2Vector: 'AV:N', V3Score: 9.1, V3Vector: 'CVSS:3.1/nvd' },
      ghsa: { V3Score: 8.1, V3Vector: 'CVSS:3.1/ghsa', V40Score: 9.3, V40Vector: 'CVSS:4.0/ghsa' },
    },
  };
  const check = {
    Type: 'Dockerfile Security Check',
    ID: 'DS002',
    AVDID: 'AVD-DS-0002',
    Title: 'root',
    Message: 'm',
    Severity: 'HIGH',
  };
  const modified = { Type: 'vulnerability', Status: 'ignored', Statement: 'accepted', Source: '.trivyignore.yaml' };
  const read = collectRows(
    trivy,
    made([
      {
        Target: 'web (debian 11.1)',
        Class: 'os-pkgs',
        Vulnerabilities: [found],
        ExperimentalModifiedFindings: [{ ...modified, Finding: { ...found, VulnerabilityID: 'CVE-2026-2' } }],
      },
      {
        Target: 'Dockerfile',
        Class: 'config',
        Misconfigurations: [
          { ...check, Status: 'FAIL', CauseMetadata: { StartLine: 3, EndLine: 5, Resource: 'stage' } },
          { ...check, Status: 'PASS' },
          { ...check, Status: 'EXCEPTION' },
        ],
        ExperimentalModifiedFindings: [
          { ...modified, Type: 'misconfiguration', Finding: { ...check, Status: 'FAIL' } },
        ],
      },
      {
        Target: 'key.txt',
        Class: 'secret',
        Secrets: [
          {
            RuleID: 'github-pat',
            Category: 'GitHub',
            Severity: 'CRITICAL',
            Title: 'token',
            StartLine: 1,
            EndLine: 1,
            Match: 'ghp_abc',
          },
        ],
      },
      {
        Target: 'OS Packages',
        Class: 'license',
        Licenses: [
          {
            Severity: 'HIGH',
            Category: 'restricted',
            PkgName: 'bash',
            FilePath: '',
            Name: 'GPL-3.0',
            Confidence: 1,
            Link: '',
          },
        ],
      },
    ]),
  );
  expect(read.rejects).toEqual([]);
  const common = {
    package: 'openssl',
    severity: 'critical',
    cvss: 9.3,
    cvss_vector: 'CVSS:4.0/ghsa',
    aliases: ['DSA-1-1'],
  };
  expect(read.rows('vulnerabilities')).toMatchObject([
    {
      vulnerability_id: 'CVE-2026-1',
      status: 'fix available',
      resource: 'registry.test/web:2',
      location: 'web (debian 11.1)',
      ...common,
    },
    { vulnerability_id: 'CVE-2026-2', status: 'suppressed', ...common },
  ]);
  expect(
    read.rows('config_checks').map((row) => [row['rule_id'], row['status'], row['status_text'], row['resource']]),
  ).toEqual([
    ['DS002', 'fail', 'FAIL', 'registry.test/web:2 Dockerfile stage'],
    ['DS002', 'pass', 'PASS', 'registry.test/web:2 Dockerfile'],
    ['DS002', 'not applicable', 'EXCEPTION', 'registry.test/web:2 Dockerfile'],
    ['DS002', 'not applicable', 'ignored: accepted', 'registry.test/web:2 Dockerfile'],
    ['github-pat', 'fail', 'secret found', 'registry.test/web:2 key.txt'],
    ['GPL-3.0', 'informational', 'restricted', 'registry.test/web:2 OS Packages bash'],
  ]);
  // A secret is not copied out of the file.
  expect(JSON.stringify(read.rows('config_checks').map(({ detail }) => detail ?? ''))).not.toContain('ghp_');
});

it('names the workload in a report on a cluster', () => {
  const read = collectRows(trivy, fixture('dd-kubernetes.json'), { takenAt });
  const cluster = 'arn:aws:eks:us-east-1:576036489467:cluster/monitoring-test-cluster';
  expect(read.rows('scans')).toHaveLength(1);
  expect(read.rows('vulnerabilities')[0]?.['resource']).toBe('default/Deployment/redis-follower');
  expect(read.rows('scan_targets').map(({ resource }) => resource)).toContain(cluster);
  for (const { resource } of read.rows('vulnerabilities'))
    expect(
      read.rows('scan_targets').some((target) => target['resource'] === resource && target['state'] === 'up'),
    ).toBe(true);
});

it('rejects what is no finding, with its bytes', () => {
  const read = collectRows(
    trivy,
    made([
      { Target: 't', Class: 'os-pkgs', Vulnerabilities: [{ PkgName: 'p' }, 7, { VulnerabilityID: 'CVE-2026-3' }] },
    ]),
  );
  expect(read.rejects.map(({ reason, raw }) => [reason, raw])).toEqual([
    ['The finding has neither VulnerabilityID, ID of a check, RuleID nor a licence.', '{"PkgName":"p"}'],
    ['The finding is no object.', '7'],
  ]);
  expect(read.rows('vulnerabilities')).toHaveLength(1);
});

it('takes values of any kind without harm', () => {
  const members = [
    'VulnerabilityID',
    'PkgName',
    'InstalledVersion',
    'Severity',
    'CVSS',
    'Status',
    'VendorIDs',
    'Title',
    'Layer',
  ];
  const findings = members.flatMap((name) =>
    hostile.map((value) => ({ VulnerabilityID: 'CVE-2026-4', [name]: value })),
  );
  const read = collectRows(trivy, made([{ Target: hostile[0], Class: 'os-pkgs', Vulnerabilities: findings }]));
  expect(read.rows('vulnerabilities').length + read.rejects.length).toBe(findings.length);
  for (const value of hostile) {
    const odd = collectRows(trivy, made(value, { Metadata: value, CreatedAt: value }), { takenAt });
    expect(odd.problem?.code ?? 'read').toMatch(/^(read|damaged_file)$/);
  }
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

it('does not claim other JSON', () => {
  for (const text of [
    '',
    '{}',
    '[]',
    '{"Target":"x"}',
    '{"matches":[]}',
    '{"SchemaVersion":2}',
    '{"a":{"SchemaVersion":2,"ArtifactName":"x"}}',
  ])
    expect([text, trivy.recognise(Buffer.from(text)).confidence]).toEqual([text, 0]);
});
