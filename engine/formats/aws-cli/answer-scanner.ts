/**
 * The records of what the command line prints: the elements of the list with which an answer begins, else the values of
 * the file, or of its list.
 *
 *   answer   = "{" *(page ",") LIST ":" "[" *record "]" ... "}"     LIST is one that a call answers with
 *   value    = record                                                 JSON lines, single answers
 *
 * That the list comes first tells an answer from a resource which has a list of that name itself: an instance has
 * SecurityGroups too, but not as its first member.
 */
import { HeadReader } from '../framing/head-reader.ts';
import { JsonRecordScanner, type JsonEnding, type JsonRecordHandler } from '../framing/json-records.ts';
import { firstKeys, recordLists } from './classify.ts';

/** Enough for the pages that stand before a list; a token may be long. */
const ENOUGH = 8192;
const PAGE = String.raw`"(?:IsTruncated|NextToken|nextToken|Marker|NextMarker|MaxItems|Truncated|Count|count)"\s*:\s*(?:"[^"\\]{0,4000}"|[a-z0-9.]{1,30})\s*,\s*`;
const ANSWER = new RegExp(String.raw`^(?:\xef\xbb\xbf)?[\s[]*\{\s*(?:${PAGE}){0,4}"(\w{1,60})"\s*:\s*\[`);

/** Gives records as `JsonRecordScanner` does. */
export class AnswerScanner extends HeadReader<JsonEnding> {
  constructor(handler: JsonRecordHandler) {
    super((head) => {
      const isAnswer = answerList(head) !== undefined;
      return new JsonRecordScanner({ lists: isAnswer ? recordLists : [], firstKeys }, handler);
    }, ENOUGH);
  }
}

/** The list with which an answer begins; `undefined` where it begins with none. */
export function answerList(head: Uint8Array): string | undefined {
  const [, name = ''] = ANSWER.exec(Buffer.from(head.subarray(0, ENOUGH)).toString('latin1')) ?? [];
  return recordLists.includes(name) ? name : undefined;
}
