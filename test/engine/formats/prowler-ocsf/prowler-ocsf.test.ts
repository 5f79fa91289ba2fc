import { expect, it } from 'vitest';
import { prowlerOcsf } from '../../../../engine/formats/prowler-ocsf/prowler-ocsf.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { expectBoundedWhenCut, expectSameInPieces, expectSurvivesStrangeValues } from '../check-results/promises.ts';
import { collectRows } from '../collect-rows.ts';
import { damageLines } from '../damage.ts';
import { ocsfFinding, oldOcsfFinding } from './findings.ts';

const TIME = parseInstant('2024-12-30T15:00:00.123456Z');
const ROLE = 'arn:aws:iam::123456789012:role/a';

it('reads findings of version 5: check, resource, status, frameworks, time to the microsecond', () => {
  const read = collectRows(prowlerOcsf, JSON.stringify([ocsfFinding('a', 'FAIL'), ocsfFinding('b', 'PASS')], null, 4));
  expect(read.rows('config_checks')[0]).toEqual({
    ...{
      record: 1,
      scan_id: read.rows('scans')[0]?.['scan_id'],
      time: TIME,
      system: 'aws:123456789012',
      resource: ROLE,
    },
    ...{
      benchmark: 'prowler aws',
      rule_id: 'a',
      title: 'Title of a',
      status: 'fail',
      status_text: 'FAIL',
      severity: 'high',
    },
    detail: 'What a found.\nCIS-2.0: 1.20; SOC2: cc_6_1, cc_6_3',
  });
  expect(read.rows('scans')).toMatchObject([
    {
      ...{ tool: 'prowler', version: '5.0.0', started: TIME, finished: TIME, completed: true },
      ...{ scope: 'aws in us-east-1', targets: ['aws:123456789012'] },
    },
  ]);
  expect(read.rows('scan_targets')).toMatchObject([{ system: 'aws:123456789012', state: 'up' }]);
  expect(JSON.parse(read.rows('event_fields')[0]!['fields'] as string)).toMatchObject({ risk_details: 'Risky.' });
});

it.each([
  [{ time: 1735570800, time_dt: '2024-12-30T20:30:00.5' }, '2024-12-30T15:00:00.5Z'],
  [{ time: 1735570800, time_dt: '2024-12-30T15:00:07.5' }, '2024-12-30T15:00:00Z'],
  [{ time: 1735570800123, time_dt: undefined }, '2024-12-30T15:00:00.123Z'],
  [{ time: undefined, time_dt: '2024-12-30T15:00:00+01:00', finding_info: { title: 't' } }, '2024-12-30T14:00:00Z'],
  [
    { time: undefined, time_dt: undefined, event_time: '2024-06-03T14:15:19.382075', finding_info: {} },
    '2024-06-03T14:15:19.382075Z',
  ],
])('dates a finding with %j', (times, expected) => {
  const read = collectRows(prowlerOcsf, JSON.stringify([ocsfFinding('a', 'FAIL', times)]));
  expect(read.rows('config_checks')[0]?.['time']).toBe(parseInstant(expected));
});

it('takes a time without an offset in the zone of the engagement', () => {
  const finding = ocsfFinding('a', 'FAIL', { time: undefined, time_dt: '2024-06-03T14:00:00', finding_info: {} });
  const read = collectRows(prowlerOcsf, JSON.stringify([finding]), { zone: 'Asia/Kolkata' });
  expect(read.rows('config_checks')[0]?.['time']).toBe(parseInstant('2024-06-03T08:30:00Z'));
  expect(read.assumptions).toContain('Times without an offset are taken in Asia/Kolkata.');
});

it('maps each status, and never makes a muted failure a pass', () => {
  const words = ['PASS', 'FAIL', 'MANUAL', 'INFO', 'WARNING'];
  const all = words.map((word) => ocsfFinding(word.toLowerCase(), word));
  const read = collectRows(prowlerOcsf, JSON.stringify([...all, ocsfFinding('m', 'FAIL', { status: 'Suppressed' })]));
  expect(read.rows('config_checks').map(({ status, status_text }) => [status, status_text])).toEqual([
    ['pass', 'PASS'],
    ['fail', 'FAIL'],
    ['not checked', 'MANUAL'],
    ['informational', 'INFO'],
    ['unknown', 'WARNING'],
    ['fail', 'FAIL (muted)'],
  ]);
  expect(read.assumptions).toContain('Findings that somebody muted: 1. They keep their status.');
});

it('reads OCSF of version 3, and JSON of versions 3 and 2', () => {
  const own3 = {
    ...{ AssessmentStartTime: '2023-04-25T23:49:42.744599', FindingUniqueId: 'f', Provider: 'aws', CheckID: 'acm' },
    ...{
      CheckTitle: 'Certificates expire',
      Status: 'FAIL',
      StatusExtended: 'Soon.',
      Severity: 'high',
      Region: 'us-east-1',
    },
    ...{ AccountId: '999999999999', ResourceArn: 'arn:acm', Compliance: { SOC2: ['cc_6_7'] } },
  };
  const own2 = {
    ...{
      Profile: 'default',
      'Account Number': '012345678912',
      Control: '[check114] Hardware MFA',
      'Control ID': '1.14',
    },
    ...{
      Message: 'Only virtual MFA',
      Severity: 'Critical',
      Status: 'FAIL',
      Timestamp: '2021-08-23T06:38:46Z',
      'Resource ID': 'MFA',
    },
  };
  const old = collectRows(prowlerOcsf, JSON.stringify([oldOcsfFinding('a', 'PASS'), oldOcsfFinding('b', 'FAIL')]));
  expect(old.rows('config_checks')).toMatchObject([
    {
      rule_id: 'a',
      status: 'pass',
      status_text: 'Success',
      time: parseInstant('2024-01-16T11:27:30.713969Z'),
      resource: 'arn:a',
    },
    { rule_id: 'b', status: 'fail', status_text: 'Failure' },
  ]);
  expect(collectRows(prowlerOcsf, JSON.stringify([own3])).rows('config_checks')).toMatchObject([
    { rule_id: 'acm', system: 'aws:999999999999', resource: 'arn:acm', detail: 'Soon.\nSOC2: cc_6_7', status: 'fail' },
  ]);
  expect(collectRows(prowlerOcsf, JSON.stringify(own2)).rows('config_checks')).toMatchObject([
    {
      rule_id: '1.14',
      system: 'aws:012345678912',
      resource: 'MFA',
      severity: 'critical',
      time: parseInstant('2021-08-23T06:38:46Z'),
    },
  ]);
  for (const each of [oldOcsfFinding('a', 'PASS'), own3, own2])
    expect(prowlerOcsf.recognise(Buffer.from(JSON.stringify([each]))).confidence).toBe(0.98);
});

it('reads CSV of versions 4 and 3', () => {
  const four =
    'AUTH_METHOD;TIMESTAMP;ACCOUNT_UID;ACCOUNT_NAME;FINDING_UID;PROVIDER;CHECK_ID;CHECK_TITLE;STATUS;STATUS_EXTENDED;MUTED;SERVICE_NAME;SEVERITY;RESOURCE_UID;RESOURCE_NAME;REGION;COMPLIANCE;PROWLER_VERSION\n' +
    'p;2025-02-14 14:27:03.913874;123456789012;;f;aws;a;Title;FAIL;"No; it is not.";True;iam;high;arn:x;x;us-east-1;CIS-2.0: 1.20;5.1.0\n' +
    'p;soon;1;;f;aws;a;Title;PASS;d;False;iam;high;arn;x;r;;5\nshort;line\n';
  const read = collectRows(prowlerOcsf, four);
  expect(read.rows('config_checks')).toMatchObject([
    {
      ...{
        time: parseInstant('2025-02-14T14:27:03.913874Z'),
        system: 'aws:123456789012',
        resource: 'arn:x',
        status: 'fail',
      },
      ...{ status_text: 'FAIL (muted)', detail: 'No; it is not.\nCIS-2.0: 1.20' },
    },
  ]);
  expect(read.rejects.map(({ reason }) => reason)).toEqual([
    'Line 3: the time "soon" cannot be read.',
    'Line 4 has 2 fields, but the header has 18.',
  ]);
  const three =
    'ASSESSMENT_START_TIME;FINDING_UNIQUE_ID;PROVIDER;CHECK_ID;CHECK_TITLE;STATUS;STATUS_EXTENDED;SEVERITY;ACCOUNT_ID;RESOURCE_ARN\n' +
    '2023-01-01T00:00:00;f;aws;a;T;PASS;d;low;1;arn\n';
  expect(collectRows(prowlerOcsf, three).rows('config_checks')).toMatchObject([{ status: 'pass', system: 'aws:1' }]);
  for (const content of [four, three]) {
    expect(prowlerOcsf.recognise(Buffer.from(content)).confidence).toBe(0.96);
    expectSameInPieces(prowlerOcsf, Buffer.from(content));
  }
});

it('gives each account and day a scan of its own', () => {
  const of = (time: number, uid: string): object =>
    ocsfFinding('a', 'PASS', { time, time_dt: undefined, cloud: { provider: 'azure', account: { uid } } });
  const lines = [of(1735570800, 'one'), of(1735570900, 'one'), of(1735657200, 'one'), of(1735570800, 'two')];
  const read = collectRows(prowlerOcsf, lines.map((line) => JSON.stringify(line)).join('\n'));
  expect(read.rows('scans').map(({ targets, started, finished }) => [targets, started, finished])).toEqual([
    [['azure:one'], 1735570800000000n, 1735570900000000n],
    [['azure:one'], 1735657200000000n, 1735657200000000n],
    [['azure:two'], 1735570800000000n, 1735570800000000n],
  ]);
  expect(new Set(read.rows('config_checks').map(({ scan_id }) => scan_id)).size).toBe(3);
});

it('rejects findings of others, and what has no check, status or time', () => {
  const other = ocsfFinding('a', 'FAIL', { metadata: { product: { name: 'Security Hub' } } });
  const bad = [
    other,
    { x: 1 },
    ocsfFinding('a', 'FAIL', { metadata: { product: { name: 'Prowler' } } }),
    ocsfFinding('a', 'FAIL', { status_code: undefined }),
    ocsfFinding('a', 'FAIL', { time: -5 }),
  ];
  const read = collectRows(prowlerOcsf, JSON.stringify([...bad, ocsfFinding('z', 'PASS')]));
  expect(read.rejects.map(({ reason }) => reason)).toEqual([
    'The finding does not say that Prowler made it (metadata.product).',
    'The record has no class_uid of a finding: 2001, 2003 or 2004.',
    'The finding names no check (metadata.event_code).',
    'The finding of check "a" has no status.',
    'The time -5 is neither seconds nor milliseconds.',
  ]);
  expect(read.rows('scans')).toMatchObject([{ completed: false }]);
  expect(prowlerOcsf.recognise(Buffer.from(JSON.stringify([other]))).confidence).toBe(0);
});

it('reads the other lines as they were when a tenth is damaged', () => {
  const lines = Array.from({ length: 300 }, (_, i) => Buffer.from(JSON.stringify(ocsfFinding(`c${i}`, 'PASS'))));
  const whole = collectRows(prowlerOcsf, Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])));
  // The first line tells JSON from CSV, so it stays whole.
  const { bytes, damaged } = damageLines(lines.slice(1), 7);
  const read = collectRows(prowlerOcsf, Buffer.concat([lines[0]!, Buffer.from('\n'), bytes]));
  const expected = whole
    .rows('config_checks')
    .filter(({ record }) => !damaged.has(record - 1))
    .map(({ rule_id }) => rule_id);
  expect(read.rows('config_checks').map(({ rule_id }) => rule_id)).toEqual(expect.arrayContaining(expected));
  expect(read.rejects.length).toBeGreaterThan(0);
});

it('keeps its promises to pieces, cuts and strange values', () => {
  const content = Buffer.from(JSON.stringify([ocsfFinding('a', 'FAIL'), oldOcsfFinding('b', 'PASS')], null, 2));
  expectSameInPieces(prowlerOcsf, content);
  expectBoundedWhenCut(prowlerOcsf, content);
  expectSurvivesStrangeValues(prowlerOcsf, [ocsfFinding('a', 'FAIL'), oldOcsfFinding('b', 'PASS')]);
});
