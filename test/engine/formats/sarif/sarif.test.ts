import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sarif } from '../../../../engine/formats/sarif/sarif.ts';
import { collectRows } from '../collect-rows.ts';
import { holdsUp, hostile, takenAt } from '../scan-reports/hold-up.ts';

const folder = join(import.meta.dirname, '../../../fixtures/sarif');
const fixture = (name: string): Buffer => readFileSync(join(folder, name));

const invocation = {
  executionSuccessful: true,
  startTimeUtc: '2026-03-02T04:00:00Z',
  endTimeUtc: '2026-03-02T04:00:05Z',
};
const log = (run: object): string =>
  JSON.stringify({
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'Tool' } }, invocations: [invocation], ...run }],
  });

it.each(['gen-flawfinder.sarif', 'made-two-runs.sarif'])('holds up with %s', (name) => {
  holdsUp(sarif, fixture(name));
  expect(sarif.recognise(fixture(name)).confidence).toBe(0.97);
});

it('takes each run for a scan, with its times, its call and whether it ended well', () => {
  const { rows, assumptions } = collectRows(sarif, fixture('made-two-runs.sarif'));
  expect(rows('scans')).toMatchObject([
    {
      scan_id: 'sarif-1',
      tool: 'trivy',
      version: '0.57.1',
      completed: true,
      targets: ['example/web:1.4'],
      arguments: 'trivy image -f sarif example/web:1.4',
    },
    { scan_id: 'sarif-2', tool: 'codescanner', completed: false, excluded: ['C9999'], profile: 'nightly/2026-03-02' },
  ]);
  expect(rows('scans')[0]).toMatchObject({ started: 1772424000500000n, finished: 1772424012000000n });
  expect(rows('scan_targets').map(({ resource, state }) => [resource, state])).toEqual([
    ['example/web:1.4', 'up'],
    ['https://git.example.test/browser', 'unknown'],
  ]);
  expect(assumptions.join()).toContain('The tool reports 1 errors of its own');
});

it('gives a vulnerability where the rule is one, and a check elsewhere', () => {
  const { rows, rejects } = collectRows(sarif, fixture('made-two-runs.sarif'));
  expect(rows('vulnerabilities')).toMatchObject([
    {
      vulnerability_id: 'CVE-2024-0727',
      resource: 'example/web:1.4',
      package: 'openssl',
      installed: '3.0.11-1~deb12u1',
      fixed: '3.0.13-1~deb12u1',
      severity: 'medium',
      cvss: 5.5,
    },
  ]);
  expect(
    rows('config_checks').map((row) => [
      row['rule_id'],
      row['status'],
      row['status_text'],
      row['severity'],
      row['detail'],
    ]),
  ).toEqual([
    ['DS002', 'fail', 'fail, error', 'high', 'Specify a user (line 12)'],
    [
      'C2001',
      'fail',
      'fail, error, suppressed',
      'error',
      'Variable "ptr" was used without being initialized. (line 15)',
    ],
    ['C2002', 'pass', 'pass, none', 'none', 'no long line'],
    ['S0001', 'fixed', 'fail, error, absent', 'error', 'MD5 is weak'],
    ['C2002/1', 'unknown', 'review, none', 'none', 'look at it'],
  ]);
  expect(rejects.map(({ reason }) => reason)).toEqual(['The result has neither a rule nor a message.']);
});

it('knows the ids of vulnerabilities as scanners write them', () => {
  const ids = [
    'CVE-2021-3711-openssl',
    'GHSA-4374-p667-p6c8-golang.org/x/net',
    'SNYK-DEBIAN10-APT-1',
    'SNYK-CC-TF-1',
    'DSA-4808-1',
    'js/sql-injection',
  ];
  const message = {
    text: 'The path /go.mod reports openssl at version 1.1.1 which would result in a vulnerable (deb) package installed in the image',
  };
  const read = collectRows(sarif, log({ results: ids.map((ruleId) => ({ ruleId, message })) }));
  expect(read.rows('vulnerabilities').map((row) => row['vulnerability_id'])).toEqual([
    'CVE-2021-3711',
    'GHSA-4374-p667-p6c8',
    'SNYK-DEBIAN10-APT-1',
    'DSA-4808-1',
  ]);
  expect(read.rows('vulnerabilities')[0]).toMatchObject({
    package: 'openssl',
    installed: '1.1.1',
    aliases: ['CVE-2021-3711-openssl'],
  });
  expect(read.rows('config_checks').map((row) => row['rule_id'])).toEqual(['SNYK-CC-TF-1', 'js/sql-injection']);
});

it('keeps a run without results as a scan, and a clean log of trivy as no proof', () => {
  const clean = collectRows(sarif, log({ results: [] }));
  expect(clean.rows('scans')).toMatchObject([{ tool: 'tool', completed: true }]);
  expect(clean.rows('scan_targets')).toMatchObject([{ state: 'up' }]);
  const trivy = collectRows(sarif, log({ tool: { driver: { name: 'Trivy', rules: [] } }, results: [] }));
  expect(trivy.rows('scan_targets')).toMatchObject([{ state: 'unknown' }]);
});

it('asks for the time where a run has none', () => {
  expect(collectRows(sarif, log({ invocations: [], results: [] })).problem).toMatchObject({ code: 'bad_request' });
  expect(collectRows(sarif, log({ invocations: [], results: [] }), { takenAt }).rows('scans')[0]?.['started']).toBe(
    takenAt,
  );
});

it('keeps results on both sides of one that is damaged, with their rules', () => {
  const rules = [{ id: 'R1', shortDescription: { text: 'first' }, defaultConfiguration: { level: 'error' } }];
  const results = [1, 2, 3].map((i) => ({ ruleId: 'R1', message: { text: `m${i}` } }));
  const text = log({ tool: { driver: { name: 'Tool', rules } }, results }).replace('"m2"', 'm2');
  const read = collectRows(sarif, text, { takenAt });
  expect(read.rows('config_checks').map((row) => [row['title'], row['severity'], row['detail']])).toEqual([
    ['first', 'error', 'm1'],
    ['first', 'error', 'm3'],
  ]);
  expect(read.rows('scans')).toMatchObject([{ tool: 'tool', completed: false, started: 1772424000000000n }]);
});

it('takes values of any kind without harm', () => {
  for (const value of hostile) {
    const result = {
      ruleId: 'R',
      ruleIndex: value,
      kind: value,
      level: value,
      message: value,
      locations: [value],
      suppressions: value,
      properties: value,
      rule: value,
    };
    const read = collectRows(
      sarif,
      log({
        results: [result, value],
        invocations: [value],
        artifacts: value,
        properties: value,
        originalUriBaseIds: value,
      }),
      { takenAt },
    );
    expect(read.rows('config_checks').length + read.rejects.length).toBe(2);
    collectRows(sarif, log({ tool: { driver: value }, results: [{ ruleId: 'R' }] }), { takenAt });
    collectRows(sarif, JSON.stringify({ version: '2.1.0', runs: value }), { takenAt });
  }
});

it('refuses a log without runs, and does not claim other JSON', () => {
  const none = collectRows(sarif, '{"version":"2.1.0","runs":[]}', { takenAt });
  expect(none.problem).toMatchObject({ code: 'damaged_file', message: 'The file holds no report of sarif.' });
  for (const text of ['', '{}', '{"version":"2.1.0"}', '{"runs":[]}', '[{"runs":1}]'])
    expect([text, sarif.recognise(Buffer.from(text)).confidence]).toEqual([text, 0]);
});
