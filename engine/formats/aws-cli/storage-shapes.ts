/** S3, KMS, DynamoDB, RDS, ECR, Secrets Manager, Backup, Systems Manager and others. The first shape that fits decides. */
import type { Shape } from './shape.ts';

/** What says in an answer that there is more of it. */
const pageMembers = ['NextToken', 'IsTruncated', 'Marker'];

/** Members that people put beside an answer, so that it says of which bucket it is. */
const bucketNames = ['Bucket', 'BucketName'];

const bucket = (type: string, has: string, call: string, more: Partial<Shape> = {}): Shape => ({
  type,
  has: [has],
  call: ['s3api', call],
  id: bucketNames,
  ...more,
  only: [...bucketNames, ...(more.only ?? [])],
});

const objectOf: Partial<Shape> = { id: ['Bucket+Key'], only: ['Key'] };

const buckets: readonly Shape[] = [
  bucket('s3_bucket_encryption', 'ServerSideEncryptionConfiguration', 'get-bucket-encryption'),
  bucket('s3_bucket_versioning', 'Status', 'get-bucket-versioning', { only: ['MFADelete'] }),
  bucket('s3_object_lock', 'ObjectLockConfiguration', 'get-object-lock-configuration'),
  bucket('s3_public_access_block', 'PublicAccessBlockConfiguration', 'get-public-access-block'),
  bucket('s3_bucket_policy_status', 'PolicyStatus', 'get-bucket-policy-status'),
  bucket('s3_bucket_logging', 'LoggingEnabled', 'get-bucket-logging'),
  bucket('s3_bucket_acl', 'Grants', 'get-bucket-acl', { only: ['Owner'] }),
  bucket('s3_bucket_lifecycle', 'Rules', 'get-bucket-lifecycle(?:-configuration)?', {
    only: ['TransitionDefaultMinimumObjectSize'],
  }),
  bucket('s3_bucket_replication', 'ReplicationConfiguration', 'get-bucket-replication'),
  bucket('s3_bucket_location', 'LocationConstraint', 'get-bucket-location'),
  bucket('s3_bucket_tagging', 'TagSet', 'get-bucket-tagging'),
  bucket('s3_bucket_ownership', 'OwnershipControls', 'get-bucket-ownership-controls'),
  bucket('s3_bucket_cors', 'CORSRules', 'get-bucket-cors'),
  bucket('s3_object_legal_hold', 'LegalHold', 'get-object-legal-hold', objectOf),
  bucket('s3_object_retention', 'Retention', 'get-object-retention', objectOf),
  {
    type: 's3_bucket',
    has: ['Name', 'CreationDate'],
    only: ['BucketRegion', 'BucketArn'],
    id: ['Name'],
    name: ['Name'],
    lists: ['Buckets'],
  },
  { type: 's3_bucket', has: ['Name', 'EncryptionRules'], id: ['Name'], name: ['Name'] },
];

const keys: readonly Shape[] = [
  {
    type: 'kms_key',
    has: ['KeyId'],
    any: ['KeyManager', 'KeyState'],
    id: ['Arn', 'KeyId'],
    wrap: 'KeyMetadata',
  },
  { type: 'kms_grant', has: ['GrantId', 'GranteePrincipal'], id: ['GrantId'] },
  { type: 'kms_key_listing', has: ['KeyId', 'KeyArn'], only: [], id: ['KeyArn'], lists: ['Keys'] },
  { type: 'kms_key_rotation', has: ['KeyRotationEnabled'], id: ['KeyId'], call: ['kms', 'get-key-rotation-status'] },
  { type: 'kms_alias', has: ['AliasName', 'AliasArn'], id: ['AliasArn'], name: ['AliasName'], lists: ['Aliases'] },
];

const tables: readonly Shape[] = [
  {
    type: 'dynamodb_table',
    has: ['TableName'],
    any: ['KeySchema', 'TableStatus'],
    id: ['TableArn', 'TableName'],
    name: ['TableName'],
    wrap: 'Table',
  },
  {
    type: 'dynamodb_table',
    has: ['KeySchema', 'TableStatus'],
    any: ['TableArn', 'TableId'],
    id: ['TableArn', 'TableId'],
    name: ['Name'],
  },
  {
    type: 'dynamodb_continuous_backups',
    has: ['ContinuousBackupsStatus'],
    wrap: 'ContinuousBackupsDescription',
    id: ['TableArn', 'TableName'],
    call: ['dynamodb', 'describe-continuous-backups'],
  },
  {
    type: 'dynamodb_backup',
    has: ['BackupDetails'],
    id: ['BackupDetails.BackupArn'],
    name: ['BackupDetails.BackupName'],
    wrap: 'BackupDescription',
  },
  {
    type: 'dynamodb_backup',
    has: ['BackupArn', 'TableName'],
    id: ['BackupArn'],
    name: ['BackupName'],
    lists: ['BackupSummaries'],
  },
  {
    type: 'db_instance',
    has: ['DBInstanceIdentifier'],
    any: ['DBInstanceClass', 'DBInstanceStatus'],
    id: ['DBInstanceArn', 'DBInstanceIdentifier'],
    name: ['DBInstanceIdentifier'],
    lists: ['DBInstances'],
    wrap: 'DBInstance',
  },
  {
    type: 'db_snapshot',
    has: ['DBSnapshotIdentifier'],
    any: ['Engine', 'SnapshotType'],
    id: ['DBSnapshotArn', 'DBSnapshotIdentifier'],
    name: ['DBSnapshotIdentifier'],
    lists: ['DBSnapshots'],
  },
  {
    type: 'db_cluster_snapshot',
    has: ['DBClusterSnapshotIdentifier', 'Engine'],
    id: ['DBClusterSnapshotArn', 'DBClusterSnapshotIdentifier'],
    name: ['DBClusterSnapshotIdentifier'],
    lists: ['DBClusterSnapshots'],
  },
  {
    type: 'db_snapshot_attributes',
    has: ['DBSnapshotIdentifier', 'DBSnapshotAttributes'],
    id: ['DBSnapshotIdentifier'],
    wrap: 'DBSnapshotAttributesResult',
  },
  {
    type: 'dynamodb_time_to_live',
    has: ['TimeToLiveStatus'],
    wrap: 'TimeToLiveDescription',
    id: ['TableName'],
    call: ['dynamodb', 'describe-time-to-live'],
  },
  {
    type: 'dynamodb_table_names',
    has: ['TableNames'],
    only: [...pageMembers, 'LastEvaluatedTableName'],
    ofAccount: true,
  },
  {
    type: 'db_cluster',
    has: ['DBClusterIdentifier', 'Engine'],
    any: ['DBClusterMembers', 'Status'],
    id: ['DBClusterArn', 'DBClusterIdentifier'],
    name: ['DBClusterIdentifier'],
    lists: ['DBClusters'],
    wrap: 'DBCluster',
  },
];

const others: readonly Shape[] = [
  {
    type: 'ecr_repository',
    has: ['repositoryName', 'repositoryArn'],
    id: ['repositoryArn'],
    name: ['repositoryName'],
    lists: ['repositories'],
  },
  {
    type: 'ecr_repository_policy',
    has: ['repositoryName', 'policyText'],
    id: ['repositoryName'],
    name: ['repositoryName'],
  },
  {
    type: 'ecr_image',
    has: ['repositoryName', 'imageDigest'],
    any: ['imagePushedAt', 'imageSizeInBytes'],
    id: ['repositoryName+imageDigest'],
    lists: ['imageDetails'],
  },
  {
    type: 'patch_state',
    has: ['InstanceId', 'BaselineId'],
    any: ['MissingCount', 'InstalledCount'],
    id: ['InstanceId'],
    lists: ['InstancePatchStates'],
  },
  {
    type: 'managed_instance',
    has: ['InstanceId', 'PingStatus'],
    id: ['InstanceId'],
    name: ['ComputerName'],
    lists: ['InstanceInformationList'],
  },
  {
    type: 'ssm_parameter',
    has: ['Name', 'Type', 'Version'],
    any: ['ARN', 'LastModifiedDate'],
    id: ['ARN', 'Name'],
    name: ['Name'],
    lists: ['Parameters'],
  },
  {
    type: 'secret',
    has: ['ARN', 'Name'],
    any: ['RotationEnabled', 'SecretVersionsToStages', 'VersionIdsToStages', 'LastChangedDate'],
    id: ['ARN'],
    name: ['Name'],
    lists: ['SecretList'],
  },
  { type: 'backup_job', has: ['BackupJobId'], id: ['BackupJobId'], lists: ['BackupJobs'] },
  {
    type: 'recovery_point',
    has: ['RecoveryPointArn'],
    any: ['BackupVaultName', 'Status'],
    id: ['RecoveryPointArn'],
    lists: ['RecoveryPoints'],
  },
  {
    type: 'backup_plan',
    has: ['BackupPlanId'],
    id: ['BackupPlanArn', 'BackupPlanId'],
    name: ['BackupPlanName'],
    lists: ['BackupPlansList'],
  },
  {
    type: 'backup_vault',
    has: ['BackupVaultName', 'BackupVaultArn'],
    id: ['BackupVaultArn'],
    name: ['BackupVaultName'],
    lists: ['BackupVaultList'],
  },
  { type: 'protected_resource', has: ['ResourceArn', 'LastBackupTime'], id: ['ResourceArn'] },
  {
    type: 'lambda_function',
    has: ['FunctionName', 'FunctionArn'],
    id: ['FunctionArn'],
    name: ['FunctionName'],
    lists: ['Functions'],
  },
  {
    type: 'certificate',
    has: ['CertificateArn', 'DomainName'],
    id: ['CertificateArn'],
    name: ['DomainName'],
    lists: ['CertificateSummaryList'],
    wrap: 'Certificate',
  },
  { type: 'sns_topic', has: ['TopicArn', 'Policy'], id: ['TopicArn'], wrap: 'Attributes' },
  { type: 'sqs_queue', has: ['QueueArn', 'Policy'], id: ['QueueArn'], wrap: 'Attributes' },
  {
    type: 'file_system',
    has: ['FileSystemId', 'LifeCycleState'],
    any: ['CreationToken', 'Encrypted'],
    id: ['FileSystemArn', 'FileSystemId'],
    name: ['Name'],
    lists: ['FileSystems'],
  },
];

export const storageShapes: readonly Shape[] = [...buckets, ...keys, ...tables, ...others];
