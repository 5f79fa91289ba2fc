/** The fields of flow logs by the names that AWS gives them, and what others make of these names. */

const named = (names: string): readonly string[] => names.split(' ');

/** The default format of a flow log of a VPC, version 2: what a file without a header line is in. */
export const defaultFields = named(
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
);

/** The default format of a flow log of a transit gateway, version 6. */
export const transitGatewayFields = [
  ...named('version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id'),
  ...named('tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id'),
  ...named('tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end'),
  ...named('log-status type packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded'),
  ...named('packets-lost-ttl-expired tcp-flags region flow-direction pkt-src-aws-service pkt-dst-aws-service'),
];

const laterFields = [
  ...named('vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr'), // version 3
  ...named('region az-id sublocation-type sublocation-id'), // 4
  ...named('pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path'), // 5
  ...named('ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id ecs-container-id'), // 7
  ...named('ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn ecs-task-id'),
  ...named('reject-reason'), // 8
  ...named('resource-id encryption-status'), // 9, 10
];

// Names that AWS itself gave to the same fields: in the tables for Athena, and in its own console.
const otherNames: Readonly<Record<string, string>> = {
  account: 'account-id',
  interface: 'interface-id',
  sourceaddress: 'srcaddr',
  destinationaddress: 'dstaddr',
  sourceport: 'srcport',
  destinationport: 'dstport',
  numpackets: 'packets',
  numbytes: 'bytes',
  starttime: 'start',
  endtime: 'end',
  status: 'log-status',
  timestamp: '@timestamp',
  ingestiontime: '@ingestionTime',
  logstream: '@logStream',
  logstreamname: '@logStream',
};

const fieldNames: ReadonlySet<string> = new Set([...defaultFields, ...transitGatewayFields, ...laterFields]);
const byPlainName = new Map<string, string>([
  ...[...fieldNames].map((name) => [plain(name), name] as const),
  ...Object.entries(otherNames),
]);

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** The field's own name for `account_id`, `accountId` or `sourceaddress`; `undefined` for a field that is not known. */
export function knownField(name: string): string | undefined {
  return name.length > 60 ? undefined : byPlainName.get(plain(name));
}

/**
 * The fields that these names stand for; a name that is none stays as it is. So does another name for a field that also
 * stands there under its own: a record may have a `status` besides its `log_status`.
 */
export function fieldsOf(names: readonly string[]): readonly string[] {
  const own = new Set(names.filter((name) => !Object.hasOwn(otherNames, plain(name))).map(knownField));
  return names.map((name) => {
    const field = knownField(name);
    return field === undefined || (own.has(field) && Object.hasOwn(otherNames, plain(name))) ? name : field;
  });
}

/** True for the name of a field as AWS writes it in a header line. */
export function isFieldName(word: string): boolean {
  return fieldNames.has(word);
}

/** The names of fields in a format string as AWS writes it, `${version} ${srcaddr}`; empty where it is none. */
export function fieldsOfFormat(format: string): readonly string[] {
  return [...format.matchAll(/\$\{([\w-]{1,60})\}/g)].map(([, name = '']) => name);
}
