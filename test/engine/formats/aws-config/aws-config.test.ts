import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { awsCli } from '../../../../engine/formats/aws-cli/aws-cli.ts';
import { awsConfig } from '../../../../engine/formats/aws-config/aws-config.ts';
import { typeWord } from '../../../../engine/formats/aws-config/resource-types.ts';
import type { Format } from '../../../../engine/formats/format.ts';
import { formats } from '../../../../engine/formats/registry.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows, inPieces } from '../collect-rows.ts';
import { damageLines } from '../damage.ts';

/** An item as a snapshot has it, spelled as the documentation of AWS Config shows one. */
function item(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    configurationItemVersion: '1.3',
    configurationItemCaptureTime: '2026-03-01T10:00:00.123Z',
    configurationStateId: 1772359200123,
    awsAccountId: '123456789012',
    configurationItemStatus: 'OK',
    resourceType: 'AWS::EC2::SecurityGroup',
    resourceId: 'sg-1',
    resourceName: 'web',
    ARN: 'arn:aws:ec2:us-east-2:123456789012:security-group/sg-1',
    awsRegion: 'us-east-2',
    tags: {},
    configuration: { groupId: 'sg-1', ipPermissions: [] },
    supplementaryConfiguration: {},
    ...more,
  };
}

const row = {
  record: 1,
  captured: parseInstant('2026-03-01T10:00:00.123Z')!,
  provider: 'aws',
  account: '123456789012',
  region: 'us-east-2',
  system: 'aws:123456789012',
  resource_type: 'security_group',
  resource_id: 'sg-1',
  resource_name: 'web',
};
const one = JSON.stringify(item());
const message = JSON.stringify({
  configurationItemDiff: null,
  configurationItem: item(),
  notificationCreationTime: '2026-03-01T10:01:00Z',
  messageType: 'ConfigurationItemChangeNotification',
  recordVersion: '1.3',
});

describe('an item', () => {
  it.each([
    ['a snapshot', `{"fileVersion":"1.0","configSnapshotId":"x","configurationItems":[${one}]}`],
    ['a history', `{"fileVersion":"1.0","configurationItems":[${one}]}`],
    ['JSON lines', `${one}\n`],
    ['a list', `[${one}]`],
    ['a message', message],
    ['SNS', JSON.stringify({ Type: 'Notification', MessageId: 'x', Message: message })],
    [
      'SQS',
      JSON.stringify({
        Messages: [{ MessageId: 'x', Body: JSON.stringify({ Type: 'Notification', Message: message }) }],
      }),
    ],
    [
      'EventBridge',
      JSON.stringify({ 'detail-type': 'Config Configuration Item Change', detail: JSON.parse(message) as unknown }),
    ],
    ['a rule', JSON.stringify({ invokingEvent: message, resultToken: 'x' })],
    ['an advanced query', JSON.stringify({ Results: [one], QueryInfo: { SelectFields: [] } })],
  ])('is a row in %s, as it is written', (_, text) => {
    const { problem, rejects, ...found } = collectRows(awsConfig, text);
    expect([problem, rejects]).toEqual([undefined, []]);
    expect(found.rows('config_items')).toEqual([{ ...row, configuration: one }]);
    expect(awsConfig.recognise(Buffer.from(text)).confidence).toBeGreaterThan(0.9);
    expect(awsCli.recognise(Buffer.from(text)).confidence).toBe(0);
  });

  it('of a history has its configuration as text, which takes its place', () => {
    const folded = JSON.stringify(
      item({ configuration: '{"groupId": "sg-1",  "ipPermissions":[]}', accountId: '1', awsAccountId: undefined }),
    );
    const [found] = collectRows(awsConfig, `{"configurationItems":[${folded}]}`).rows('config_items');
    expect(found!['account']).toBe('1');
    expect(found!['configuration']).toContain('"configuration":{"groupId": "sg-1",  "ipPermissions":[]},');
    expect(() => JSON.parse(String(found!['configuration'])) as unknown).not.toThrow();
  });

  it.each([
    ['1772359200.123456', 'seconds, as version 1 of the command line prints'],
    ['"2026-03-01T12:00:00.123456+02:00"', 'with an offset, as version 2 does'],
  ])('has the time %s (%s)', (time) => {
    const text = one.replace('"2026-03-01T10:00:00.123Z"', time);
    expect(collectRows(awsConfig, text).rows('config_items')[0]!['captured']).toBe(
      parseInstant('2026-03-01T10:00:00.123456Z'),
    );
  });

  it('that was deleted says so', () => {
    const text = JSON.stringify(item({ configurationItemStatus: 'ResourceDeleted', configuration: null }));
    expect(String(collectRows(awsConfig, text).rows('config_items')[0]!['configuration'])).toContain('ResourceDeleted');
  });
});

describe('a record that is none', () => {
  it.each([
    [JSON.stringify(item({ configurationItemCaptureTime: undefined })), 'does not say when it was captured'],
    [
      JSON.stringify(item({ configurationItemCaptureTime: 'yesterday' })),
      'configurationItemCaptureTime "yesterday" is not a time',
    ],
    [JSON.stringify(item({ resourceType: '<b>' })), 'is no type of AWS Config'],
    [JSON.stringify(item({ resourceId: undefined, ARN: undefined })), 'does not say what it is of'],
    [one.replace('"ipPermissions":[]', '"ipPermissions":[],"ipPermissions":[1]'), 'has a member twice'],
    [JSON.stringify(item({ configuration: '{"a":1,"a":2}' })), 'has a member twice'],
    ['{"messageType":"OversizedConfigurationItemChangeNotification","configurationItemSummary":{}}', 'too long for it'],
    ['{"messageType":"ConfigurationSnapshotDeliveryCompleted","s3Bucket":"b"}', 'which has no configuration item'],
    ['{"__proto__":{"resourceType":"AWS::S3::Bucket"},"a":[]}', 'is no item of AWS Config'],
    ['"text"', 'is no item of AWS Config'],
  ])('%s', (text, reason) => {
    const { rejects, problem } = collectRows(awsConfig, text);
    expect(problem?.code).toBe('damaged_file');
    expect(rejects.map((reject) => reject.reason)).toEqual([expect.stringContaining(reason)]);
  });
});

describe('bounds', () => {
  const many = Array.from({ length: 60 }, (_, at) => JSON.stringify(item({ resourceId: `sg-${at}` })));
  it.each([1, 7, 4096])('pieces of %i bytes give the same', (size) => {
    const bytes = Buffer.from(`{"fileVersion":"1.0","configurationItems":[\n${many.join(',\r\n')}]}`);
    expect([...collectRows(awsConfig, inPieces(bytes, size)).tables]).toEqual([
      ...collectRows(awsConfig, bytes).tables,
    ]);
  });

  it('damage to some lines leaves the others', () => {
    const { bytes, damaged } = damageLines(
      many.map((line) => Buffer.from(line)),
      3,
    );
    const found = collectRows(awsConfig, bytes);
    const ids = new Set(found.rows('config_items').map((each) => each['resource_id']));
    many.forEach((_, at) => damaged.has(at + 1) || expect(ids.has(`sg-${at}`)).toBe(true));
    expect(found.rejects.length).toBeGreaterThan(0);
  });

  it('a list that is cut off is said', () => {
    const { assumptions, rejects } = collectRows(awsConfig, `{"configurationItems":[${one},${one.slice(0, 90)}`);
    expect(rejects).toHaveLength(1);
    expect(assumptions).toContain('The file ends before its JSON does: items after its end are unknown.');
  });

  it('an item that is longer than the head is known', () => {
    const long = JSON.stringify(item({ padding: 'x'.repeat(100_000) }));
    expect(
      awsConfig.recognise(Buffer.from(`{"configurationItems":[${long}]}`).subarray(0, 65_536)).confidence,
    ).toBeGreaterThan(0.8);
  });
});

it('files of other formats are not taken for it', () => {
  for (const entry of readdirSync('test/fixtures', { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.endsWith('.gz')) continue;
    const head = readFileSync(`${entry.parentPath}/${entry.name}`).subarray(0, 64 * 1024);
    expect(`${entry.parentPath}/${entry.name} ${awsConfig.recognise(head).confidence}`).toBe(
      `${entry.parentPath}/${entry.name} 0`,
    );
  }
});

it('no other format takes its files', () => {
  const head = Buffer.from(`{"fileVersion":"1.0","configSnapshotId":"x","configurationItems":[${one}]}`);
  for (const other of formats.filter((format): format is Format => 'recognise' in format && format.id !== 'aws-config'))
    for (const bytes of [head, Buffer.from(message)])
      expect(`${other.id} ${other.recognise(bytes).confidence < 0.5}`).toBe(`${other.id} true`);
});

it('types have words', () => {
  expect(typeWord('AWS::EC2::SecurityGroup')).toBe('security_group');
  expect(typeWord('AWS.EC2.NetworkACL')).toBe('network_acl');
  expect(typeWord('AWS::GuardDuty::Detector')).toBe('guard_duty_detector');
  expect(typeWord('AWS::__proto__')).toBeUndefined();
});
