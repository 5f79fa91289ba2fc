/**
 * What the adapter of test/conformance compares of the fixtures: every oracle, and no fewer of its fields than there
 * are. Whether they are equal is tested there.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { auditd } from '../../../../engine/formats/auditd/auditd.ts';
import { auditd as adapter } from '../../../conformance/adapters/auditd.ts';
import { corpusFolders } from '../../../conformance/corpus-folder.ts';
import { collectRows } from '../collect-rows.ts';

const folder = corpusFolders('test/fixtures').find(({ name }) => name === 'auditd')!;
const comparisons = await adapter.compare(folder);

test.each([
  ['gen-ausearch.csv', 228, 1600],
  ['enriched-nodes.ausearch.csv', 3, 20],
  ['gen-ausearch.interpret.txt', 721, 7000],
  ['golibaudit-audit-rhel6.log.golden.json', 2, 37],
  ['golibaudit-audit-rhel7.log.golden.json', 49, 540],
  ['golibaudit-audit-ubuntu14.log.golden.json', 1, 14],
  ['golibaudit-coalesce-rhel-7-linux-3.10.0.golden.json', 10, 270],
  ['golibaudit-coalesce-ubuntu-16.04-linux-4.13.0.golden.json', 2, 116],
  ['golibaudit-coalesce-ubuntu-16.10-linux-4.8.0.golden.json', 14, 390],
  ['crowdsec-auditd-logs.expected.json', 4, 140],
  ['crowdsec-auditd-base64-exec.scenario.assert.txt', 2, 16],
  ['crowdsec-auditd-postexploit-rm.scenario.assert.txt', 6, 48],
  ['plaso-selinux.expected.json', 5, 40],
  ['insights-audit_log.expected.json', 1, 9],
])('%s is compared', (oracle, records, fields) => {
  const compared = comparisons.find((one) => one.oracle === oracle);
  expect(compared?.records).toBe(records);
  expect(compared?.fields).toBeGreaterThanOrEqual(fields);
});

describe('Insights', () => {
  test.each(['AUDIT_LOG_WITHOUT_TIMESTAMP_FIELD', 'DUMMY_AUDIT_LOG_2'])('%s is rejected', (name) => {
    const text = readFileSync(`test/fixtures/auditd/insights-audit_log-${name}.txt`);
    expect(collectRows(auditd, text).rejects).toHaveLength(1);
  });
});
