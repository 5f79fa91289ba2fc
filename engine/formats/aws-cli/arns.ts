/**
 * Amazon Resource Names: arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE, where RESOURCE is TYPE/ID, TYPE:ID or ID.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export interface Arn {
  readonly service: string;
  readonly region: string | undefined;
  readonly account: string | undefined;
  readonly resource: string;
}

const ARN = /^arn:aws[a-z-]*:([a-z0-9-]{1,40}):([a-z0-9-]{0,40}):(\d*|aws):(\S{1,2000})$/;

/** The parts of an ARN; `undefined` for any other value. */
export function readArn(value: unknown): Arn | undefined {
  const [, service, region, account, resource] = (typeof value === 'string' && ARN.exec(value)) || [];
  if (service === undefined || resource === undefined) return undefined;
  // What AWS gives to everybody, its own policies, is of the account "aws".
  return {
    service,
    region: region || undefined,
    account: account === 'aws' ? undefined : account || undefined,
    resource,
  };
}

/** A word for the kind of resource of an ARN: `guardduty_detector`. */
export function arnType(value: unknown): string | undefined {
  const arn = readArn(value);
  if (arn === undefined) return undefined;
  // detector/ID/finding/ID is a finding.
  const parts = arn.resource.split('/');
  const part = parts.length >= 4 ? (parts.at(-2) ?? '') : '';
  if (/^[a-z][a-z-]{0,40}$/.test(part)) return `${arn.service}_${part}`.replaceAll('-', '_');
  const [kind = ''] = /^[a-zA-Z][a-zA-Z-]{0,40}(?=[/:])/.exec(arn.resource) ?? [];
  return [arn.service, ...(kind === '' ? [] : [kind])].join('_').replaceAll('-', '_').toLowerCase();
}
