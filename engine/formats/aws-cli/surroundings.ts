/** What stands around the lists of an answer: that there is more of it, that a list is empty, what is not read. */
import type { RowSink } from '../format.ts';
import { isObject } from './classify.ts';

const pages = [
  'NextToken',
  'nextToken',
  'NextMarker',
  'Marker',
  'ContinuationToken',
  'IsTruncated',
  'Truncated',
  'LastEvaluatedTableName',
];
const ofAnswer = [...pages, 'ResponseMetadata', 'KeyCount', 'MaxItems'];

/** Says what an answer is without its records, which is `value`: its lists are empty there. `read` names what was read. */
export function tellSurroundings(value: unknown, sink: Pick<RowSink, 'assume'>, read: readonly string[] = []): void {
  if (!isObject(value)) return;
  if (
    pages.some(
      (name) => value[name] !== undefined && value[name] !== null && value[name] !== '' && value[name] !== false,
    )
  )
    sink.assume('The answer is one page of several (it names the next one): resources on other pages are unknown.');
  const others = Object.keys(value).filter(
    (name) => !ofAnswer.includes(name) && !read.includes(name) && !isEmptyList(value[name]),
  );
  if (others.length > 0)
    sink.assume(
      `What stands beside what is read is left out: ${others
        .slice(0, 5)
        .map((name) => JSON.stringify(name.slice(0, 40).toWellFormed()))
        .join(', ')}.`,
    );
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
