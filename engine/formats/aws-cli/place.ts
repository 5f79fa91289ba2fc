/** Whose a resource is: account, region and identity, from the description itself, else from the path of the file. */
import { readArn } from './arns.ts';
import { isObject, type Found } from './classify.ts';
import type { Shape } from './shape.ts';

export interface Place {
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly id: string | undefined;
  readonly name: string | undefined;
  /** What of it was taken from the path. */
  readonly fromPath: readonly ('account' | 'region' | 'resource')[];
}

/** What the path of a file says. */
export interface PathHints {
  readonly account: string | undefined;
  readonly region: string | undefined;
  /** The resource that a file with the answer of this call is named for. */
  resource(service: string, call: string): string | undefined;
  /** The path names another call than this one. */
  isOfOther(service: string, call: string): boolean;
}

const ACCOUNT = /^\d{12}$/;
const owners = ['OwnerId', 'GroupOwnerId', 'registryId', 'AWSAccountId', 'OwnerAccountId', 'Account'];
const regions = ['Region', 'HomeRegion', 'BucketRegion', 'Location'];
const REGION = /^(?:us|eu|ap|sa|ca|me|af|il|mx|cn)(?:-(?:gov|iso[a-z]?))?-[a-z]+-\d{1,2}$/;

/** Where the resource is. `id` is undefined where neither the description nor the path names it. */
export function placeOf({ shape, value, around }: Found, hints: PathHints): Place {
  const own = identity(shape.id, value) ?? (around && shape.call && identity(shape.id, around));
  const named = own ?? policyBucket(shape, value);
  const pathId = named === undefined && shape.call ? hints.resource(...shape.call) : undefined;
  const id = named ?? pathId ?? (shape.ofAccount ? shape.type : undefined);
  const arn =
    readArn(id) ?? readArn(firstText(value, ['Arn', 'ARN', 'arn', 'TableArn', 'TrailARN', 'AlarmArn', 'ResourceID']));
  const account =
    firstText(value, ['AccountId'], ACCOUNT) ??
    (ACCOUNT.test(arn?.account ?? '') ? arn?.account : undefined) ??
    firstText(value, owners, ACCOUNT);
  const region = arn?.region ?? firstText(value, regions, REGION) ?? ofZone(value);
  const isGlobal = arn?.service === 'iam' || arn?.service === 's3';
  const pathRegion = region === undefined && !isGlobal ? hints.region : undefined;
  const pathAccount = account === undefined ? hints.account : undefined;
  return {
    account: account ?? pathAccount,
    region: region ?? pathRegion,
    id,
    name: identity(shape.name, value) ?? tagName(value),
    fromPath: [
      ...(pathAccount === undefined ? [] : (['account'] as const)),
      ...(pathRegion === undefined ? [] : (['region'] as const)),
      ...(pathId === undefined ? [] : (['resource'] as const)),
    ],
  };
}

function identity(paths: readonly string[] | undefined, value: Readonly<Record<string, unknown>>): string | undefined {
  for (const path of paths ?? []) {
    const parts = path.split('+').map((part) => textAt(value, part.split('.')));
    if (parts.every((part) => part !== undefined)) return parts.join('/');
  }
  return undefined;
}

function textAt(value: unknown, names: readonly string[]): string | undefined {
  let at = value;
  for (const name of names) at = isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  if (typeof at === 'number') return String(at);
  return typeof at === 'string' && at !== '' ? at : undefined;
}

function firstText(value: Readonly<Record<string, unknown>>, names: readonly string[], form = /^/): string | undefined {
  return names.map((name) => textAt(value, [name])).find((text) => text !== undefined && form.test(text));
}

/** us-east-1a is a zone of us-east-1. */
function ofZone(value: Readonly<Record<string, unknown>>): string | undefined {
  const zone = textAt(value, ['AvailabilityZone']) ?? textAt(value, ['Placement', 'AvailabilityZone']);
  const region = zone?.replace(/[a-z]$/, '');
  return region !== undefined && region !== zone && REGION.test(region) ? region : undefined;
}

/** All resources of the policy of a bucket are the bucket and what is in it. */
function policyBucket(shape: Shape, value: Readonly<Record<string, unknown>>): string | undefined {
  if (shape.type !== 's3_bucket_policy') return undefined;
  const named = String(value['Policy']).matchAll(/arn:aws[a-z-]*:s3:::([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?=[/"])/g);
  const buckets = new Set([...named].map(([, bucket]) => bucket));
  return buckets.size === 1 ? [...buckets][0] : undefined;
}

/** The tag Name of what has no name of its own. */
function tagName(value: Readonly<Record<string, unknown>>): string | undefined {
  const tags = value['Tags'];
  const tag = Array.isArray(tags) ? tags.find((each) => isObject(each) && each['Key'] === 'Name') : undefined;
  return tag === undefined ? undefined : textAt(tag, ['Value']);
}

const SEPARATOR = '[-_. @=]+';
/** Folders below which each folder is called as a resource. */
const RESOURCE_FOLDERS = /^(?:buckets?|s3|s3api|keys?|kms|tables?|dynamodb|trails?|cloudtrail|polic(?:y|ies)|iam)$/i;

/**
 * What a path says: an account (twelve digits that are no time), a region, and for the answer of a call the resource that
 * the file is named for: `get-bucket-encryption/NAME.json`, `get-bucket-encryption-NAME.json`,
 * `NAME.get-bucket-encryption.json`, `buckets/NAME/get-bucket-encryption.json`. `system` may be `aws:` and the account.
 */
export function pathHints(path: string, system: string | undefined): PathHints {
  const parts = path.split(/[/\\!]/).filter((part) => part !== '');
  const base = (parts.at(-1) ?? '').replace(/(?:\.(?:json|jsonl|ndjson|txt|out|gz|zst))+$/i, '');
  const words = [...parts.slice(0, -1), base];
  return {
    account: /^(?:aws:)?(\d{12})$/.exec(system ?? '')?.[1] ?? only(words.flatMap(accountsIn)),
    region: only(
      words.flatMap(
        (word) =>
          word.match(
            /(?<![a-z0-9])(?:us|eu|ap|sa|ca|me|af|il|mx|cn)(?:-(?:gov|iso[a-z]?))?-(?:north|south|east|west|central)+(?:east|west)?-\d(?![0-9])/g,
          ) ?? [],
      ),
    ),
    resource: (service, call) => resourceIn(words, service, call),
    isOfOther: (service, call) => isOfOther(words.slice(-2), service, call),
  };
}

function accountsIn(word: string): readonly string[] {
  const digits = word.match(/(?<!\d)\d{12}(?!\d)/g) ?? [];
  return digits.filter(
    (each) => !/^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d$/.test(each),
  );
}

/** The one that is named, where it is one. */
function only(found: readonly string[]): string | undefined {
  return new Set(found).size === 1 ? found[0] : undefined;
}

/** Names of calls whose answers look like those of others. */
const CALL =
  /(?:get|list|describe)[-_](?:access|account|attached|bucket|continuous|entities|key|load|object|policy|public|target|time|trail|user|role|group)[-_]/i;

function isOfOther(words: readonly string[], service: string, call: string): boolean {
  const own = new RegExp(`(?:^|${SEPARATOR})${callName(service, call)}(?:$|${SEPARATOR})`, 'i');
  return words.some((word) => CALL.test(`${word}-`)) && !words.some((word) => own.test(word));
}

function callName(service: string, call: string): string {
  return `(?:(?:aws${SEPARATOR})?(?:${service}|${service.replace(/api$/, '')})${SEPARATOR})?${call.replaceAll('-', '[-_]')}`;
}

function resourceIn(words: readonly string[], service: string, call: string): string | undefined {
  const base = words.at(-1) ?? '';
  const name = callName(service, call);
  const whole = new RegExp(`^${name}$`, 'i');
  if (whole.test(words.at(-2) ?? '')) return base;
  if (whole.test(base)) return RESOURCE_FOLDERS.test(words.at(-3) ?? '') ? words.at(-2) : undefined;
  const after = new RegExp(`^${name}${SEPARATOR}(.+)$`, 'i').exec(base)?.[1];
  return after ?? new RegExp(`^(.+?)${SEPARATOR}${name}$`, 'i').exec(base)?.[1];
}
