import type { Recognition } from '../format.ts';
import { AnswerScanner, answerList } from './answer-scanner.ts';
import { resourcesIn } from './classify.ts';

/** Lists that other programs have too say nothing by themselves. */
const plainWords = [
  'Results',
  'value',
  'Records',
  'events',
  'items',
  'data',
  'resources',
  'Users',
  'Groups',
  'Roles',
  'Policies',
  'Keys',
  'Images',
  'Addresses',
  'Functions',
  'Accounts',
  'Parameters',
  'Instances',
  'Snapshots',
  'Volumes',
  'repositories',
];
/** Answers that are but a word or two. */
const faint: ReadonlySet<string> = new Set([
  's3_bucket_versioning',
  's3_bucket',
  's3_bucket_location',
  's3_bucket_tagging',
  's3_object_legal_hold',
]);

/** How many of the complete records in the head describe resources that AWS has. */
export function recogniseAwsCli(head: Uint8Array): Recognition {
  const count = { records: 0, known: 0, byArn: 0, faint: 0 };
  const scanner = new AnswerScanner({
    record: (record) => {
      count.records++;
      const isReport = isCredentialReport(record.value) || isImageScan(record.value);
      const found = isReport ? [] : resourcesIn(record);
      if (isReport || found.length > 0) count.known++;
      if (found.length > 0 && found.every(({ byArn }) => byArn)) count.byArn++;
      else if (found.length > 0 && found.every(({ shape }) => shape.only !== undefined && faint.has(shape.type)))
        count.faint++;
    },
    damaged: () => undefined,
  });
  scanner.push(head);
  const complete = { ...count };
  // What is found in a record that the head cuts off is no record of its own.
  const counted = scanner.finish() === 'cut-off' && complete.records > 0 ? complete : count;
  if (counted.records === 0) return byList(head);
  const { records, known } = counted;
  const reason = `${known} of the first ${records} JSON records describe resources as the AWS command line does.`;
  if (known * 2 <= records) return { confidence: 0, reason };
  const sure = known - counted.byArn - counted.faint;
  return { confidence: (sure * 2 > known ? 0.9 : 0.55) * (known / records), reason };
}

/** An answer whose first record is longer than the head, or whose list is empty. */
function byList(head: Uint8Array): Recognition {
  const name = answerList(head);
  if (name === undefined)
    return { confidence: 0, reason: 'No record describes a resource as the AWS command line does.' };
  const reason = `It begins with the list "${name}" of an answer of the AWS command line.`;
  return { confidence: plainWords.includes(name) ? 0.5 : 0.8, reason };
}

function isCredentialReport(value: unknown): boolean {
  return isObjectWith(value, 'Content', 'ReportFormat');
}

function isImageScan(value: unknown): boolean {
  return isObjectWith(value, 'imageScanFindings', 'imageId');
}

function isObjectWith(value: unknown, ...names: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && names.every((name) => Object.hasOwn(value, name));
}
