/** Users, groups, roles and policies; some may do everything. */
import { ACCOUNT, configItem, pretty, shuffled, snapshot, type Planting, type Random } from './cloud-folder.ts';

const arn = (path: string): string => `arn:aws:iam::${ACCOUNT}:${path}`;
const policy = (Statement: unknown): unknown => ({ Version: '2012-10-17', Statement });
const allow = (more: object): object => ({ Sid: 'A', Effect: 'Allow', ...more });
const harmless: readonly object[] = [
  allow({ Action: 's3:*', Resource: '*' }),
  allow({ Action: '*', Resource: 'arn:aws:s3:::reports/*' }),
  { Effect: 'Deny', Action: '*', Resource: '*' },
  allow({ Action: ['ec2:Describe*', 'iam:Get*'], Resource: ['*'] }),
  allow({ NotAction: 'iam:*', Resource: 'arn:aws:s3:::reports/*' }),
];
const star = allow({ Action: '*', Resource: '*' });
const starPolicies: Readonly<Record<string, unknown>> = {
  'star-texts': policy([harmless[0], star]),
  'star-lists': policy([allow({ Action: ['s3:*', '*'], Resource: ['arn:aws:s3:::a', '*'] })]),
  'star-single': policy(star),
  'star-colon': policy([allow({ Action: '*:*', Resource: '*' })]),
  'star-not-action': policy([allow({ NotAction: 'iam:CreateUser', Resource: '*' })]),
};

function managed(name: string, document: unknown): unknown {
  const old = { Document: policy([star]), VersionId: 'v1', IsDefaultVersion: false };
  const versions = [{ Document: document, VersionId: 'v2', IsDefaultVersion: true }, old];
  return {
    PolicyName: name,
    PolicyId: `ANPA${name}`,
    Arn: arn(`policy/${name}`),
    Path: '/',
    DefaultVersionId: 'v2',
    AttachmentCount: 1,
    PolicyVersionList: versions,
  };
}

/** What may be done with them differs; only the last of each kind may do everything. */
function principals(kind: string, count: number, inline: string): readonly unknown[] {
  const lower = kind.toLowerCase();
  return Array.from({ length: count }, (_, at) => ({
    Path: '/',
    [`${kind}Name`]: `${lower}-${at}`,
    [`${kind}Id`]: `AIDA${kind}${at}`,
    Arn: arn(`${lower}/${lower}-${at}`),
    CreateDate: '2024-01-01T00:00:00+00:00',
    [inline]: [
      {
        PolicyName: `inline-${at}`,
        PolicyDocument: policy([at === count - 1 ? star : harmless[at % harmless.length]]),
      },
    ],
    AttachedManagedPolicies: at === 0 ? [{ PolicyName: 'star-texts', PolicyArn: arn('policy/star-texts') }] : [],
    ...(kind === 'Role'
      ? {
          AssumeRolePolicyDocument: policy([
            { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ]),
        }
      : {}),
  }));
}

export function policyFiles(random: Random): Planting {
  const users = principals('User', 30, 'UserPolicyList');
  const groups = principals('Group', 5, 'GroupPolicyList');
  const roles = principals('Role', 30, 'RolePolicyList');
  const plain = Array.from({ length: 30 }, (_, at) => managed(`plain-${at}`, policy([harmless[at % harmless.length]])));
  const ofAws = {
    ...(managed('AdministratorAccess', policy([star])) as object),
    Arn: 'arn:aws:iam::aws:policy/AdministratorAccess',
  };
  const policies = [
    ...plain,
    ofAws,
    ...Object.entries(starPolicies).map(([name, document]) => managed(name, document)),
  ];
  const encoded = {
    policyName: 'star-encoded',
    policyId: 'ANPAE',
    arn: arn('policy/star-encoded'),
    path: '/',
    defaultVersionId: 'v1',
    attachmentCount: 0,
    policyVersionList: [
      { document: encodeURIComponent(JSON.stringify(policy([star]))), versionId: 'v1', isDefaultVersion: true },
    ],
  };
  return {
    files: {
      'iam-get-account-authorization-details.json': pretty({
        UserDetailList: shuffled(users, random),
        GroupDetailList: groups,
        RoleDetailList: shuffled(roles, random),
        Policies: shuffled(policies, random),
        IsTruncated: false,
      }),
      'config/policies-snapshot.json': snapshot([configItem('AWS::IAM::Policy', 'ANPAE', encoded)]),
      'iam-get-user-policy.json': pretty({
        UserName: 'bob',
        PolicyName: 'star-printed',
        PolicyDocument: policy([star]),
      }),
    },
    resources: 103,
    planted: {
      starPolicies: [
        ...Object.keys(starPolicies),
        'inline-29',
        'inline-29',
        'inline-4',
        'star-encoded',
        'star-printed',
      ],
    },
  };
}
