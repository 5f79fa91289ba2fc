/** Which resources a JSON value of the command line describes. */
import { rawMember, readJsonRecord } from '../framing/json-members.ts';
import { JsonRecordScanner, type JsonRecord } from '../framing/json-records.ts';
import { typeWord } from '../aws-config/resource-types.ts';
import { arnType } from './arns.ts';
import { identityShapes } from './identity-shapes.ts';
import { logShapes } from './log-shapes.ts';
import { networkShapes } from './network-shapes.ts';
import { fits, type Shape } from './shape.ts';
import { storageShapes } from './storage-shapes.ts';

export const shapes: readonly Shape[] = [...networkShapes, ...identityShapes, ...logShapes, ...storageShapes];

/** Lists of answers whose elements are records. `Reservations` hold instances; `Results` and others are of other tools. */
export const recordLists: readonly string[] = [
  ...new Set(shapes.flatMap(({ lists }) => lists ?? [])),
  ...['Reservations', 'Results', 'value', 'Records', 'events', 'items', 'data', 'resources'],
];

/** Members with which resources begin, for finding the next one after damage. */
// Those with which parts of resources begin as well would make a resource out of a part.
const inParts = ['CidrBlock', 'Name', 'Status', 'Rules', 'Policy', 'Type', 'Port', 'Protocol', 'Id', 'Key', 'Value'];
export const firstKeys: readonly string[] = [
  ...new Set(shapes.flatMap(({ has, name }) => [...has, ...(name ?? [])]).filter((each) => !inParts.includes(each))),
  ...['AccountId', 'Arn', 'ARN', 'Path', 'Description', 'Associations', 'Groups', 'AllocatedStorage'],
];

/** A resource that a record describes. */
export interface Found {
  readonly shape: Shape;
  /** The value that describes it, and its text as the file has it. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** What stands around it: a person may have put there what it is of. */
  readonly around?: Readonly<Record<string, unknown>>;
  /** It is known by an ARN alone: nothing else is known of such resources. */
  readonly byArn?: true;
}

/** Lists of a record that are taken apart: what is around them describes nothing itself. */
const MOST_DEPTH = 2;

/**
 * The resources in a record: the record itself, the one in its wrapper, or the elements of its only list. Empty when it
 * describes none.
 */
export function resourcesIn(record: JsonRecord, depth = 0): readonly Found[] {
  const { value } = record;
  if (typeof value === 'string' && value.startsWith('{')) return inText(value, depth);
  if (!isObject(value)) return [];
  if (Array.isArray(value['Instances']) && value['OwnerId'] !== undefined) return inList(record, 'Instances', depth);
  const own = stated(value) ?? shapes.find((shape) => fits(shape, value) && isTrue(shape, value));
  if (own) return [{ shape: own, value, text: textOf(record) }];
  const known = byArn(record, value);
  return wrapped(record, value) ?? (known ? [known] : inOnlyList(record, value, depth));
}

/** Snapshots of Panther say what they are of: `"ResourceType": "AWS.EC2.SecurityGroup"`. */
function stated(value: Readonly<Record<string, unknown>>): Shape | undefined {
  const type = /^AWS\./.test(String(value['ResourceType'])) ? typeWord(value['ResourceType']) : undefined;
  if (type === undefined) return undefined;
  const usual = shapes.find((shape) => shape.type === type && fits(shape, value));
  return usual ?? { type, has: ['ResourceType'], id: ['ResourceID', 'ResourceId', 'ARN', 'Arn', 'ID'], name: ['Name'] };
}

/** Some names mean something else elsewhere; their values tell. */
function isTrue({ type }: Shape, value: Readonly<Record<string, unknown>>): boolean {
  if (type === 's3_bucket_versioning') return value['Status'] === 'Enabled' || value['Status'] === 'Suspended';
  if (type === 's3_bucket_lifecycle') return Array.isArray(value['Rules']) && !value['Rules'].some(isListenerRule);
  if (type === 's3_bucket_acl') return allHave(value['Grants'], 'Grantee');
  if (type === 'iam_policy_versions') return allHave(value['Versions'], 'IsDefaultVersion');
  if (type === 'load_balancer_attributes') return allHave(value['Attributes'] ?? [], 'Key');
  if (type === 'ssm_parameter') return !Object.hasOwn(value, 'Value');
  if (type === 'caller_identity') return /^\d{12}$/.test(String(value['Account']));
  return true;
}

function allHave(list: unknown, name: string): boolean {
  return Array.isArray(list) && list.every((each) => isObject(each) && Object.hasOwn(each, name));
}

const isListenerRule = (rule: unknown): boolean => isObject(rule) && Object.hasOwn(rule, 'RuleArn');

function wrapped(record: JsonRecord, value: Readonly<Record<string, unknown>>): readonly Found[] | undefined {
  if (typeof value['Policy'] === 'string') return policyText(record, value);
  for (const shape of shapes) {
    const inner = shape.wrap === undefined || !Object.hasOwn(value, shape.wrap) ? undefined : value[shape.wrap];
    if (!isObject(inner) || !fits(shape, inner)) continue;
    return [{ shape, value: inner, text: rawMember(record, shape.wrap!) ?? '', around: value }];
  }
  return undefined;
}

/** `{"Policy": "<policy as text>"}`: of a bucket or a key, which its actions tell. */
function policyText(record: JsonRecord, value: Readonly<Record<string, unknown>>): readonly Found[] | undefined {
  const others = ['PolicyName', 'ResponseMetadata', 'Bucket', 'BucketName', 'KeyId'];
  if (Object.keys(value).some((name) => name !== 'Policy' && !others.includes(name))) return undefined;
  const isKey = /"kms:/i.test(String(value['Policy'])) || Object.hasOwn(value, 'PolicyName');
  const shape: Shape = isKey
    ? { type: 'kms_key_policy', has: ['Policy'], id: ['KeyId'], call: ['kms', 'get-key-policy'] }
    : { type: 's3_bucket_policy', has: ['Policy'], id: ['Bucket', 'BucketName'], call: ['s3api', 'get-bucket-policy'] };
  return [{ shape, value, text: textOf(record) }];
}

/** What has an ARN and is no configuration: items of AWS Config, which are another format, and secrets themselves. */
const notResources = [
  'configurationItemStatus',
  'configurationItemCaptureTime',
  'SecretString',
  'SecretBinary',
  'Value',
];

function byArn(record: JsonRecord, value: Readonly<Record<string, unknown>>): Found | undefined {
  if (notResources.some((name) => Object.hasOwn(value, name))) return undefined;
  const name = ['Arn', 'ARN', 'arn'].find((each) => arnType(value[each]) !== undefined);
  if (name === undefined) return undefined;
  const shape: Shape = { type: arnType(value[name])!, has: [name], id: [name], name: ['Name', 'name'] };
  return { shape, value, text: textOf(record), byArn: true };
}

/** Beside the list of an answer stand only texts and numbers, and what they say of the answer. */
function inOnlyList(record: JsonRecord, value: Readonly<Record<string, unknown>>, depth: number): readonly Found[] {
  if (depth >= MOST_DEPTH) return [];
  const lists = Object.keys(value).filter((name) => Array.isArray(value[name]) && value[name].some(isObject));
  return lists.length === 1 ? inList(record, lists[0]!, depth) : [];
}

/** All elements of a list, where each of them describes a resource; else none, so that none is lost. */
function inList(record: JsonRecord, name: string, depth: number): readonly Found[] {
  const found: Found[] = [];
  let isWhole = true;
  const scanner = new JsonRecordScanner(
    { lists: [], firstKeys: [] },
    {
      record: (element) => {
        const resources = resourcesIn(element, depth + 1);
        if (resources.length === 0) isWhole = false;
        found.push(...resources);
      },
      damaged: () => (isWhole = false),
    },
  );
  scanner.push(Buffer.from(rawMember(record, name) ?? '', 'utf8'));
  return scanner.finish() === 'complete' && isWhole ? found : [];
}

function inText(text: string, depth: number): readonly Found[] {
  const inner = depth < MOST_DEPTH ? readJsonRecord(text) : undefined;
  return inner === undefined ? [] : resourcesIn(inner, depth + 1);
}

function textOf({ bytes }: JsonRecord): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
