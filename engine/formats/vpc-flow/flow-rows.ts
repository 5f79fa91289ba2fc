/** What one record of a flow log says, as rows: the spine and the flow. Pure: fields in, values out. */
import type { EvidenceRow } from '../../core/tables.ts';
import type { UtcMicros } from '../../../shared/time.ts';
import { FlowValues } from './flow-values.ts';
import type { FlowNotes, FlowSource } from './flow-source.ts';

export interface FlowRows {
  readonly event: EvidenceRow<'events'>;
  readonly flow: EvidenceRow<'flow_records'>;
}

export interface FlowContext {
  /** The system where a record names neither interface nor account. */
  readonly system: string | undefined;
  readonly notes: FlowNotes;
}

/** Fields that have a column in `flow_records`; all others are kept together. */
export const flowColumns: ReadonlySet<string> = new Set([
  ...['account-id', 'interface-id', 'srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol', 'packets', 'bytes'],
  ...['start', 'end', 'action', 'log-status', 'flow-direction', '@ingestionTime'],
]);

const MOST_PORT = 65_535;
const MOST_PROTOCOL = 255;
const protocolNames: Readonly<Record<number, string>> = { 1: 'ICMP', 6: 'TCP', 17: 'UDP', 58: 'ICMPv6' };
/** Fields that only traffic has. */
const trafficFields = ['srcaddr', 'dstaddr', 'protocol', 'packets', 'bytes', 'action'];

/** The rows of a record, or the sentence that says why it can be none. */
export function readFlow(source: FlowSource, context: FlowContext): FlowRows | string {
  const values = new FlowValues(source, context.notes);
  const start = values.time('start');
  const end = values.time('end');
  const flow = flowRow(values);
  const stated = values.problem === undefined ? (start ?? standIn(values, end, context.notes)) : undefined;
  if (values.problem !== undefined) return values.problem;
  if (stated === undefined) return 'The record has neither start nor end, so nothing says when it was.';
  if (!source.has('action'))
    context.notes.note('The log has no field action: whether traffic was let through is unknown.');
  const others = source.others();
  const row = { ...flow, time: stated, until: end, fields: others.length === 0 ? undefined : `{${others.join(',')}}` };
  return { event: eventRow({ ...row, received: receivedTime(source, context.notes) }, source, context), flow: row };
}

/** A log that has no start: its end, else the time that CloudWatch keeps with the record, which is its start. */
function standIn(values: FlowValues, end: UtcMicros | undefined, notes: FlowNotes): UtcMicros | undefined {
  if (end !== undefined) {
    notes.note('Records without a start are dated by their end.');
    return end;
  }
  const kept = values.time('@timestamp');
  if (kept !== undefined)
    notes.note('Records without start and end are dated by the time that CloudWatch keeps with them.');
  return kept;
}

/** What cannot be read as the time of its arrival does no harm to a record. */
function receivedTime(source: FlowSource, notes: FlowNotes): UtcMicros | undefined {
  return new FlowValues(source, notes).time('@ingestionTime');
}

function flowRow(values: FlowValues) {
  return {
    account: values.text('account-id'),
    interface: values.text('interface-id'),
    src_ip: values.address('srcaddr'),
    dst_ip: values.address('dstaddr'),
    src_port: values.integer('srcport', MOST_PORT),
    dst_port: values.integer('dstport', MOST_PORT),
    protocol: values.integer('protocol', MOST_PROTOCOL),
    packets: values.count('packets'),
    bytes: values.count('bytes'),
    action: values.word('action', ['ACCEPT', 'REJECT']),
    log_status: values.word('log-status', ['OK', 'NODATA', 'SKIPDATA']),
    direction: values.word('flow-direction', ['ingress', 'egress']),
  };
}

type Flow = ReturnType<typeof flowRow> & { readonly time: UtcMicros; readonly received: UtcMicros | undefined };

/** NODATA and SKIPDATA are what the log says of itself: no traffic, but no silence either. */
function eventRow(flow: Flow, source: FlowSource, context: FlowContext): EvidenceRow<'events'> {
  const system = flow.interface ?? source.text('instance-id') ?? source.text('tgw-id') ?? accountName(flow.account);
  const base = { time: flow.time, received: flow.received, system: system ?? context.system, stream: 'vpcflow' };
  const statement = statementOf(flow, source);
  if (statement !== undefined)
    return {
      ...base,
      class: 'event_log_activity',
      activity: statement === 'SKIPDATA' ? 'skip_data' : 'no_data',
      code: flow.log_status,
      message: statementText(statement, system ?? 'the interface'),
    };
  return {
    ...base,
    class: 'network_activity',
    activity: 'traffic',
    code: flow.action,
    src_ip: flow.src_ip,
    src_port: flow.src_port,
    dst_ip: flow.dst_ip,
    dst_port: flow.dst_port,
    outcome: flow.action === undefined ? undefined : flow.action === 'ACCEPT' ? 'success' : 'failure',
    message: trafficText(flow),
  };
}

/** In a log without log-status, a record in which all that traffic has is `-` can be no traffic. */
function statementOf(flow: Flow, source: FlowSource): 'NODATA' | 'SKIPDATA' | 'unstated' | undefined {
  if (flow.log_status === 'NODATA' || flow.log_status === 'SKIPDATA') return flow.log_status;
  if (flow.log_status === 'OK') return undefined;
  const fields = trafficFields.filter((field) => source.has(field));
  return fields.length > 0 && fields.every((field) => source.text(field) === undefined) ? 'unstated' : undefined;
}

function statementText(statement: 'NODATA' | 'SKIPDATA' | 'unstated', where: string): string {
  switch (statement) {
    case 'NODATA':
      return `The flow log states that there was no traffic at ${where} in this period (NODATA).`;
    case 'SKIPDATA':
      return `The flow log states that it skipped records of ${where} in this period (SKIPDATA); what they held is unknown.`;
    case 'unstated':
      return `The flow log has a record of ${where} without traffic; the log has no status that says why.`;
  }
}

function trafficText(flow: Flow): string {
  const protocol =
    flow.protocol === undefined ? '' : ` by ${protocolNames[flow.protocol] ?? `protocol ${flow.protocol}`}`;
  const counts = [counted(flow.packets, 'packet'), counted(flow.bytes, 'byte')].filter((count) => count !== '');
  const much = counts.length === 0 ? '' : `, ${counts.join(', ')}`;
  const said = flow.action === undefined ? '' : `: ${flow.action}`;
  return `${endpoint(flow.src_ip, flow.src_port)} to ${endpoint(flow.dst_ip, flow.dst_port)}${protocol}${much}${said}.`;
}

function counted(count: bigint | undefined, unit: string): string {
  return count === undefined ? '' : `${count} ${unit}${count === 1n ? '' : 's'}`;
}

function endpoint(address: string | undefined, port: number | undefined): string {
  const host = address === undefined ? 'an address not given' : address.includes(':') ? `[${address}]` : address;
  return port === undefined ? host : `${host}:${port}`;
}

function accountName(account: string | undefined): string | undefined {
  return account === undefined || account === 'unknown' ? undefined : `aws:${account}`;
}
