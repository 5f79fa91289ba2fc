import type { EvidenceRow } from '../../core/tables.ts';
import { answerTime } from '../aws-cli/answer-time.ts';
import { readJsonRecord } from '../framing/json-members.ts';
import type { Item, Members } from './items.ts';
import { typeWord } from './resource-types.ts';

/**
 * The row of an item, or the sentence that says why there is none. `configuration` is the whole item as it is written:
 * what was deleted, tags, relations and what Config has in `supplementaryConfiguration` are in no column. Only where the
 * configuration stands in it as text (history, messages), that text takes its place, so that all items read alike.
 */
export function itemRow(item: Item): EvidenceRow<'config_items'> | string {
  const { value } = item;
  const captured = answerTime(value['configurationItemCaptureTime']);
  if (captured === undefined)
    return value['configurationItemCaptureTime'] === undefined
      ? 'The item does not say when it was captured (configurationItemCaptureTime).'
      : `configurationItemCaptureTime ${shown(value['configurationItemCaptureTime'])} is not a time.`;
  const type = typeWord(value['resourceType']);
  if (type === undefined) return `resourceType ${shown(value['resourceType'])} is no type of AWS Config.`;
  const id = textAt(value, 'resourceId') ?? textAt(value, 'arn', 'ARN');
  if (id === undefined) return 'The item does not say what it is of (resourceId).';
  const account = textAt(value, 'awsAccountId', 'accountId');
  const region = textAt(value, 'awsRegion');
  return {
    captured,
    provider: 'aws',
    account,
    region: region === 'global' ? undefined : region,
    system: account === undefined ? undefined : `aws:${account}`,
    resource_type: type,
    resource_id: id,
    resource_name: textAt(value, 'resourceName'),
    configuration: unfolded(item),
  };
}

function unfolded({ record, value }: Item): string {
  const text = wholeText(record.bytes);
  const folded = value['configuration'];
  if (typeof folded !== 'string' || !folded.trimStart().startsWith('{') || readJsonRecord(folded) === undefined)
    return text;
  const { members } = record;
  for (let i = members.length - 4; i >= 0; i -= 4) {
    const key = Buffer.from(record.bytes.subarray(members[i], members[i + 1])).toString('utf8');
    if (key !== '"configuration"') continue;
    const before = Buffer.from(record.bytes.subarray(0, members[i + 2])).toString('utf8');
    const after = Buffer.from(record.bytes.subarray(members[i + 3])).toString('utf8');
    return `${before}${folded}${after}`;
  }
  return text;
}

function wholeText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}

function textAt(value: Members, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = Object.hasOwn(value, name) ? value[name] : undefined;
    if (typeof text === 'string' && text.trim() !== '') return text;
  }
  return undefined;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return (text.length > 60 ? `${text.slice(0, 60)}…` : text).toWellFormed();
}
