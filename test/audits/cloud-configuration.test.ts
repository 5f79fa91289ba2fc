/**
 * The configuration of an account of our own making, as the command line prints it and as AWS Config delivers it, through
 * the import and the views: each of forty planted faults shows, by a query as a control would have it, and nothing else.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { askCase, importFiles, readSources, type EvidenceCase } from '../../engine/index.ts';
import { findFormat } from '../../engine/formats/registry.ts';
import { parseInstant } from '../../shared/time.ts';
import { ACCOUNT, cloudFolder, TAKEN_AT, type Planting } from '../engine/evidence/cloud-folder/cloud-folder.ts';
import { newTestCase, temporaryFolder, testEngine, testJob } from '../engine/test-case.ts';

const missing = ['aws-cli', 'aws-config'].filter((id) => findFormat(id) === undefined);
if (missing.length > 0) process.stdout.write(`Left out: the formats ${missing.join(' and ')} are not registered.\n`);

/** Who is at fault, by a query over the views. */
const faults: Readonly<Record<string, string>> = {
  openGroups: `SELECT DISTINCT group_id AS name FROM security_group_rules
    WHERE direction = 'ingress' AND is_open_to_world AND protocol IN ('tcp', 'all')
      AND (22 BETWEEN from_port AND to_port OR 3389 BETWEEN from_port AND to_port)`,
  starPolicies: `SELECT policy_name AS name FROM iam_statements
    WHERE effect = 'Allow' AND kind <> 'trust' AND NOT is_aws_managed AND coalesce(is_default, true)
      AND (list_has_any(actions, ['*', '*:*']) OR not_actions IS NOT NULL) AND list_contains(resources, '*')`,
  badBuckets: `SELECT bucket AS name FROM s3_buckets
    WHERE versioning <> 'Enabled' OR object_lock_mode <> 'COMPLIANCE' OR policy_public OR acl_public
      OR NOT (block_public_acls AND ignore_public_acls AND block_public_policy AND restrict_public_buckets)
      OR encryption IS NULL`,
  silentFilters: `SELECT filter_name AS name FROM metric_filter_alarms
    GROUP BY filter_name HAVING coalesce(max(alarm_action_count), 0) = 0`,
  badFlowLogs: `SELECT flow_log_id AS name FROM flow_logs WHERE traffic NOT IN ('ALL', 'REJECT') OR delivery <> 'SUCCESS'`,
  badTrails: `SELECT name FROM trails WHERE NOT (validates_files AND is_logging AND is_multi_region)`,
  unrotatedKeys: `SELECT key_id AS name FROM kms_keys WHERE manager = 'customer' AND state = 'Enabled' AND rotation_enabled IS NOT true`,
  plainTables: `SELECT table_name AS name FROM dynamodb_tables WHERE encryption IS DISTINCT FROM 'KMS' OR key_manager <> 'customer'`,
};

async function imported({ files }: Planting): Promise<EvidenceCase> {
  const folder = join(await temporaryFolder(), 'aws', ACCOUNT);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const target = await newTestCase();
  await importFiles(target, [folder], { takenAt: parseInstant(TAKEN_AT)! }, testJob());
  return target;
}

async function ask(target: EvidenceCase, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return askCase(testEngine(), target, {
    sql,
    job: testJob(),
    use: async ({ rows }) => {
      const all: Readonly<Record<string, unknown>>[] = [];
      for await (const piece of rows) all.push(...piece);
      return all;
    },
  });
}

it.skipIf(missing.length > 0)(
  'shows every planted fault of a cloud, on the locked connection, and nothing else',
  async () => {
    const cloud = cloudFolder(7);
    expect(cloud.resources).toBeGreaterThanOrEqual(300);
    expect(Object.values(cloud.planted).flat()).toHaveLength(40);
    const target = await imported(cloud);
    const sources = await readSources(target);
    expect(sources).toHaveLength(Object.keys(cloud.files).length);
    expect(sources.filter(({ rejected }) => rejected > 0)).toEqual([]);
    for (const [fault, sql] of Object.entries(faults)) {
      const found = (await ask(target, `${sql} ORDER BY name`)).map(({ name }) => name);
      expect({ fault, found }).toEqual({ fault, found: [...cloud.planted[fault]!].sort() });
    }
    expect(await ask(target, 'SELECT count(*) AS n FROM iam_statements WHERE problem IS NOT NULL')).toEqual([{ n: 0 }]);
    expect(await ask(target, 'SELECT DISTINCT account FROM config_items')).toEqual([{ account: ACCOUNT }]);
    expect(
      await ask(
        target,
        `SELECT attached_to FROM iam_statements WHERE policy_name = 'star-texts' AND is_default AND sid = 'A' LIMIT 1`,
      ),
    ).toEqual([{ attached_to: ['group/group-0', 'role/role-0', 'user/user-0'] }]);
  },
  120_000,
);
