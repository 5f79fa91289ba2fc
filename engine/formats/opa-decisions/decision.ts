/** What one decision of OPA says, as a row of the spine. Pure: a record in, values out. */
import type { EvidenceRow } from '../../core/tables.ts';
import type { EventTimes } from '../event-records/event-time.ts';
import { at, firstEndpoint, firstText } from '../event-records/values.ts';
import { verdictOf } from './verdict.ts';

/** A row of `events`; the stream, and the system where the record names none, are added by the reader. */
export type OpaRow = Omit<EvidenceRow<'events'>, 'stream'>;

/** The row of a decision, or the sentence that says why it is none. */
export function decisionRow(decision: unknown, times: EventTimes): OpaRow | string {
  const member = firstText(decision, 'timestamp') === undefined ? 'time' : 'timestamp';
  const written = at(decision, member);
  if (written === undefined) return 'The decision has neither timestamp nor time.';
  const time = times.read(written, member);
  if (typeof time === 'string') return time;
  const path = pathOf(decision);
  const source = firstEndpoint(firstText(decision, 'requested_by'));
  const error = errorOf(decision);
  const result = at(decision, 'result');
  const verdict = error === undefined ? verdictOf(path, result) : 'decide';
  return {
    ...{ time, ...systemOf(decision), class: 'api_activity', activity: verdict, code: path ?? 'query' },
    ...{ src_ip: source?.address, src_port: source?.port },
    outcome: error !== undefined ? 'failure' : result === undefined ? undefined : 'success',
    message: sentence(decision, { path, error, verdict }),
  };
}

/** Labels can name the host; the id of an instance is another one at each start, so it is none. */
export function systemOf(record: unknown): { readonly system?: string } {
  const host = firstText(record, 'labels.hostname', 'labels.host', 'labels.node');
  return host === undefined ? {} : { system: host };
}

/** `http/authz/allow`: receivers should tolerate paths with a slash before. */
function pathOf(decision: unknown): string | undefined {
  return firstText(decision, 'path')?.replace(/^\/+/, '') || undefined;
}

/** An error is text in the log of the console, and an object where an SDK wrote it. */
function errorOf(decision: unknown): string | undefined {
  const error = at(decision, 'error');
  if (error === undefined || error === null) return undefined;
  if (typeof error === 'string') return error.toWellFormed();
  return firstText(error, 'message', 'code') ?? 'an error';
}

interface Told {
  readonly path: string | undefined;
  readonly error: string | undefined;
  readonly verdict: string;
}

const MOST_SHOWN = 200;

function sentence(decision: unknown, { path, error, verdict }: Told): string {
  const asked = path ?? `query ${firstText(decision, 'query') ?? 'not named'}`;
  const by = firstText(decision, 'requested_by');
  const who = by === undefined ? '' : ` for ${by}`;
  if (error !== undefined) return `${asked}${who}: failed (${error}).`;
  const result = at(decision, 'result');
  if (result === undefined) return `${asked}${who}: undefined.`;
  const text = JSON.stringify(result) ?? 'undefined';
  const short = text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
  return `${asked}${who}: ${verdict === 'decide' ? '' : `${verdict}, `}${short.toWellFormed()}.`;
}
