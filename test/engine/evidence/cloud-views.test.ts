/** The views of cloud configurations: what they make of hostile and unusual JSON, and what others say of the same. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { awsCli } from '../../../engine/formats/aws-cli/aws-cli.ts';
import { awsConfig } from '../../../engine/formats/aws-config/aws-config.ts';
import type { Format } from '../../../engine/formats/format.ts';
import { cloudViews } from '../../../engine/evidence/cloud-views.ts';
import { viewStatements } from '../../../engine/evidence/views.ts';
import { CaseDatabase } from '../../../engine/store/case-database.ts';
import { evidenceBulkTable } from '../../../engine/store/evidence-bulk.ts';
import { controlTables } from '../../../engine/store/locked/allowed-tables.ts';
import { schemaStatements } from '../../../engine/store/schema.ts';
import type { SqlRow } from '../../../engine/store/sql-values.ts';
import { collectRows } from '../formats/collect-rows.ts';

const START = 1_767_225_600_000_000n;

let database: CaseDatabase;
beforeAll(async () => {
  database = await CaseDatabase.open({ path: ':memory:' });
  for (const statement of [...schemaStatements(), ...viewStatements()]) await database.query(statement);
});
afterAll(() => database.close());
beforeEach(() => database.query('DELETE FROM evidence.config_items'));

/** Puts what a format makes of a text into the tables. Every record is looked at at a time of its own, if so asked. */
async function add(
  format: Format,
  source: number,
  content: string,
  context: { takenAt?: bigint; name?: string; apart?: boolean } = {},
): Promise<void> {
  const found = collectRows(format, content, { takenAt: context.takenAt ?? START, name: context.name ?? 'x.json' });
  expect(found.problem).toBeUndefined();
  await database.transaction(async (transaction) => {
    const bulk = evidenceBulkTable('config_items');
    for (const row of found.rows('config_items')) {
      const captured = context.apart ? START + BigInt(row.record) : row['captured'];
      const values: Readonly<Record<string, unknown>> = { ...row, captured, source_id: source };
      transaction.add(
        bulk,
        bulk.columns.map(({ name }) => values[name] as string),
      );
    }
    await transaction.flush();
  });
}

const all = (sql: string): Promise<readonly SqlRow[]> => database.query(sql);

it('may be read on the locked connection', () => {
  expect(cloudViews.map(({ name }) => name).filter((name) => !controlTables.includes(name))).toEqual([]);
});

describe('rule tests of Panther say what we see', () => {
  /** Whether the resource on a line complies, by the rule: SQL over the row of a view. */
  const rules: Readonly<Record<string, readonly [file: string, view: string, complies: string]>> = {
    'AWS.CMK.KeyRotation': ['kms', 'kms_keys', `bool_and(manager <> 'customer' OR rotation_enabled IS true)`],
    'AWS.CloudTrail.LogEncryption': ['cloudtrail-trail', 'trails', 'bool_and(kms_key IS NOT NULL)'],
    'AWS.S3.Bucket.MFADelete': ['s3-bucket', 's3_buckets', `bool_and(mfa_delete IS NOT DISTINCT FROM 'Enabled')`],
    'AWS.S3.Bucket.Versioning': ['s3-bucket', 's3_buckets', `bool_and(versioning IS NOT DISTINCT FROM 'Enabled')`],
    'AWS.S3.Bucket.PublicAccessBlock': ['s3-bucket', 's3_buckets', 'bool_and(block_public_acls IS NOT NULL)'],
    'AWS.S3.BucketObjectLockConfigured': [
      's3-bucket',
      's3_buckets',
      `bool_and(coalesce(object_lock AND object_lock_mode = 'COMPLIANCE', false))`,
    ],
    'AWS.IAM.Policy.AdministrativePrivileges': [
      'iam',
      'iam_statements',
      `NOT bool_or(effect = 'Allow' AND list_contains(actions, '*') AND list_contains(resources, '*'))`,
    ],
    // Panther asks for ports as written, even where the protocol is every one.
    'AWS.SecurityGroup.RestrictsInterSecurityGroupTraffic': [
      'vpc',
      'security_group_rules',
      `NOT bool_or(direction = 'ingress' AND referenced_group IS NOT NULL AND to_port - from_port = 65535)`,
    ],
  };

  it.each(Object.entries(rules))('%s', async (rule, [file, view, complies]) => {
    const lines = readFileSync(`test/fixtures/aws-resource-snapshots/panther-${file}.jsonl`, 'utf8');
    const expected = JSON.parse(
      readFileSync(`test/fixtures/aws-resource-snapshots/panther-${file}.expected.json`, 'utf8'),
    ) as { line: number; rule: string; test: string; expected_result: boolean }[];
    await add(awsCli, 1, lines, { apart: true });
    const found = new Map(
      (await all(`SELECT record, ${complies} AS complies FROM ${view} GROUP BY record`)).map((row) => [
        row['record'],
        row['complies'],
      ]),
    );
    const tests = expected.filter((test) => test.rule === rule);
    expect(tests.length).toBeGreaterThan(1);
    for (const { line, test, expected_result } of tests) {
      // A port with the protocol of all: AWS takes every port, whatever stands there.
      if (
        rule === 'AWS.SecurityGroup.RestrictsInterSecurityGroupTraffic' &&
        test === 'Security Group Restricts Inter Security Group Traffic'
      )
        continue;
      expect({ test, complies: found.get(line) }).toEqual({ test, complies: expected_result });
    }
  });
});

describe('documents of policies', () => {
  const policy = (document: unknown): string =>
    JSON.stringify({ UserName: 'u', PolicyName: 'p', PolicyDocument: document });

  it('are read as they come: objects, texts, URL-encoded; one statement or a list; one action or a list', async () => {
    const document = {
      Statement: {
        Effect: 'Deny',
        NotAction: ['a:B'],
        NotResource: 'r',
        Principal: { AWS: ['x', 'y'], Service: 's' },
        Condition: { Bool: { k: 'false' } },
      },
    };
    await add(
      awsCli,
      1,
      [document, JSON.stringify(document), encodeURIComponent(JSON.stringify(document))].map(policy).join('\n'),
    );
    const rows = await all('SELECT * EXCLUDE (source_id, record, captured, replaced_at) FROM iam_statements');
    expect(rows).toHaveLength(3);
    for (const row of rows) {
      expect(row).toMatchObject({
        effect: 'Deny',
        actions: null,
        not_actions: ['a:B'],
        resources: null,
        not_resources: ['r'],
        conditions: '{"Bool":{"k":"false"}}',
        kind: 'inline',
        attached_to: ['user/u'],
        problem: null,
      });
      expect([...(row['principals'] as string[])].sort()).toEqual(['s', 'x', 'y']);
    }
  });

  it('that cannot be read are rows with a problem', async () => {
    const documents: unknown[] = [
      '<URL-encoded-JSON>',
      '%zz',
      { Version: 'x' },
      { Statement: [] },
      { Statement: ['a'] },
      { Statement: 7 },
      '[]',
      'null',
    ];
    await add(awsCli, 1, documents.map(policy).join('\n'));
    const rows = await all('SELECT record, effect, problem FROM iam_statements ORDER BY record');
    expect(rows.map((row) => row['record'])).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(rows.every((row) => row['effect'] === null && row['problem'] !== null)).toBe(true);
  });
});

describe('rules of groups', () => {
  it('are one row an end, with words for protocols and whole ranges of ports', async () => {
    const permissions = [
      {
        IpProtocol: '17',
        FromPort: 53,
        ToPort: 53,
        IpRanges: [{ CidrIp: '0.0.0.0/1' }, { CidrIp: '128.0.0.0/1' }],
        Ipv6Ranges: [{ CidrIpv6: 'fd00::/8' }],
        PrefixListIds: [{ PrefixListId: 'pl-1' }],
        UserIdGroupPairs: [{ GroupId: 'sg-2', UserId: '1' }],
      },
      { IpProtocol: 'icmp', FromPort: -1, ToPort: -1, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
      { IpProtocol: '50', IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
      { IpProtocol: 'tcp', FromPort: 1e300, ToPort: 'x', IpRanges: 'none' },
    ];
    await add(awsCli, 1, JSON.stringify({ GroupId: 'sg-1', IpPermissions: permissions }));
    expect(
      await all(
        'SELECT protocol, from_port, to_port, icmp_type, coalesce(cidr_v4, cidr_v6, prefix_list, referenced_group) AS peer, prefix_length, is_open_to_world FROM security_group_rules ORDER BY protocol, peer',
      ),
    ).toEqual([
      {
        protocol: '50',
        from_port: null,
        to_port: null,
        icmp_type: null,
        peer: '0.0.0.0/0',
        prefix_length: 0,
        is_open_to_world: true,
      },
      {
        protocol: 'icmp',
        from_port: null,
        to_port: null,
        icmp_type: -1,
        peer: '0.0.0.0/0',
        prefix_length: 0,
        is_open_to_world: true,
      },
      {
        protocol: 'tcp',
        from_port: 0,
        to_port: 65535,
        icmp_type: null,
        peer: null,
        prefix_length: null,
        is_open_to_world: false,
      },
      {
        protocol: 'udp',
        from_port: 53,
        to_port: 53,
        icmp_type: null,
        peer: '0.0.0.0/1',
        prefix_length: 1,
        is_open_to_world: false,
      },
      {
        protocol: 'udp',
        from_port: 53,
        to_port: 53,
        icmp_type: null,
        peer: '128.0.0.0/1',
        prefix_length: 1,
        is_open_to_world: false,
      },
      {
        protocol: 'udp',
        from_port: 53,
        to_port: 53,
        icmp_type: null,
        peer: 'fd00::/8',
        prefix_length: 8,
        is_open_to_world: false,
      },
      {
        protocol: 'udp',
        from_port: 53,
        to_port: 53,
        icmp_type: null,
        peer: 'pl-1',
        prefix_length: null,
        is_open_to_world: false,
      },
      {
        protocol: 'udp',
        from_port: 53,
        to_port: 53,
        icmp_type: null,
        peer: 'sg-2',
        prefix_length: null,
        is_open_to_world: false,
      },
    ]);
  });
});

it('what was looked at again, or was deleted, is replaced', async () => {
  const group = (port: number): string =>
    JSON.stringify({
      GroupId: 'sg-1',
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    });
  await add(awsCli, 1, group(22), { takenAt: START });
  await add(awsCli, 2, group(443), { takenAt: START + 1_000_000n });
  const deleted = {
    configurationItemCaptureTime: '2026-01-01T00:00:02Z',
    configurationItemStatus: 'ResourceDeleted',
    resourceType: 'AWS::EC2::SecurityGroup',
    resourceId: 'sg-1',
    configuration: null,
  };
  await add(awsConfig, 3, JSON.stringify(deleted));
  const at = (seconds: number): Promise<readonly SqlRow[]> =>
    all(`SELECT from_port FROM security_group_rules WHERE captured <= make_timestamp(${START + BigInt(seconds) * 1_000_000n})
      AND (replaced_at IS NULL OR replaced_at > make_timestamp(${START + BigInt(seconds) * 1_000_000n}))`);
  expect(await at(0)).toEqual([{ from_port: 22 }]);
  expect(await at(1)).toEqual([{ from_port: 443 }]);
  expect(await at(2)).toEqual([]);
});

it('no text in a configuration makes a view fail', async () => {
  const hostile: unknown[] = ['x', '{', '[1]', 7, null, true, {}, [], { a: 'x' }, '"', '\u0000', "';DROP"];
  const types = [
    'security_group',
    'security_group_rule',
    'iam_policy',
    'iam_user',
    'iam_role',
    'iam_policy_version',
    'iam_user_policy',
    'trail',
    'trail_status',
    'trail_event_selectors',
    's3_bucket',
    's3_bucket_policy',
    's3_public_access_block',
    's3_object_lock',
    's3_bucket_encryption',
    's3_bucket_acl',
    'kms_key',
    'kms_key_rotation',
    'flow_log',
    'metric_filter',
    'alarm',
    'dynamodb_table',
    'dynamodb_continuous_backups',
    'sns_topic',
  ];
  const names = [
    'IpPermissions',
    'ReferencedGroupInfo',
    'PolicyVersionList',
    'UserPolicyList',
    'AttachedManagedPolicies',
    'AssumeRolePolicyDocument',
    'Document',
    'PolicyDocument',
    'Status',
    'EventSelectors',
    'Policy',
    'PolicyStatus',
    'ObjectLockConfiguration',
    'PublicAccessBlockConfiguration',
    'ServerSideEncryptionConfiguration',
    'Grants',
    'EncryptionRules',
    'LoggingEnabled',
    'KeyId',
    'KeyRotationEnabled',
    'MetricTransformations',
    'Metrics',
    'AlarmActions',
    'SSEDescription',
    'PointInTimeRecoveryDescription',
    'Arn',
  ];
  const supplement = [
    'BucketPolicy',
    'BucketVersioningConfiguration',
    'AccessControlList',
    'BucketLoggingConfiguration',
    'KeyRotationStatus',
  ];
  await database.transaction(async (transaction) => {
    const bulk = evidenceBulkTable('config_items');
    let record = 0;
    const put = (resource_type: string, configuration: string): void => {
      const values: Readonly<Record<string, unknown>> = {
        source_id: 1,
        record: ++record,
        captured: START,
        provider: 'aws',
        resource_type,
        resource_id: 'r',
        configuration,
      };
      transaction.add(
        bulk,
        bulk.columns.map(({ name }) => values[name] as string),
      );
    };
    for (const type of types)
      for (const value of hostile) {
        const body = Object.fromEntries(
          names.flatMap((name) => [
            [name, value],
            [name[0]!.toLowerCase() + name.slice(1), [value, { [name]: value }]],
          ]),
        );
        put(type, JSON.stringify(body));
        put(
          type,
          JSON.stringify({
            configurationItemCaptureTime: 'x',
            configuration: value,
            supplementaryConfiguration: Object.fromEntries(supplement.map((name) => [name, value])),
          }),
        );
        put(
          type,
          JSON.stringify({ configurationItemCaptureTime: 'x', configuration: body, supplementaryConfiguration: value }),
        );
        put(type, typeof value === 'string' ? value : '{"a":"\\ud800"}');
      }
    await transaction.flush();
  });
  for (const { name } of cloudViews) await expect(all(`SELECT * FROM ${name}`), name).resolves.toBeDefined();
});
