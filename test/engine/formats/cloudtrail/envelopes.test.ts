import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cloudtrail } from '../../../../engine/formats/cloudtrail/cloudtrail.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows, inPieces } from '../collect-rows.ts';

const event = {
  eventVersion: '1.08',
  eventTime: '2026-03-01T10:00:00Z',
  eventSource: 'iam.amazonaws.com',
  eventName: 'CreateUser',
  awsRegion: 'us-east-1',
  eventID: 'e-1',
  requestParameters: { userName: 'carol' },
};
const text = JSON.stringify(event);

const envelopes: Record<string, string> = {
  'lookup-events': JSON.stringify({ Events: [{ EventId: 'e-1', EventName: 'CreateUser', CloudTrailEvent: text }] }),
  'filter-log-events': JSON.stringify({ events: [{ logStreamName: 's', timestamp: 1, message: text, eventId: '9' }] }),
  'a subscription': JSON.stringify({
    messageType: 'DATA_MESSAGE',
    logEvents: [{ id: '9', timestamp: 1, message: text }],
  }),
  'a CloudWatch export': `2026-03-01T10:04:00.123Z ${text}\n2026-03-01T10:04:01Z ${text}\n`,
  EventBridge: JSON.stringify({ version: '0', 'detail-type': 'AWS API Call via CloudTrail', detail: event }),
  'a search tool': JSON.stringify({ hits: { hits: [{ _index: 'x', _source: event }] } }),
  'another search tool': JSON.stringify({ preview: false, result: { _raw: text } }),
  'a pipeline': JSON.stringify({ received_at: 'x', event: { message: text } }),
  'an agent that keeps the original': JSON.stringify({ _index: 'x', _source: { event: { original: text } } }),
  'a stream that joins deliveries': `{"messageType":"CONTROL_MESSAGE","logEvents":[]}${JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents: [{ id: '9', timestamp: 1, message: text }] })}`,
  lines: `${text}\n${text}\n`,
  'indented alone': JSON.stringify(event, null, 2),
};

it.each(Object.keys(envelopes))('reads the event that %s gives, and recognises it', (name) => {
  const content = envelopes[name]!;
  const read = collectRows(cloudtrail, content);
  expect([read.problem, read.rejects]).toEqual([undefined, []]);
  for (const row of read.rows('events'))
    expect(row).toMatchObject({ code: 'CreateUser', time: parseInstant(event.eventTime) });
  for (const row of read.rows('cloudtrail_records')) {
    expect(row['event_id']).toBe('e-1');
    expect(JSON.parse(String(row['request']))).toEqual(event.requestParameters);
  }
  expect(read.rows('events').length).toBe(content.split('\n').length > 2 && !content.startsWith('{\n') ? 2 : 1);
  expect(cloudtrail.recognise(Buffer.from(content)).confidence).toBeGreaterThan(0.9);
  for (const size of [1, 7]) {
    const again = collectRows(cloudtrail, inPieces(Buffer.from(content), size));
    expect([again.spans, again.rows('events')]).toEqual([read.spans, read.rows('events')]);
  }
});

it('points at the event in a line with a time, and rejects lines that have none', () => {
  const content = Buffer.from(
    `2026-03-01T10:04:00.123Z ${text}\n2026-03-01T10:04:00Z {"cut":\nend\n2026-03-01T10:04:00Z \xff${text}\n2026-03-01T10:04:01Z\t${text}`,
    'latin1',
  );
  const read = collectRows(cloudtrail, content);
  expect(read.rows('events').map(({ record }) => record)).toEqual([1, 5]);
  expect(read.rejects.map(({ record, reason }) => [record, reason])).toEqual(
    [2, 3, 4].map((record) => [record, 'The line is not a time and a JSON value.']),
  );
  for (const { record } of read.rows('events')) {
    const { byte, length } = read.spans[record - 1]!;
    expect(content.toString('utf8', byte, byte + length)).toBe(text);
  }
});

it('reads what CloudTrail Lake answers; what it wrote as text stays text', () => {
  const row = [
    { eventID: 'e-1' },
    { eventTime: '2026-03-01 10:00:00.000' },
    { eventSource: 'iam.amazonaws.com' },
    { eventName: 'CreateUser' },
    { userIdentity: '{type=IAMUser, username=a, b=c}' },
  ];
  const read = collectRows(cloudtrail, JSON.stringify({ QueryStatus: 'FINISHED', QueryResultRows: [row, row] }));
  expect(read.rows('events').map(({ time, code }) => [time, code])).toEqual(
    [1, 2].map(() => [parseInstant('2026-03-01T10:00:00Z'), 'CreateUser']),
  );
  expect(read.rows('event_fields')[0]?.['fields']).toBe('{"userIdentity":"{type=IAMUser, username=a, b=c}"}');
  expect(read.assumptions).toContain('eventTime without an offset is taken as UTC.');
});

it('reads insights as findings about calls', () => {
  const insight = {
    eventVersion: '1.07',
    eventTime: '2026-03-01T10:00:00Z',
    awsRegion: 'us-east-1',
    eventID: 'i-1',
    eventType: 'AwsCloudTrailInsight',
    recipientAccountId: '123456789012',
    sharedEventID: 's-1',
    insightDetails: {
      state: 'Start',
      eventSource: 'ssm.amazonaws.com',
      eventName: 'UpdateInstanceInformation',
      insightType: 'ApiCallRateInsight',
    },
    eventCategory: 'Insight',
  };
  const ended = { ...insight, insightDetails: { ...insight.insightDetails, state: 'End' } };
  const content = JSON.stringify({ Records: [insight, ended] });
  const read = collectRows(cloudtrail, content);
  expect(read.rejects).toEqual([]);
  expect(read.rows('events')[0]).toMatchObject({
    class: 'detection_finding',
    activity: 'create',
    code: 'UpdateInstanceInformation',
    system: 'aws:123456789012',
    message:
      'CloudTrail Insights: unusual calls of UpdateInstanceInformation of ssm.amazonaws.com in us-east-1 began (ApiCallRateInsight).',
  });
  expect(read.rows('events')[0]).not.toHaveProperty('outcome');
  expect(read.rows('events')[1]).toMatchObject({ activity: 'close' });
  expect(JSON.parse(String(read.rows('event_fields')[0]?.['fields']))).toEqual({
    insightDetails: insight.insightDetails,
    sharedEventID: 's-1',
  });
  expect(cloudtrail.recognise(Buffer.from(content)).confidence).toBeGreaterThan(0.9);
});

it('looks for an event no deeper than three envelopes, and takes nothing else for one', () => {
  const nested = JSON.stringify({ event: { event: { event: { event } } } });
  expect(collectRows(cloudtrail, nested).problem?.message).toContain('has no eventTime');
  for (const other of [
    '{"message":"hello"}',
    '{"events":[{"message":"2 123 eni-1"}]}',
    '[[{"a":1}]]',
    '[[1]]',
    '{"event":[]}',
  ])
    expect([other, cloudtrail.recognise(Buffer.from(other)).confidence]).toEqual([other, 0]);
  const flow = readFileSync(join(import.meta.dirname, '../../../fixtures/vpc-flow/made-v5.log')).subarray(0, 65_536);
  expect(cloudtrail.recognise(flow).confidence).toBe(0);
});

const cell = (value: string): string => `"${value.replaceAll('"', '""')}"`;

it.each([
  [
    'the event history of the console',
    'Event ID,Event time,User name,Event name,Event source,AWS region,Source IP address,Read-only,Error code,Resources',
    'e-1,2026-03-01T10:00:00Z,alice,CreateUser,iam.amazonaws.com,us-east-1,192.0.2.1,false,,',
    { actor: 'alice', outcome: 'success', src_ip: '192.0.2.1' },
  ],
  [
    'CloudTrail Lake',
    'eventVersion,userIdentity,eventTime,eventSource,eventName,requestParameters,errorCode,eventID',
    `1.08,${cell('{type=IAMUser, username=a}')},2026-03-01 10:00:00.000,iam.amazonaws.com,CreateUser,${cell('{"userName": "carol", "n": 1.10}')},AccessDenied,e-1`,
    { target: 'carol', outcome: 'failure' },
  ],
  [
    'Athena',
    '"useridentity.type","useridentity.arn","eventtime","eventname","eventsource","eventid"',
    '"AssumedRole","arn:aws:sts::1:assumed-role/Admin/bob","2026-03-01T10:00:00Z","CreateUser","iam.amazonaws.com","e-1"',
    { actor: 'Admin/bob' },
  ],
])('reads a table as %s gives it', (_, header, row, expected) => {
  const content = `${header}\n${row}\nshort,row\n${row}\n`;
  const read = collectRows(cloudtrail, content);
  expect(read.problem).toBeUndefined();
  expect(read.rejects.map(({ record }) => record)).toEqual([2]);
  expect(read.rows('events').map(({ record }) => record)).toEqual([1, 3]);
  for (const event of read.rows('events')) {
    expect(event).toMatchObject({ code: 'CreateUser', time: parseInstant('2026-03-01T10:00:00Z'), ...expected });
    const { byte, length } = read.spans[event.record - 1]!;
    expect(content.slice(byte, byte + length)).toBe(row);
  }
  expect(read.rows('cloudtrail_records')[0]).toMatchObject({ event_id: 'e-1' });
  expect(cloudtrail.recognise(Buffer.from(`${header}\n${row}\n${row}\n`)).confidence).toBeGreaterThan(0.9);
  expect(cloudtrail.recognise(Buffer.from('name,time,event\na,b,c\n')).confidence).toBe(0);
});
