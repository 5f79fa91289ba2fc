/** Security groups: closed ones of all shapes, and those that let the world in to a port for administration. */
import { ACCOUNT, configItem, pretty, shuffled, snapshot, type Planting, type Random } from './cloud-folder.ts';

const anyone = { IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: [] };
const anyone6 = { ...anyone, IpRanges: [], Ipv6Ranges: [{ CidrIpv6: '::/0', Description: 'temporary' }] };
const egress = [{ IpProtocol: '-1', ...anyone }];

const harmless: readonly unknown[] = [
  { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, ...anyone },
  {
    IpProtocol: 'tcp',
    FromPort: 22,
    ToPort: 22,
    ...anyone,
    IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'office' }],
  },
  {
    IpProtocol: 'tcp',
    FromPort: 22,
    ToPort: 22,
    ...anyone,
    IpRanges: [],
    UserIdGroupPairs: [{ GroupId: 'sg-0ba5e', UserId: ACCOUNT }],
  },
  {
    IpProtocol: 'tcp',
    FromPort: 22,
    ToPort: 22,
    ...anyone,
    IpRanges: [],
    PrefixListIds: [{ PrefixListId: 'pl-0123' }],
  },
  { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, ...anyone },
  { IpProtocol: 'udp', FromPort: 22, ToPort: 22, ...anyone },
];
const open: readonly unknown[] = [
  { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, ...anyone },
  { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, ...anyone6 },
  { IpProtocol: '-1', ...anyone },
  { IpProtocol: '-1', ...anyone6 },
  { IpProtocol: 'tcp', FromPort: 20, ToPort: 25, ...anyone },
  { IpProtocol: 'tcp', FromPort: 0, ToPort: 65535, ...anyone },
  {
    IpProtocol: 'tcp',
    FromPort: 3389,
    ToPort: 3389,
    ...anyone,
    IpRanges: [{ CidrIp: '10.0.0.0/8' }, { CidrIp: '0.0.0.0/0' }],
  },
  { IpProtocol: '6', FromPort: 22, ToPort: 22, ...anyone },
];
const configHarmless: readonly unknown[] = [
  {
    fromPort: 443,
    ipProtocol: 'tcp',
    ipv6Ranges: [],
    prefixListIds: [],
    toPort: 443,
    userIdGroupPairs: [],
    ipv4Ranges: [{ cidrIp: '0.0.0.0/0' }],
    ipRanges: ['0.0.0.0/0'],
  },
  {
    fromPort: 22,
    ipProtocol: 'tcp',
    ipv6Ranges: [],
    prefixListIds: [],
    toPort: 22,
    userIdGroupPairs: [],
    ipRanges: ['192.168.0.0/16'],
  },
  {
    fromPort: 22,
    ipProtocol: 'tcp',
    ipv6Ranges: [],
    prefixListIds: [],
    toPort: 22,
    userIdGroupPairs: [{ groupId: 'sg-0ba5e', userId: ACCOUNT }],
    ipv4Ranges: [],
    ipRanges: [],
  },
];
const configOpen: readonly unknown[] = [
  {
    fromPort: 22,
    ipProtocol: 'tcp',
    ipv6Ranges: [],
    prefixListIds: [],
    toPort: 22,
    userIdGroupPairs: [],
    ipv4Ranges: [{ cidrIp: '0.0.0.0/0' }],
    ipRanges: ['0.0.0.0/0'],
  },
  { fromPort: 22, ipProtocol: 'tcp', toPort: 22, userIdGroupPairs: [], ipRanges: ['0.0.0.0/0'] },
  {
    fromPort: 22,
    ipProtocol: 'tcp',
    ipv6Ranges: [{ cidrIpv6: '::/0' }],
    prefixListIds: [],
    toPort: 22,
    userIdGroupPairs: [],
    ipv4Ranges: [],
    ipRanges: [],
  },
  {
    ipProtocol: '-1',
    ipv6Ranges: [],
    prefixListIds: [],
    userIdGroupPairs: [],
    ipv4Ranges: [{ cidrIp: '0.0.0.0/0' }],
    ipRanges: ['0.0.0.0/0'],
  },
];

const id = (kind: string, at: number): string => `sg-0${kind}${String(at).padStart(8, '0')}`;

export function groupFiles(random: Random): Planting {
  const printed = Array.from({ length: 30 }, (_, at) => ({
    GroupId: id('c', at),
    GroupName: `app-${at}`,
    Description: 'application',
    OwnerId: ACCOUNT,
    VpcId: 'vpc-01',
    IpPermissions: at < open.length ? [harmless[at % harmless.length], open[at]] : [harmless[at % harmless.length]],
    IpPermissionsEgress: egress,
    Tags: [],
  }));
  const recorded = Array.from({ length: 20 }, (_, at) => {
    const ipPermissions = [configHarmless[at % 3], ...(at < configOpen.length ? [configOpen[at]] : [])];
    const configuration = {
      description: 'x',
      groupName: `cfg-${at}`,
      ipPermissions,
      ownerId: ACCOUNT,
      groupId: id('d', at),
      ipPermissionsEgress: configHarmless,
      tags: [],
      vpcId: 'vpc-02',
    };
    // A history has configurations as text.
    return configItem(
      'AWS::EC2::SecurityGroup',
      id('d', at),
      at % 2 === 0 ? configuration : JSON.stringify(configuration),
    );
  });
  const rule = (at: number, peer: object): unknown => ({
    SecurityGroupRuleId: `sgr-${at}`,
    GroupId: id('e', at),
    GroupOwnerId: ACCOUNT,
    IsEgress: false,
    IpProtocol: 'tcp',
    FromPort: 22,
    ToPort: 22,
    ...peer,
    Tags: [],
  });
  const rules = [
    rule(0, { CidrIpv4: '0.0.0.0/0', IpProtocol: '-1', FromPort: -1, ToPort: -1 }),
    rule(1, { CidrIpv6: '::/0' }),
    rule(2, { CidrIpv4: '0.0.0.0/0', IsEgress: true }),
    rule(3, { CidrIpv4: '10.1.0.0/16' }),
    rule(4, { ReferencedGroupInfo: { GroupId: id('e', 3), UserId: ACCOUNT } }),
    rule(5, { PrefixListId: 'pl-0123' }),
  ];
  return {
    files: {
      'eu-central-1/ec2-describe-security-groups.json': pretty({ SecurityGroups: shuffled(printed, random) }),
      'eu-central-1/ec2-describe-security-group-rules.json': pretty({ SecurityGroupRules: shuffled(rules, random) }),
      'config/groups-snapshot.json': snapshot(shuffled(recorded, random)),
    },
    resources: 56,
    planted: {
      openGroups: [
        ...open.map((_, at) => id('c', at)),
        ...configOpen.map((_, at) => id('d', at)),
        id('e', 0),
        id('e', 1),
      ],
    },
  };
}
