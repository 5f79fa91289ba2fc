/** Flow records as Security Lake and others hold them: Network Activity of OCSF (class 4001), https://schema.ocsf.io. */
import type { JsonRecord } from '../framing/json-records.ts';
import type { FlowSource } from './flow-source.ts';
import { rawText } from './raw-text.ts';

/** Where OCSF has the fields of a flow log; the first path that is there counts. */
const paths: Readonly<Record<string, readonly (readonly string[])[]>> = {
  start: [['start_time'], ['time']],
  end: [['end_time']],
  'account-id': [
    ['cloud', 'account', 'uid'],
    ['cloud', 'account_uid'],
  ],
  'interface-id': [
    ['src_endpoint', 'interface_uid'],
    ['dst_endpoint', 'interface_uid'],
  ],
  'instance-id': [
    ['src_endpoint', 'instance_uid'],
    ['dst_endpoint', 'instance_uid'],
  ],
  srcaddr: [['src_endpoint', 'ip']],
  dstaddr: [['dst_endpoint', 'ip']],
  srcport: [['src_endpoint', 'port']],
  dstport: [['dst_endpoint', 'port']],
  protocol: [['connection_info', 'protocol_num']],
  packets: [['traffic', 'packets']],
  bytes: [['traffic', 'bytes']],
  action: [['disposition'], ['action'], ['unmapped', 'action']],
  'log-status': [['status_code'], ['unmapped', 'log_status']],
  'flow-direction': [['connection_info', 'direction']],
};

const words: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  action: { allowed: 'ACCEPT', accept: 'ACCEPT', blocked: 'REJECT', denied: 'REJECT', reject: 'REJECT' },
  'flow-direction': { inbound: 'ingress', outbound: 'egress', ingress: 'ingress', egress: 'egress' },
};

/** True for an object that says it is Network Activity, or has endpoints as only OCSF does. */
export function isOcsf(value: unknown): boolean {
  if (at(value, ['class_uid']) === 4001) return true;
  const known = Object.hasOwn(value as object, 'class_uid') || Object.hasOwn(value as object, 'class_name');
  return !known && (at(value, ['src_endpoint', 'ip']) ?? at(value, ['dst_endpoint', 'ip'])) !== undefined;
}

/** The fields of a flow log in an OCSF record; its members are all kept as they are, besides. */
export function ocsfFlow(record: JsonRecord): FlowSource {
  const find = (field: string): unknown =>
    paths[field]?.map((path) => at(record.value, path)).find((value) => value !== undefined && value !== null);
  return {
    has: (field) => find(field) !== undefined,
    text: (field) => {
      const value = find(field);
      if (value === undefined || value === '-' || value === '') return undefined;
      const text = typeof value === 'string' ? value.toWellFormed() : JSON.stringify(value);
      const known = words[field];
      // `Unknown` and `Other` say that the log had nothing.
      return known === undefined ? text : known[text.toLowerCase()];
    },
    others: () =>
      Object.keys(record.value as object).map(
        (name) => `${JSON.stringify(name.toWellFormed())}:${rawText(record, name)}`,
      ),
  };
}

function at(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const name of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  return found;
}
