/** Keys and tables. */
import { ACCOUNT, configItem, pretty, REGION, shuffled, snapshot, type Planting, type Random } from './cloud-folder.ts';

const keyArn = (id: string): string => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${id}`;

export function otherFiles(random: Random): Planting {
  const printed = Array.from({ length: 15 }, (_, at) => `k-${at}`);
  const keyFiles = printed.flatMap((id, at) => {
    // AWS rotates its own keys, and says so in no answer.
    const manager = at === 14 ? 'AWS' : 'CUSTOMER';
    const metadata = {
      AWSAccountId: ACCOUNT,
      KeyId: id,
      Arn: keyArn(id),
      Enabled: true,
      KeyUsage: 'ENCRYPT_DECRYPT',
      KeyState: 'Enabled',
      Origin: 'AWS_KMS',
      KeyManager: manager,
      KeySpec: 'SYMMETRIC_DEFAULT',
    };
    // Newer versions say of which key; older ones do not.
    const rotation =
      at !== 1
        ? { KeyId: keyArn(id), KeyRotationEnabled: at !== 2 && at !== 14, RotationPeriodInDays: 365 }
        : { KeyRotationEnabled: true };
    return [
      [`kms/describe-key-${id}.json`, pretty({ KeyMetadata: metadata })],
      [`kms/get-key-rotation-status/${id}.json`, pretty(rotation)],
    ];
  });
  const recorded = Array.from({ length: 10 }, (_, at) =>
    configItem(
      'AWS::KMS::Key',
      `r-${at}`,
      {
        awsaccountId: ACCOUNT,
        keyId: `r-${at}`,
        arn: keyArn(`r-${at}`),
        enabled: true,
        keyUsage: 'ENCRYPT_DECRYPT',
        keyState: 'Enabled',
        origin: 'AWS_KMS',
        keyManager: 'CUSTOMER',
      },
      { KeyRotationStatus: at !== 5 },
    ),
  );
  const table = (name: string, encrypted: boolean): object => ({
    TableName: name,
    TableStatus: 'ACTIVE',
    TableArn: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`,
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    ...(encrypted ? { SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: keyArn('k-0') } } : {}),
  });
  const tables = Array.from({ length: 12 }, (_, at) => [
    `dynamodb/describe-table-t-${at}.json`,
    pretty({ Table: table(`t-${at}`, at !== 6) }),
  ]);
  const recordedTables = Array.from({ length: 8 }, (_, at) =>
    configItem('AWS::DynamoDB::Table', `u-${at}`, {
      tableName: `u-${at}`,
      tableStatus: 'ACTIVE',
      keySchema: [],
      ...(at === 1 ? {} : { ssedescription: { status: 'ENABLED', ssetype: 'KMS', kmsmasterKeyArn: keyArn('k-0') } }),
    }),
  );
  return {
    files: {
      ...(Object.fromEntries([...keyFiles, ...tables]) as Record<string, string>),
      'config/keys-and-tables-snapshot.json': snapshot(shuffled([...recorded, ...recordedTables], random)),
    },
    resources: 15 + 10 + 12 + 8,
    planted: { unrotatedKeys: ['k-2', 'r-5'], plainTables: ['t-6', 'u-1'] },
  };
}
