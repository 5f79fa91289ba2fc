/** What policies allow and deny: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html */
import { flag, json, list, replacedAt, text } from './json-sql.ts';

/** Inline policies of a user, group or role: a list of names and documents. */
function inline(kind: string, member: string): string {
  return `SELECT * EXCLUDE (each, body), 'inline' AS kind, ${text('each::VARCHAR', 'PolicyName')} AS policy_name,
      ${text('each::VARCHAR', 'PolicyDocument')} AS document
    FROM (SELECT ${columns}, unnest(${list('body', member)}) AS each FROM items WHERE resource_type = '${kind}')`;
}

const columns = `source_id, record, captured, account, system, resource_type, resource_id, resource_name, arn, owner, body`;

/** A JSON text, URL-encoded or not; NULL where it is neither. */
const decoded = `CASE WHEN json_valid(document) THEN document
  WHEN json_valid(try(url_decode(document))) THEN try(url_decode(document)) END`;

/** A text or a list of texts, as a list. */
function texts(name: string): string {
  return `CASE json_type(statement, '$.${name}') WHEN 'ARRAY' THEN json_extract_string(statement, '$.${name}[*]')
    WHEN 'VARCHAR' THEN [statement->>'$.${name}'] END`;
}

/**
 * One row a statement. A document that cannot be read gives one row too, whose problem says so. kind: managed, inline,
 * trust (who may take a role), resource (of a bucket, key, topic, queue, repository).
 */
export const iamStatements = `
  WITH items AS (
    SELECT *, CASE WHEN resource_type IN ('iam_user', 'iam_group', 'iam_role')
      THEN replace(resource_type, 'iam_', '') || '/' || coalesce(resource_name, regexp_extract(arn, '[^/]+$'), resource_id) END AS owner
    FROM aws_items WHERE NOT is_deleted),
  documents AS (
    SELECT ${columns}, 'managed' AS kind, coalesce(${text('body', 'PolicyName')}, resource_name) AS policy_name,
      coalesce(arn, resource_id) AS policy_arn, ${text('version', 'VersionId')} AS version_id,
      ${flag('version', 'IsDefaultVersion')} AS is_default, ${text('version', 'Document')} AS document
    FROM (SELECT *, unnest(${list('body', 'PolicyVersionList')})::VARCHAR AS version FROM items WHERE resource_type = 'iam_policy')
    UNION ALL BY NAME
    SELECT ${columns}, 'managed' AS kind, coalesce(${text('body', 'PolicyName')}, resource_name) AS policy_name,
      coalesce(arn, resource_id) AS policy_arn, ${text('body', 'PolicyDocument')} AS document, true AS is_default
    FROM items WHERE resource_type = 'iam_policy' AND ${text('body', 'PolicyDocument')} IS NOT NULL
    UNION ALL BY NAME
    SELECT ${columns}, 'managed' AS kind, regexp_extract(resource_id, '[^/]+$') AS policy_name, resource_id AS policy_arn,
      ${text('body', 'VersionId')} AS version_id, ${flag('body', 'IsDefaultVersion')} AS is_default, ${text('body', 'Document')} AS document
    FROM items WHERE resource_type = 'iam_policy_version'
    UNION ALL BY NAME
    SELECT ${columns}, 'inline' AS kind, ${text('body', 'PolicyName')} AS policy_name, ${text('body', 'PolicyDocument')} AS document,
      CASE resource_type WHEN 'iam_user_policy' THEN 'user/' || ${text('body', 'UserName')}
        WHEN 'iam_role_policy' THEN 'role/' || ${text('body', 'RoleName')} ELSE 'group/' || ${text('body', 'GroupName')} END AS inline_of
    FROM items WHERE resource_type IN ('iam_user_policy', 'iam_role_policy', 'iam_group_policy')
    UNION ALL BY NAME ${inline('iam_user', 'UserPolicyList')}
    UNION ALL BY NAME ${inline('iam_group', 'GroupPolicyList')}
    UNION ALL BY NAME ${inline('iam_role', 'RolePolicyList')}
    UNION ALL BY NAME
    SELECT ${columns}, 'trust' AS kind, 'AssumeRolePolicyDocument' AS policy_name, ${text('body', 'AssumeRolePolicyDocument')} AS document
    FROM items WHERE resource_type = 'iam_role' AND ${text('body', 'AssumeRolePolicyDocument')} IS NOT NULL
    UNION ALL BY NAME
    SELECT ${columns}, 'resource' AS kind, coalesce(resource_name, resource_id) AS policy_name,
      coalesce(${text('body', 'Policy')}, ${text('body', 'PolicyText')}, ${text(json('supplement', 'BucketPolicy'), 'PolicyText')},
        ${text('supplement', 'Policy')}) AS document
    FROM items WHERE resource_type IN ('s3_bucket', 's3_bucket_policy', 'kms_key', 'kms_key_policy', 'sns_topic', 'sqs_queue', 'ecr_repository_policy')
      AND coalesce(${text('body', 'Policy')}, ${text('body', 'PolicyText')}, ${text(json('supplement', 'BucketPolicy'), 'PolicyText')},
        ${text('supplement', 'Policy')}) IS NOT NULL),
  dated AS (
    SELECT *, ${decoded} AS readable, ${replacedAt("resource_type, coalesce(arn, resource_id), kind, CASE WHEN kind = 'inline' THEN '' ELSE policy_name END")} AS replaced_at
    FROM documents),
  stated AS (
    SELECT *, unnest(CASE json_type(readable, '$.Statement') WHEN 'ARRAY' THEN
        CASE WHEN json_array_length(readable, '$.Statement') = 0 THEN [NULL] ELSE json_extract(readable, '$.Statement[*]') END
      WHEN 'OBJECT' THEN [json_extract(readable, '$.Statement')] ELSE [NULL] END)::VARCHAR AS statement
    FROM dated),
  principals AS (
    SELECT captured, ${replacedAt('resource_type, coalesce(arn, resource_id)')} AS replaced_at, owner,
      json_extract_string(body, '$.AttachedManagedPolicies[*].PolicyArn') AS upper_arns,
      json_extract_string(body, '$.attachedManagedPolicies[*].policyArn') AS lower_arns
    FROM items WHERE owner IS NOT NULL AND ${text('body', 'AttachedManagedPolicies')} IS NOT NULL),
  attached AS (
    SELECT captured, replaced_at, owner, unnest(list_concat(coalesce(upper_arns, []), coalesce(lower_arns, []))) AS policy_arn FROM principals),
  attachments AS (
    SELECT d.source_id, d.record, d.policy_arn, list(DISTINCT a.owner ORDER BY a.owner) AS owners
    FROM (SELECT DISTINCT source_id, record, policy_arn, captured, replaced_at FROM dated WHERE policy_arn IS NOT NULL) d
    JOIN attached a ON a.policy_arn = d.policy_arn AND coalesce(a.captured < d.replaced_at, true)
      AND coalesce(d.captured < a.replaced_at, true)
    GROUP BY ALL)
  SELECT s.captured, s.replaced_at, s.account, s.system, s.kind, s.policy_name, s.policy_arn, s.version_id,
    -- A version that does not say it is the default one may be it.
    s.is_default, coalesce(s.policy_arn LIKE 'arn:aws%:iam::aws:policy/%', false) AS is_aws_managed,
    coalesce(t.owners, CASE WHEN s.kind IN ('inline', 'trust') THEN [coalesce(s.inline_of, s.owner)]
      WHEN s.kind = 'resource' THEN [s.resource_id] ELSE [] END) AS attached_to,
    statement->>'$.Sid' AS sid, statement->>'$.Effect' AS effect,
    ${texts('Action')} AS actions, ${texts('NotAction')} AS not_actions, ${texts('Resource')} AS resources, ${texts('NotResource')} AS not_resources,
    CASE json_type(statement, '$.Principal') WHEN 'VARCHAR' THEN [statement->>'$.Principal'] WHEN 'OBJECT' THEN
      list_concat(
        coalesce(nullif(json_extract_string(statement, '$.Principal.*[*]'), []), []),
        list_filter(json_extract_string(statement, '$.Principal.*'), lambda p: NOT starts_with(p, '['))) END AS principals,
    statement->>'$.NotPrincipal' AS not_principals, statement->>'$.Condition' AS conditions,
    CASE WHEN s.readable IS NULL THEN 'The document is not JSON.' WHEN s.statement IS NULL THEN 'The document has no statement.'
      WHEN json_type(s.statement) <> 'OBJECT' THEN 'The statement is not an object.' END AS problem,
    s.source_id, s.record
  FROM stated s LEFT JOIN attachments t ON t.source_id = s.source_id AND t.record = s.record AND t.policy_arn = s.policy_arn`;
