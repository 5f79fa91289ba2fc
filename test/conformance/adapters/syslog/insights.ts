import { FieldCount, type Comparison, type CorpusFolder } from '../../adapter.ts';
import { compareAsserts, type InsightsRecord } from '../../insights.ts';
import { insightsAsserts } from '../../oracles.ts';
import type { Reading } from '../../reading.ts';
import { messageValue, nil, readMessages } from './read-messages.ts';

/** Members by name; a line without a header has its text only, here as there. */
export function compareInsightsMessages(folder: CorpusFolder): readonly Comparison[] {
  return insightsAsserts(folder).map(({ file, oracle, expected }) => {
    const count = new FieldCount(file, oracle);
    const reading = readMessages(folder, file);
    const records = reading.all.spans.map((_, index) => recordOf(reading, index + 1));
    const search = (text: string) => records.filter(({ raw_message }) => String(raw_message).includes(text));
    compareAsserts(count, expected, { records, search });
    return count.result();
  });
}

function recordOf(reading: Reading, record: number): InsightsRecord {
  const raw_message = reading.rawText(record);
  const rows = reading.rowsOf(record);
  // Of a line that is no message, what Insights calls one is what follows the first colon.
  if (reading.fate(record) !== 'read') return { raw_message, message: / : ?(.*)/.exec(raw_message)?.[1] };
  const [program, pid] = [messageValue(rows, 'program'), messageValue(rows, 'pid')];
  return {
    raw_message,
    hostname: messageValue(rows, 'system'),
    procname: nil(`${String(program ?? '')}${pid === undefined ? '' : `[${String(pid)}]`}`),
    message: messageValue(rows, 'message'),
    timestamp: /^[A-Z][a-z]{2} +\d+ [\d:]+|^\S+/.exec(raw_message)?.[0],
  };
}
