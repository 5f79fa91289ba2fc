import { filesOf, findEvent } from '../event-records/envelopes.ts';
import { firstText } from '../event-records/values.ts';
import type { Recognition } from '../format.ts';
import { JsonRecordScanner } from '../framing/json-records.ts';
import { isJunit } from './conftest-junit.ts';
import { shareOfTap } from './conftest-tap.ts';
import { kindOf, opaRecords } from './record-kind.ts';

interface Seen {
  records: number;
  /** Decisions and status reports. */
  reports: number;
  /** Records of conftest and opa eval. */
  results: number;
  /** Lines of a log that only OPA writes, and those that any program could write. */
  own: number;
  anyLog: number;
}

/** How many of the complete records in the head are OPA's. Lines of a log count only beside records that are its own. */
export function recogniseOpa(head: Uint8Array): Recognition {
  if (isJunit(head)) return { confidence: 0.95, reason: 'It is a JUnit report of the suite "conftest".' };
  const tap = shareOfTap(head);
  // Other programs write TAP, too; three parts with dashes between them are conftest's.
  if (tap > 0) return { confidence: 0.7 * tap, reason: 'Its lines are results of TAP: file, namespace and message.' };
  const seen: Seen = { records: 0, reports: 0, results: 0, own: 0, anyLog: 0 };
  const scanner = new JsonRecordScanner(filesOf(opaRecords), {
    record: (record) => look(findEvent(record, opaRecords).value, seen),
    damaged: (byte, bytes) => {
      if (byte + bytes.length < head.length) seen.records++;
    },
  });
  scanner.push(head);
  scanner.finish();
  return seen.records === 0 ? recogniseLongRecord(head) : judge(seen);
}

function look(value: unknown, seen: Seen): void {
  seen.records++;
  const kind = kindOf(value);
  if (kind === 'decision' || kind === 'status') seen.reports++;
  else if (kind === 'conftest' || kind === 'eval' || kind === 'test') seen.results++;
  else if (kind === 'log' && isOwnLog(value)) seen.own++;
  else if (kind === 'log') seen.anyLog++;
}

const plugins: readonly (string | undefined)[] = ['bundle', 'decision_logs', 'status', 'discovery'];
const ownMessages = /^(?:Starting (?:bundle|discovery) loader|Starting (?:decision logger|status reporter)|OPA )/;

function isOwnLog(value: unknown): boolean {
  const message = firstText(value, 'msg') ?? '';
  if (plugins.includes(firstText(value, 'plugin')) || ownMessages.test(message)) return true;
  return firstText(value, 'req_path') !== undefined && /^(?:Received request|Sent response)\.$/.test(message);
}

function judge({ records, reports, results, own, anyLog }: Seen): Recognition {
  const sure = reports + results + own;
  const share = sure === 0 ? 0 : (sure + anyLog) / records;
  const said =
    results > reports + own
      ? 'results as opa eval, opa test or conftest gives them'
      : 'what decisions, status reports or log lines of OPA have';
  const reason = `${sure} of the first ${records} JSON records have ${said}.`;
  return { confidence: share < 0.2 ? 0 : 0.97 * share, reason };
}

/** One record fills the head: only its member names can be seen. */
function recogniseLongRecord(head: Uint8Array): Recognition {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  const isDecision = ['decision_id', 'labels'].every((name) => text.includes(`"${name}"`));
  const isStatus = /"(?:active_revision|last_successful_activation)"\s*:/.test(text);
  const begins = /^(?:\xef\xbb\xbf)?\s*[[{]/.test(text);
  const reason = `No complete JSON record in the first ${head.length} bytes; it has member names of a decision or status log.`;
  return { confidence: begins && (isDecision || isStatus) ? 0.6 : 0, reason };
}
