/** Buckets for logs: encrypted, versioned, locked and closed, but for some. */
import { ACCOUNT, configItem, pretty, shuffled, snapshot, type Planting, type Random } from './cloud-folder.ts';

const printedFaults: Readonly<Record<string, (answers: Record<string, unknown>) => void>> = {
  'logs-suspended': (answers) => (answers['get-bucket-versioning'] = { Status: 'Suspended' }),
  'logs-governance': (answers) => (answers['get-object-lock-configuration'] = lock('GOVERNANCE')),
  'logs-unblocked': (answers) => (answers['get-public-access-block'] = block(false)),
  'logs-public': (answers) => (answers['get-bucket-policy-status'] = { PolicyStatus: { IsPublic: true } }),
};

const lock = (Mode: string): unknown => ({
  ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode, Years: 1 } } },
});
const block = (BlockPublicPolicy: boolean): unknown => ({
  PublicAccessBlockConfiguration: {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy,
    RestrictPublicBuckets: true,
  },
});

function printedAnswers(bucket: string): Record<string, unknown> {
  const answers: Record<string, unknown> = {
    'get-bucket-encryption': {
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'k-1' },
            BucketKeyEnabled: true,
          },
        ],
      },
    },
    'get-bucket-versioning': { Status: 'Enabled', MFADelete: 'Disabled' },
    'get-object-lock-configuration': lock('COMPLIANCE'),
    'get-public-access-block': block(true),
    'get-bucket-policy-status': { PolicyStatus: { IsPublic: false } },
  };
  printedFaults[bucket]?.(answers);
  return answers;
}

function recorded(bucket: string): unknown {
  return configItem(
    'AWS::S3::Bucket',
    bucket,
    { name: bucket, creationDate: '2024-01-01T00:00:00.000Z', region: null, owner: { displayName: null, id: ACCOUNT } },
    {
      AccessControlList: JSON.stringify({
        grantSet: null,
        grantList:
          bucket === 'rec-acl'
            ? [{ grantee: 'AllUsers', permission: 'Read' }]
            : [{ grantee: { id: ACCOUNT }, permission: 'FullControl' }],
      }),
      BucketVersioningConfiguration: { status: bucket === 'rec-off' ? 'Off' : 'Enabled', isMfaDeleteEnabled: null },
      PublicAccessBlockConfiguration: {
        blockPublicAcls: true,
        ignorePublicAcls: true,
        blockPublicPolicy: true,
        restrictPublicBuckets: true,
      },
      ServerSideEncryptionConfiguration: {
        rules: [
          {
            applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256', kmsMasterKeyID: null },
            bucketKeyEnabled: false,
          },
        ],
      },
    },
  );
}

export function bucketFiles(random: Random): Planting {
  const printed = [...Object.keys(printedFaults), ...Array.from({ length: 21 }, (_, at) => `logs-${at}`)];
  const kept = ['rec-off', 'rec-acl', ...Array.from({ length: 13 }, (_, at) => `rec-${at}`)];
  const files: Record<string, string> = {};
  for (const bucket of shuffled(printed, random))
    for (const [call, answer] of Object.entries(printedAnswers(bucket)))
      // A file that is named for its bucket; and answers of many buckets in one file, each with the bucket's name put in.
      if (bucket === 'logs-suspended') files[`s3api/${call}/${bucket}.json`] = pretty(answer);
      else
        files[`s3api/${call}.jsonl`] =
          `${files[`s3api/${call}.jsonl`] ?? ''}${JSON.stringify({ Bucket: bucket, ...(answer as object) })}\n`;
  return {
    files: { ...files, 'config/buckets-snapshot.json': snapshot(shuffled(kept, random).map(recorded)) },
    resources: printed.length + kept.length,
    planted: { badBuckets: [...Object.keys(printedFaults), 'rec-off', 'rec-acl'] },
  };
}
