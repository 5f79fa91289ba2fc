/** Lines that OPA writes of itself, as JSON: `{"level":"info","msg":"Bundle loaded and activated successfully.",...}`. */
import type { EventTimes } from '../event-records/event-time.ts';
import { at, firstEndpoint, firstText } from '../event-records/values.ts';
import type { OpaRow } from './decision.ts';

type Meaning = Pick<OpaRow, 'class' | 'activity' | 'outcome'>;

/** What a plugin says, by its message; the first that matches counts. */
const meanings: readonly (readonly [string, RegExp, Meaning])[] = [
  ['bundle', /activated successfully/i, { class: 'configuration_change', activity: 'activate', outcome: 'success' }],
  ['bundle', /fail/i, { class: 'configuration_change', activity: 'activate', outcome: 'failure' }],
  [
    'discovery',
    /(?:processed|activated) successfully/i,
    { class: 'configuration_change', activity: 'activate', outcome: 'success' },
  ],
  ['discovery', /fail/i, { class: 'configuration_change', activity: 'activate', outcome: 'failure' }],
  ['decision_logs', /^Starting/, { class: 'event_log_activity', activity: 'start' }],
  ['decision_logs', /^Stopping/, { class: 'event_log_activity', activity: 'stop' }],
  ['decision_logs', /drop|discard/i, { class: 'event_log_activity', activity: 'loss' }],
  ['decision_logs', /fail/i, { class: 'event_log_activity', activity: 'export', outcome: 'failure' }],
  ['decision_logs', /uploaded/i, { class: 'event_log_activity', activity: 'export', outcome: 'success' }],
];

/** The row of a log line, or the sentence that says why it is none. */
export function logRow(line: unknown, times: EventTimes): OpaRow | string {
  // A field that would hide one of the line's own has `fields.` before its name. It is one name, no path; here it is
  // the same time to the nanosecond.
  const exact: unknown = typeof line === 'object' && line !== null ? Reflect.get(line, 'fields.time') : undefined;
  const time = typeof exact === 'string' ? times.read(exact, 'fields.time') : times.read(at(line, 'time'), 'time');
  if (typeof time === 'string') return time;
  const message = firstText(line, 'msg') ?? '';
  const plugin = firstText(line, 'plugin');
  const meaning = meanings.find(([name, pattern]) => name === plugin && pattern.test(message))?.[2];
  const source = firstEndpoint(firstText(line, 'client_addr'));
  return {
    ...{ time, ...(meaning ?? requestOf(line)), code: plugin ?? firstText(line, 'req_path') },
    ...{ target: firstText(line, 'name'), src_ip: source?.address, src_port: source?.port },
    ...{ severity: firstText(line, 'level')?.toLowerCase(), message },
  };
}

function requestOf(line: unknown): Meaning {
  if (firstText(line, 'req_path') === undefined) return {};
  const status = at(line, 'resp_status');
  if (typeof status !== 'number') return { class: 'api_activity', activity: 'request' };
  return { class: 'api_activity', activity: 'response', outcome: status < 400 ? 'success' : 'failure' };
}
