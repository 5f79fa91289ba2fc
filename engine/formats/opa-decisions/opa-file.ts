import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { HeadReader } from '../framing/head-reader.ts';
import { isJson } from '../framing/json-or-csv.ts';
import { isJunit } from './conftest-junit.ts';
import { shareOfTap } from './conftest-tap.ts';
import { OpaReader } from './reader.ts';
import { ReportReader } from './report-reader.ts';

/** Opens the reader for a report of conftest, or for the JSON of everything else. */
export function openOpaFile(sink: RowSink, context: ReadContext): SourceReader {
  return new HeadReader((head) => {
    if (!isJson(head) && isJunit(head)) return new ReportReader('junit', sink, context);
    if (!isJson(head) && shareOfTap(head) > 0) return new ReportReader('tap', sink, context);
    return new OpaReader(sink, context);
  });
}
