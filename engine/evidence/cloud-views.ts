/**
 * What configurations of AWS say, as columns. The command line and AWS Config describe the same things with names that
 * differ in case and in where they stand; these views hide that. Plain SQL over `config_items`; JSON that cannot be read
 * there gives NULL, never a row less.
 *
 * Every row has `captured`, when it was looked at, and `replaced_at`, when the same thing was looked at again (NULL: never
 * since). As it was at a time T: `captured <= T AND (replaced_at IS NULL OR replaced_at > T)`. A resource that a later
 * answer merely no longer lists is not replaced by it: nothing in an answer says that it lists everything.
 */
import { iamStatements } from './iam-views.ts';
import { flag, json, list, number, replacedAt, text } from './json-sql.ts';

interface CloudView {
  readonly name: string;
  readonly means: string;
  readonly sql: string;
}

/** What an item of AWS Config has around the configuration, and what the command line prints, side by side. */
const awsItems = `
  WITH readable AS (
    SELECT *, CASE WHEN json_valid(configuration) THEN configuration END AS whole FROM config_items WHERE provider = 'aws'),
  told AS (
    SELECT *, ${text('whole', 'configurationItemStatus')} AS status,
      whole IS NOT NULL AND json_exists(whole, '$.configurationItemCaptureTime') AS of_config
    FROM readable)
  SELECT source_id, record, captured, account, region, system, resource_type, resource_id, resource_name,
    of_config, coalesce(status IN ('ResourceDeleted', 'ResourceDeletedNotRecorded'), false) AS is_deleted,
    coalesce(CASE WHEN of_config THEN whole->>'$.arn' ELSE NULL END, ${text('whole', 'Arn')}, whole->>'$.ARN',
      CASE WHEN starts_with(resource_id, 'arn:') THEN resource_id END) AS arn,
    CASE WHEN of_config THEN ${json('whole', 'configuration')} ELSE whole END AS body,
    CASE WHEN of_config THEN ${json('whole', 'supplementaryConfiguration')} END AS supplement,
    whole->>'$.tags' AS tags
  FROM told`;

const ofItem = 'source_id, record, captured, account, region, system';

const protocolWord = (protocol: string): string => `CASE lower(${protocol})
  WHEN '-1' THEN 'all' WHEN '6' THEN 'tcp' WHEN '17' THEN 'udp' WHEN '1' THEN 'icmp' WHEN '58' THEN 'icmpv6'
  ELSE lower(${protocol}) END`;

/** In Config, ipRanges are texts and ipv4Ranges say the same with descriptions. */
const groupRules = `
  WITH groups AS (
    SELECT *, ${replacedAt('resource_type, resource_id')} AS replaced_at FROM aws_items
    WHERE resource_type IN ('security_group', 'security_group_rule')),
  permissions AS (
    SELECT * EXCLUDE (permission), permission::VARCHAR AS permission FROM (
      SELECT ${ofItem}, replaced_at, resource_id AS group_id, coalesce(${text('body', 'GroupName')}, resource_name) AS group_name,
        ${text('body', 'VpcId')} AS vpc_id, 'ingress' AS direction, unnest(${list('body', 'IpPermissions')}) AS permission
      FROM groups WHERE resource_type = 'security_group' AND NOT is_deleted
      UNION ALL
      SELECT ${ofItem}, replaced_at, resource_id, coalesce(${text('body', 'GroupName')}, resource_name),
        ${text('body', 'VpcId')}, 'egress', unnest(${list('body', 'IpPermissionsEgress')})
      FROM groups WHERE resource_type = 'security_group' AND NOT is_deleted)),
  ends AS (
    SELECT * EXCLUDE (permission, peers), permission, unnest(CASE WHEN len(peers) = 0 THEN [NULL] ELSE peers END)::VARCHAR AS peer
    FROM (SELECT *, list_concat(
        CASE WHEN len(coalesce(json_extract(permission, '$.ipv4Ranges[*]'), [])) > 0
          THEN json_extract(permission, '$.ipv4Ranges[*]') ELSE ${list('permission', 'IpRanges')} END,
        ${list('permission', 'Ipv6Ranges')}, ${list('permission', 'PrefixListIds')},
        ${list('permission', 'UserIdGroupPairs')}) AS peers
      FROM permissions)),
  rules AS (
    SELECT * EXCLUDE (permission, peer), NULL::VARCHAR AS rule_id, ${text('permission', 'IpProtocol')} AS written_protocol,
      ${number('permission', 'FromPort')} AS low, ${number('permission', 'ToPort')} AS high,
      coalesce(CASE WHEN json_type(peer) = 'VARCHAR' AND contains(peer, '/') AND NOT contains(peer, ':') THEN peer->>'$' END,
        ${text('peer', 'CidrIp')}) AS cidr_v4,
      coalesce(CASE WHEN json_type(peer) = 'VARCHAR' AND contains(peer, ':') THEN peer->>'$' END, ${text('peer', 'CidrIpv6')}) AS cidr_v6,
      ${text('peer', 'PrefixListId')} AS prefix_list, ${text('peer', 'GroupId')} AS referenced_group,
      ${text('peer', 'UserId')} AS referenced_account, ${text('peer', 'Description')} AS description
    FROM ends
    UNION ALL BY NAME
    SELECT ${ofItem}, replaced_at, ${text('body', 'GroupId')} AS group_id,
      CASE WHEN ${flag('body', 'IsEgress')} THEN 'egress' ELSE 'ingress' END AS direction, resource_id AS rule_id,
      ${text('body', 'IpProtocol')} AS written_protocol, ${number('body', 'FromPort')} AS low, ${number('body', 'ToPort')} AS high,
      ${text('body', 'CidrIpv4')} AS cidr_v4, ${text('body', 'CidrIpv6')} AS cidr_v6, ${text('body', 'PrefixListId')} AS prefix_list,
      ${text(json('body', 'ReferencedGroupInfo'), 'GroupId')} AS referenced_group,
      ${text(json('body', 'ReferencedGroupInfo'), 'UserId')} AS referenced_account, ${text('body', 'Description')} AS description
    FROM groups WHERE resource_type = 'security_group_rule' AND NOT is_deleted),
  worded AS (SELECT *, ${protocolWord('written_protocol')} AS protocol FROM rules)
  SELECT captured, replaced_at, account, region, system, group_id, group_name, vpc_id, rule_id, direction, protocol,
    -- All ports, where the protocol has some: 22 BETWEEN from_port AND to_port holds for every rule that lets 22 through.
    CASE WHEN protocol = 'all' OR (protocol IN ('tcp', 'udp') AND coalesce(low, -1) < 0) THEN 0
      WHEN protocol IN ('tcp', 'udp') THEN low END::INTEGER AS from_port,
    CASE WHEN protocol = 'all' OR (protocol IN ('tcp', 'udp') AND coalesce(low, -1) < 0) THEN 65535
      WHEN protocol IN ('tcp', 'udp') THEN coalesce(high, low) END::INTEGER AS to_port,
    CASE WHEN protocol IN ('icmp', 'icmpv6') THEN low END::INTEGER AS icmp_type,
    CASE WHEN protocol IN ('icmp', 'icmpv6') THEN high END::INTEGER AS icmp_code,
    cidr_v4, cidr_v6, try_cast(split_part(coalesce(cidr_v4, cidr_v6), '/', 2) AS INTEGER) AS prefix_length,
    prefix_list, referenced_group, referenced_account, description,
    coalesce(ends_with(cidr_v4, '/0'), false) OR coalesce(ends_with(cidr_v6, '/0'), false) AS is_open_to_world,
    source_id, record
  FROM worded`;

/** Answers about the same trail: by its ARN or its name, and looked at at the same time. */
const trails = `
  WITH named AS (
    SELECT *, coalesce(${text('body', 'TrailARN')}, body->>'$.trailARN', arn) AS trail_arn,
      coalesce(${text('body', 'Name')}, resource_name,
        nullif(regexp_extract(resource_id, ':trail/(.+)$', 1), ''), resource_id) AS trail_name
    FROM aws_items WHERE resource_type IN ('trail', 'trail_listing', 'trail_status', 'trail_event_selectors')),
  described AS (
    SELECT *, ${replacedAt('account, trail_name')} AS replaced_at FROM named
    WHERE resource_type IN ('trail', 'trail_listing')
    -- Of a trail that every region lists, and of one that is listed as well as described, one row.
    QUALIFY row_number() OVER (PARTITION BY coalesce(trail_arn, trail_name), captured
      ORDER BY resource_type, source_id, record) = 1),
  status AS (
    SELECT captured, account, trail_name, ${flag('body', 'IsLogging')} AS is_logging,
      ${text('body', 'LatestDeliveryTime')} AS latest_delivery, ${text('body', 'LatestDeliveryError')} AS delivery_error
    FROM named WHERE resource_type = 'trail_status'
    QUALIFY row_number() OVER (PARTITION BY account, trail_name, captured ORDER BY source_id, record) = 1),
  selectors AS (
    SELECT captured, trail_arn, coalesce(${text('body', 'EventSelectors')}, ${text('body', 'AdvancedEventSelectors')}) AS selectors
    FROM named WHERE resource_type = 'trail_event_selectors'
    QUALIFY row_number() OVER (PARTITION BY trail_arn, captured ORDER BY source_id, record) = 1)
  SELECT d.captured, d.replaced_at, d.account, d.region, d.system, d.trail_name AS name, d.trail_arn,
    coalesce(${text('d.body', 'HomeRegion')}, d.region) AS home_region, ${flag('d.body', 'IsMultiRegionTrail')} AS is_multi_region,
    ${flag('d.body', 'IsOrganizationTrail')} AS is_organization,
    ${flag('d.body', 'IncludeGlobalServiceEvents')} AS includes_global_events,
    ${flag('d.body', 'LogFileValidationEnabled')} AS validates_files, ${text('d.body', 'KmsKeyId')} AS kms_key,
    ${text('d.body', 'S3BucketName')} AS bucket, ${text('d.body', 'CloudWatchLogsLogGroupArn')} AS log_group,
    coalesce(s.is_logging, ${flag(json('d.body', 'Status'), 'IsLogging')}) AS is_logging,
    coalesce(s.latest_delivery, ${text(json('d.body', 'Status'), 'LatestDeliveryTime')}) AS latest_delivery,
    coalesce(s.delivery_error, ${text(json('d.body', 'Status'), 'LatestDeliveryError')}) AS delivery_error,
    coalesce(e.selectors, ${text('d.body', 'EventSelectors')}) AS event_selectors, d.source_id, d.record
  FROM described d
  LEFT JOIN status s ON s.trail_name IN (d.trail_name, d.trail_arn) AND s.captured = d.captured
    AND coalesce(s.account = d.account, true)
  LEFT JOIN selectors e ON e.trail_arn = d.trail_arn AND e.captured = d.captured
  WHERE NOT d.is_deleted`;

const flowLogs = `
  SELECT captured, ${replacedAt('resource_id')} AS replaced_at, account, region, system, resource_id AS flow_log_id,
    ${text('body', 'ResourceId')} AS resource, ${text('body', 'TrafficType')} AS traffic, ${text('body', 'FlowLogStatus')} AS status,
    ${text('body', 'DeliverLogsStatus')} AS delivery, ${text('body', 'DeliverLogsErrorMessage')} AS delivery_error,
    coalesce(${text('body', 'LogDestinationType')}, 'cloud-watch-logs') AS destination_type,
    ${text('body', 'LogDestination')} AS destination, ${text('body', 'LogGroupName')} AS log_group, source_id, record
  FROM aws_items WHERE resource_type = 'flow_log'
  QUALIFY NOT is_deleted`;

/** A filter gives a metric, an alarm watches it: by its name and namespace, in the same account and region. */
const metricFilterAlarms = `
  WITH filters AS (
    SELECT * EXCLUDE (made), made::VARCHAR AS made FROM (
      SELECT ${ofItem}, ${replacedAt('account, region, resource_id')} AS replaced_at,
        ${text('body', 'LogGroupName')} AS log_group, ${text('body', 'FilterName')} AS filter_name,
        ${text('body', 'FilterPattern')} AS filter_pattern,
        unnest(CASE WHEN len(${list('body', 'MetricTransformations')}) = 0 THEN [NULL]
          ELSE ${list('body', 'MetricTransformations')} END) AS made, is_deleted
      FROM aws_items WHERE resource_type = 'metric_filter')
    WHERE NOT is_deleted),
  alarm_items AS (
    SELECT *, ${replacedAt('resource_id')} AS replaced_at FROM aws_items WHERE resource_type = 'alarm'),
  -- An alarm on an expression watches several metrics.
  watched AS (
    SELECT source_id, record, captured, replaced_at, account, region, resource_id, body, is_deleted, ${text('body', 'MetricName')} AS metric_name,
      ${text('body', 'Namespace')} AS metric_namespace
    FROM alarm_items WHERE ${text('body', 'MetricName')} IS NOT NULL
    UNION ALL
    SELECT source_id, record, captured, replaced_at, account, region, resource_id, body, is_deleted, ${text(json(json('m', 'MetricStat'), 'Metric'), 'MetricName')},
      ${text(json(json('m', 'MetricStat'), 'Metric'), 'Namespace')}
    FROM (SELECT *, unnest(${list('body', 'Metrics')})::VARCHAR AS m FROM alarm_items))
  SELECT f.captured, f.replaced_at, f.account, f.region, f.system, f.log_group, f.filter_name, f.filter_pattern,
    ${text('f.made', 'MetricName')} AS metric_name, ${text('f.made', 'MetricNamespace')} AS metric_namespace,
    ${text('w.body', 'AlarmName')} AS alarm_name, ${flag('w.body', 'ActionsEnabled')} AS actions_enabled,
    ${text('w.body', 'AlarmActions')} AS alarm_actions,
    CASE WHEN w.body IS NOT NULL THEN len(${list('w.body', 'AlarmActions')}) END::INTEGER AS alarm_action_count,
    ${text('w.body', 'StateValue')} AS alarm_state, w.source_id AS alarm_source_id, w.record AS alarm_record,
    f.source_id, f.record
  FROM filters f LEFT JOIN watched w ON NOT w.is_deleted AND w.metric_name = ${text('f.made', 'MetricName')}
    AND w.metric_namespace = ${text('f.made', 'MetricNamespace')}
    AND coalesce(w.account = f.account, true) AND coalesce(w.region = f.region, true)
    AND coalesce(w.captured < f.replaced_at, true) AND coalesce(f.captured < w.replaced_at, true)`;

/** What a key is called without what its ARN says around it. */
const keyOf = (expression: string): string => `regexp_replace(${expression}, '^.*[:]key/', '')`;

const kmsKeys = `
  WITH parts AS (
    SELECT ${ofItem}, resource_type, ${keyOf('coalesce(' + text('body', 'KeyId') + ', resource_id)')} AS key_id, is_deleted,
      CASE WHEN resource_type <> 'kms_key_rotation' THEN coalesce(arn, ${text('body', 'KeyArn')}) END AS key_arn,
      CASE WHEN resource_type = 'kms_key' THEN lower(${text('body', 'KeyManager')}) END AS manager,
      ${text('body', 'KeyState')} AS state, ${text('body', 'KeyUsage')} AS usage, ${text('body', 'Origin')} AS origin,
      coalesce(${text('body', 'KeySpec')}, ${text('body', 'CustomerMasterKeySpec')}) AS spec,
      coalesce(${flag('body', 'KeyRotationEnabled')}, ${flag('supplement', 'KeyRotationStatus')}) AS rotation_enabled,
      ${number('body', 'RotationPeriodInDays')} AS rotation_days
    FROM aws_items WHERE resource_type IN ('kms_key', 'kms_key_listing', 'kms_key_rotation')),
  merged AS (
    SELECT captured, min(account) AS account, min(region) AS region, min(system) AS system, key_id, max(key_arn) AS key_arn, max(manager) AS manager,
      max(state) AS state, max(usage) AS usage, max(origin) AS origin, max(spec) AS spec,
      bool_or(rotation_enabled) AS rotation_enabled, max(rotation_days)::INTEGER AS rotation_days,
      bool_or(is_deleted) AS is_deleted, arg_min(source_id, (source_id, record)) AS source_id,
      arg_min(record, (source_id, record)) AS record
    FROM parts GROUP BY captured, key_id)
  SELECT captured, ${replacedAt('key_id')} AS replaced_at, account, region, system, key_id, key_arn, manager, state, usage,
    origin, spec, rotation_enabled, rotation_days, source_id, record
  FROM merged QUALIFY NOT is_deleted`;

/** What calls and Config say of one bucket, each in its own rows; NULL where nobody looked. */
const s3Buckets = `
  WITH items AS (
    SELECT *, coalesce(CASE WHEN resource_type = 's3_bucket' THEN ${text('body', 'Name')} END,
        regexp_replace(resource_id, '^arn:aws[a-z-]*:s3:::', '')) AS bucket,
      coalesce(${json('body', 'ServerSideEncryptionConfiguration')}, ${json('supplement', 'ServerSideEncryptionConfiguration')}) AS encrypting,
      coalesce(${json('body', 'ObjectLockConfiguration')}, ${json('supplement', 'ObjectLockConfiguration')}) AS locking,
      coalesce(${json('body', 'PublicAccessBlockConfiguration')}, ${json('supplement', 'PublicAccessBlockConfiguration')}) AS blocking,
      ${json('supplement', 'BucketVersioningConfiguration')} AS keeping,
      CASE WHEN resource_type IN ('s3_bucket', 's3_bucket_policy') THEN coalesce(${text('body', 'Policy')},
        ${text(json('supplement', 'BucketPolicy'), 'PolicyText')}) END AS policy,
      CASE WHEN resource_type IN ('s3_bucket', 's3_bucket_acl') THEN coalesce(${text('body', 'Grants')},
        ${text('supplement', 'AccessControlList')}) END AS grants
    FROM aws_items WHERE starts_with(resource_type, 's3_bucket') OR resource_type IN ('s3_object_lock', 's3_public_access_block')),
  parts AS (
    SELECT ${ofItem}, bucket, is_deleted,
      coalesce(encrypting->>'$.Rules[0].ApplyServerSideEncryptionByDefault.SSEAlgorithm',
        encrypting->>'$.rules[0].applyServerSideEncryptionByDefault.sseAlgorithm',
        body->>'$.EncryptionRules[0].ApplyServerSideEncryptionByDefault.SSEAlgorithm') AS encryption,
      coalesce(encrypting->>'$.Rules[0].ApplyServerSideEncryptionByDefault.KMSMasterKeyID',
        encrypting->>'$.rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyID',
        body->>'$.EncryptionRules[0].ApplyServerSideEncryptionByDefault.KMSMasterKeyID') AS kms_key,
      coalesce(CASE WHEN resource_type = 's3_bucket_versioning' THEN body->>'$.Status' END, keeping->>'$.status',
        CASE WHEN resource_type = 's3_bucket' THEN body->>'$.Versioning' END) AS versioning,
      coalesce(CASE WHEN resource_type = 's3_bucket_versioning' THEN body->>'$.MFADelete' END,
        CASE keeping->>'$.isMfaDeleteEnabled' WHEN 'true' THEN 'Enabled' WHEN 'false' THEN 'Disabled' END,
        CASE WHEN resource_type = 's3_bucket' THEN body->>'$.MFADelete' END) AS mfa_delete,
      coalesce(locking->>'$.ObjectLockEnabled', locking->>'$.objectLockEnabled') = 'Enabled' AS object_lock,
      coalesce(locking->>'$.Rule.DefaultRetention.Mode', locking->>'$.rule.defaultRetention.mode') AS object_lock_mode,
      coalesce(try_cast(coalesce(locking->>'$.Rule.DefaultRetention.Days', locking->>'$.rule.defaultRetention.days') AS INTEGER),
        365 * try_cast(coalesce(locking->>'$.Rule.DefaultRetention.Years', locking->>'$.rule.defaultRetention.years') AS INTEGER)) AS object_lock_days,
      ${flag('blocking', 'BlockPublicAcls')} AS block_public_acls, ${flag('blocking', 'IgnorePublicAcls')} AS ignore_public_acls,
      ${flag('blocking', 'BlockPublicPolicy')} AS block_public_policy,
      ${flag('blocking', 'RestrictPublicBuckets')} AS restrict_public_buckets,
      ${flag(json('body', 'PolicyStatus'), 'IsPublic')} AS policy_public, policy,
      CASE WHEN grants IS NOT NULL THEN grants LIKE '%global/AllUsers%'
        OR grants LIKE '%global/AuthenticatedUsers%' OR grants LIKE '%"AllUsers"%' OR grants LIKE '%"AuthenticatedUsers"%' END AS acl_public,
      coalesce(body->>'$.LoggingEnabled.TargetBucket', ${text(json('supplement', 'BucketLoggingConfiguration'), 'DestinationBucketName')},
        body->>'$.LoggingPolicy.TargetBucket') AS logging_bucket, source_id AS s, record AS r
    FROM items),
  merged AS (
    SELECT captured, bucket, min(account) AS account, min(region) AS region, min(system) AS system,
      max(encryption) AS encryption, max(kms_key) AS kms_key, max(versioning) AS versioning, max(mfa_delete) AS mfa_delete,
      bool_or(object_lock) AS object_lock, max(object_lock_mode) AS object_lock_mode, min(object_lock_days) AS object_lock_days,
      bool_and(block_public_acls) AS block_public_acls, bool_and(ignore_public_acls) AS ignore_public_acls,
      bool_and(block_public_policy) AS block_public_policy, bool_and(restrict_public_buckets) AS restrict_public_buckets,
      bool_or(policy_public) AS policy_public, max(policy) AS policy, bool_or(acl_public) AS acl_public,
      max(logging_bucket) AS logging_bucket, bool_or(is_deleted) AS is_deleted, count(*) AS parts,
      arg_min(source_id, (source_id, record)) AS source_id, arg_min(record, (source_id, record)) AS record
    FROM parts GROUP BY captured, bucket)
  SELECT captured, ${replacedAt('bucket')} AS replaced_at, account, region, system, bucket, encryption, kms_key, versioning,
    mfa_delete, object_lock, object_lock_mode, object_lock_days, block_public_acls, ignore_public_acls, block_public_policy,
    restrict_public_buckets, policy_public, policy, acl_public, logging_bucket, parts, source_id, record
  FROM merged QUALIFY NOT is_deleted`;

const dynamodbTables = `
  WITH described AS (
    SELECT ${ofItem}, coalesce(${text('body', 'TableName')}, resource_name, resource_id) AS table_name,
      coalesce(${text('body', 'TableArn')}, arn) AS table_arn, ${text('body', 'TableStatus')} AS status,
      coalesce(sse->>'$.Status', sse->>'$.status') AS encryption_status,
      coalesce(sse->>'$.SSEType', sse->>'$.sseType', sse->>'$.ssetype') AS encryption,
      coalesce(sse->>'$.KMSMasterKeyArn', sse->>'$.kmsMasterKeyArn', sse->>'$.kmsmasterKeyArn') AS kms_key,
      ${flag('body', 'DeletionProtectionEnabled')} AS deletion_protection, is_deleted
    FROM (SELECT *, coalesce(${json('body', 'SSEDescription')}, ${json('body', 'sseDescription')}, ${json('body', 'ssedescription')}) AS sse
      FROM aws_items WHERE resource_type = 'dynamodb_table')),
  timed AS (SELECT *, ${replacedAt('account, region, table_name')} AS replaced_at FROM described),
  backups AS (
    SELECT captured, account, regexp_replace(resource_id, '^.*[:]table/', '') AS table_name,
      coalesce(${json('body', 'PointInTimeRecoveryDescription')}, '{}') AS recovery, source_id, record
    FROM aws_items WHERE resource_type = 'dynamodb_continuous_backups'
    QUALIFY row_number() OVER (PARTITION BY account, resource_id, captured ORDER BY source_id, record) = 1)
  SELECT d.captured, d.replaced_at, d.account, d.region, d.system, d.table_name, d.table_arn, d.status,
    d.encryption, d.encryption_status, d.kms_key,
    -- Who manages the key: only what is known of the key itself tells a customer's from AWS's own.
    (SELECT max(k.manager) FROM kms_keys k WHERE k.key_id = ${keyOf('d.kms_key')}) AS key_manager,
    ${text('b.recovery', 'PointInTimeRecoveryStatus')} AS point_in_time_recovery, d.deletion_protection, d.source_id, d.record
  FROM timed d LEFT JOIN backups b ON b.table_name = d.table_name AND b.captured = d.captured AND coalesce(b.account = d.account, true)
  WHERE NOT d.is_deleted`;

/** The views of cloud configurations, in an order in which each can be made; they need `config_items`. */
export const cloudViews: readonly CloudView[] = [
  {
    name: 'aws_items',
    means: 'config_items of AWS, what AWS Config puts around a configuration taken off',
    sql: awsItems,
  },
  {
    name: 'security_group_rules',
    means: 'one row a rule of a security group and what it lets in or out',
    sql: groupRules,
  },
  { name: 'iam_statements', means: 'one row a statement of a policy', sql: iamStatements },
  {
    name: 'trails',
    means: 'one row a CloudTrail trail, with its status and selectors as of the same time',
    sql: trails,
  },
  { name: 's3_buckets', means: 'one row a bucket and time, merged from what was asked of it then', sql: s3Buckets },
  { name: 'kms_keys', means: 'one row a KMS key and time, merged from what was asked of it then', sql: kmsKeys },
  { name: 'flow_logs', means: 'one row a flow log', sql: flowLogs },
  {
    name: 'metric_filter_alarms',
    means: 'one row a metric of a log filter and alarm that watches it',
    sql: metricFilterAlarms,
  },
  { name: 'dynamodb_tables', means: 'one row a DynamoDB table', sql: dynamodbTables },
];
