import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cloudtrail } from '../../../../engine/formats/cloudtrail/cloudtrail.ts';
import { collectRows, inPieces, type Collected } from '../collect-rows.ts';

const folder = join(import.meta.dirname, '../../../fixtures/cloudtrail');

function fixture(name: string): Buffer {
  const bytes = readFileSync(join(folder, name));
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

const invictus = readdirSync(join(folder, 'invictus')).map((name) => `invictus/${name}`);
const everyFile = [
  'crowdsec-aws-cloudtrail.log',
  'panther-cloudtrail.jsonl',
  'plaso-aws_cloudtrail.jsonl',
  ...invictus,
];

function event(members: Record<string, unknown>): string {
  return JSON.stringify({ eventTime: '2026-03-01T10:00:00Z', eventName: 'GetUser', eventSource: 'iam.x', ...members });
}

function onlyEvent(members: Record<string, unknown>): Record<string, unknown> {
  const read = collectRows(cloudtrail, event(members));
  return { ...read.rows('cloudtrail_records')[0], ...read.rows('events')[0] };
}

it('reads every event of the detection rules; those without a time are rejected and say so', () => {
  const bytes = fixture('panther-cloudtrail.jsonl');
  const lines = bytes.toString().trimEnd().split('\n');
  const read = collectRows(cloudtrail, bytes);
  const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const untimed = events.flatMap(({ eventTime }, i) => (eventTime === undefined || eventTime === '...' ? [i + 1] : []));
  expect(read.records).toBe(events.length);
  expect(read.rejects.map(({ record }) => record)).toEqual(untimed);
  for (const { reason } of read.rejects) expect(reason).toMatch(/eventTime/);
  expect(read.assumptions).toContain('eventTime without an offset is taken as UTC.');
});

it('keeps what the root account control asks', () => {
  const root = { type: 'Root', arn: 'arn:aws:iam::123456789012:root', accountId: '123456789012' };
  const row = onlyEvent({ userIdentity: root, eventType: 'AwsApiCall', recipientAccountId: '123456789012' });
  expect(row).toMatchObject({
    system: 'aws:123456789012',
    actor: 'root',
    identity_type: 'Root',
    event_type: 'AwsApiCall',
    outcome: 'success',
  });
  expect(row['invoked_by']).toBeUndefined();
  expect(onlyEvent({ userIdentity: { ...root, invokedBy: 'AWS Internal' } })['invoked_by']).toBe('AWS Internal');
  expect(onlyEvent({ eventType: 'AwsServiceEvent', userIdentity: root })['outcome']).toBeUndefined();
});

it('reads console sign-ins with their outcome and multi-factor', () => {
  const signIn = { eventName: 'ConsoleLogin', eventSource: 'signin.amazonaws.com', eventType: 'AwsConsoleSignIn' };
  const row = onlyEvent({
    ...signIn,
    userIdentity: { type: 'IAMUser', userName: 'alice' },
    sourceIPAddress: '2001:db8::1',
    responseElements: { ConsoleLogin: 'Failure' },
    additionalEventData: { MFAUsed: 'No' },
  });
  expect(row).toMatchObject({ class: 'authentication', activity: 'logon', outcome: 'failure', mfa: false });
  expect(row).toMatchObject({ src_ip: '2001:db8::1', actor: 'alice' });
  expect(row['message']).toBe('alice signed in to the AWS console from 2001:db8::1: failure.');
  const session = { sessionContext: { attributes: { mfaAuthenticated: 'true' } } };
  expect(onlyEvent({ userIdentity: session })['mfa']).toBe(true);
  expect(onlyEvent({})['mfa']).toBeUndefined();
  expect(onlyEvent(signIn)['outcome']).toBeUndefined();
});

it('takes src_ip only from an address', () => {
  const sources = ['1.2.3.4', '::ffff:1.2.3.4', 'fe80::1', 'ec2.amazonaws.com', 'AWS Internal', '1.2.3', '1.2.3.256'];
  const taken = sources.filter((sourceIPAddress) => onlyEvent({ sourceIPAddress })['src_ip'] === sourceIPAddress);
  expect(taken).toEqual(['1.2.3.4', '::ffff:1.2.3.4', 'fe80::1']);
});

it('names who acted for each type of identity', () => {
  const arn = (rest: string): string => `arn:aws:sts::123456789012:${rest}`;
  const cases: [Record<string, unknown>, string][] = [
    [{ type: 'IAMUser', userName: 'bob' }, 'bob'],
    [{ type: 'AssumedRole', arn: arn('assumed-role/Admin/alice@acme.test') }, 'Admin/alice@acme.test'],
    [{ type: 'AssumedRole', principalId: 'AROA1:s1', sessionContext: { sessionIssuer: { userName: 'R' } } }, 'R/s1'],
    [{ type: 'AWSService', invokedBy: 'lambda.amazonaws.com' }, 'lambda.amazonaws.com'],
    [{ type: 'FederatedUser', arn: arn('federated-user/carol') }, 'carol'],
    [{ type: 'AWSAccount', accountId: '9' }, 'account 9'],
    [{ type: 'WebIdentityUser', userName: 'repo:acme/app' }, 'repo:acme/app'],
  ];
  for (const [userIdentity, actor] of cases) expect(onlyEvent({ userIdentity })['actor']).toBe(actor);
});

it('keeps request, response and resources as they are written', () => {
  const text =
    '{"eventTime":"2026-03-01T10:00:00Z","eventName":"PutX","requestParameters": {"n": 1.10, "id":9007199254740993}}';
  const [row] = collectRows(cloudtrail, text).rows('cloudtrail_records');
  expect(row?.['request']).toBe('{"n": 1.10, "id":9007199254740993}');
  expect(row?.['response']).toBeUndefined();
});

it('reads an event that a bus delivered as its detail', () => {
  const text = `{"version":"0","detail-type":"AWS API Call via CloudTrail","detail":${event({ eventName: 'StopLogging' })}}`;
  expect(collectRows(cloudtrail, text).rows('events')[0]?.['code']).toBe('StopLogging');
});

it('rejects what is no event, with its bytes, and reads the rest', () => {
  const cases: [string, string][] = [
    ['5', 'The record is not a JSON object.'],
    ['{"eventName":"X"}', 'The record has no eventTime.'],
    ['{"eventTime":"2026-03-01T10:00:00Z"}', 'The record has no eventName.'],
    ['{"eventTime":"2026-02-30T10:00:00Z","eventName":"X"}', 'eventTime "2026-02-30T10:00:00Z" is not a time.'],
    [`{"eventName":"X"`, 'Byte'],
  ];
  for (const [raw, reason] of cases) {
    const read = collectRows(cloudtrail, `{"Records":[${raw},{"eventVersion":"1",${event({}).slice(1)}]}`);
    expect(read.rows('events').length, raw).toBe(1);
    expect(read.rejects.length).toBe(1);
    expect(read.rejects[0]?.raw).toBe(raw);
    expect(read.rejects[0]?.reason).toContain(reason);
  }
});

it('replaces a lone surrogate, so that every text has a UTF-8 form', () => {
  const read = collectRows(cloudtrail, String.raw`{"eventTime":"2026-03-01T10:00:00Z","eventName":"A\ud800B"}`);
  expect(read.rows('events')[0]?.['code']).toBe('A\ufffdB');
});

it('says when an event gives a member twice', () => {
  const read = collectRows(cloudtrail, event({}).replace('{', '{"eventName":"First",'));
  expect(read.rows('events')[0]?.['code']).toBe('GetUser');
  expect(read.assumptions).toEqual(['Where an event gives a member twice (eventName), the last one counts.']);
});

it('keeps what was complete of a file that was cut off, and says so', () => {
  const bytes = fixture(invictus[0]!);
  const whole = collectRows(cloudtrail, bytes);
  const read = collectRows(cloudtrail, bytes.subarray(0, bytes.length >> 1));
  expect(read.rows('events')).toEqual(whole.rows('events').slice(0, read.rows('events').length));
  expect(read.rejects.at(-1)?.reason).toBe('The file is cut off inside this record.');
  expect(read.assumptions.join()).toContain('ends before its JSON does');
});

it('gives the same rows for pieces of any size', () => {
  for (const name of everyFile) {
    const bytes = fixture(name).subarray(0, 60_000);
    const whole = collectRows(cloudtrail, bytes);
    for (const size of [1, 7, 65536])
      expect(comparable(collectRows(cloudtrail, inPieces(bytes, size)))).toEqual(comparable(whole));
  }
});

function comparable({ tables, rejects, spans }: Collected): unknown {
  return { tables: [...tables], rejects, spans };
}

it('loses nothing when bytes are damaged, and keeps every record the damage did not touch', () => {
  for (const name of everyFile) {
    const clean = fixture(name).subarray(0, 40_000);
    const { spans } = collectRows(cloudtrail, clean);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: clean.length - 1 }), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const bytes = Uint8Array.from(clean);
        bytes[at] = byte;
        const read = collectRows(cloudtrail, bytes);
        if (at < spans[0]!.byte) return;
        const seen = new Set(read.spans.map((span) => `${span.byte} ${span.length}`));
        const lost = spans.filter((span) => !seen.has(`${span.byte} ${span.length}`));
        // The damaged record itself, and where its end is hit also its neighbour.
        expect(lost.length).toBeLessThanOrEqual(2);
      }),
      { seed: 11, numRuns: 60 },
    );
  }
});

it('refuses a file in which nothing is an event', () => {
  for (const text of ['{"a":1}\n{"a":2}\n', 'not JSON at all', '[['.repeat(1e5)]) {
    const { problem } = collectRows(cloudtrail, text);
    expect(problem?.code).toBe('damaged_file');
    expect(problem?.message).toMatch(/None of \d+ records is a CloudTrail event/);
  }
  expect(collectRows(cloudtrail, Buffer.from(event({}), 'utf16le')).problem?.message).toContain('UTF-16');
  expect(collectRows(cloudtrail, '{"Records":[]}').problem).toBeUndefined();
});

it('recognises events, and neither digest files nor other JSON', () => {
  for (const name of everyFile) {
    const { confidence, reason } = cloudtrail.recognise(fixture(name).subarray(0, 65536));
    expect([name, confidence > 0.85]).toEqual([name, true]);
    expect(reason).toMatch(/^\d+ of the first \d+ JSON records/);
  }
  const digest = { awsAccountId: '1', digestStartTime: '2026-03-01T00:00:00Z', digestS3Object: 'x', logFiles: [] };
  for (const text of [JSON.stringify(digest), '{"eventTime":1}', '{"Records":[]}', 'type=SYSCALL', '', '<xml/>'])
    expect(cloudtrail.recognise(Buffer.from(text)).confidence, text).toBe(0);
  const long = event({ eventVersion: '1', userIdentity: {}, requestParameters: { x: 'y'.repeat(70_000) } });
  expect(cloudtrail.recognise(Buffer.from(long).subarray(0, 65536)).confidence).toBeGreaterThan(0.5);
});
