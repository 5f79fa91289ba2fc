import { MICROS_PER_SECOND } from '../../../shared/time.ts';
import type { JsonFacts, JsonKind, JsonObject } from './json-kind.ts';
import { isObject, memberOf, objectsOf, textOf } from './json-values.ts';
import type { Fact } from './kind.ts';

/**
 * The results log of osquery: what a query of the schedule gave (`columns` with `action` added or removed, or all rows
 * in `snapshot`), and when (`unixTime`). https://osquery.readthedocs.io/en/stable/deployment/logging/
 */
export const osquery: JsonKind = {
  id: 'osquery',
  as: 'as osqueryd logs results',
  list: 'data',
  fits: (record) =>
    textOf(record, 'hostIdentifier') !== undefined &&
    textOf(record, 'name') !== undefined &&
    ['columns', 'snapshot', 'diffResults'].some((name) => Object.hasOwn(record, name)),
  read: readResult,
};

/** Queries that say what one of the words of `resource_type` stands for. */
const TYPES: readonly (readonly [RegExp, string])[] = [
  [/listening_ports|open_sockets|process_open_sockets/, 'socket'],
  [/block_devices|disk_encryption/, 'block_device'],
  [/packages|programs/, 'package'],
  [/interface_(?:addresses|details)/, 'network_interface'],
  [/os_version|kernel_info|system_info/, 'host'],
  [/mounts/, 'mount'],
  [/processes/, 'process'],
  [/system_controls/, 'kernel_parameter'],
  [/users/, 'account'],
  [/sudoers/, 'sudo_rule'],
  [/selinux|apparmor/, 'mandatory_access_control'],
];

function readResult(record: JsonObject): JsonFacts | string {
  const name = textOf(record, 'name');
  const system = textOf(record, 'hostIdentifier');
  if (name === undefined || system === undefined) return 'The result does not say which query and which host it is of.';
  const seconds = Number(memberOf(record, 'unixTime') ?? NaN);
  if (!Number.isInteger(seconds) || seconds <= 0 || seconds > 4e10)
    return 'The result has no readable time (unixTime).';
  const captured = BigInt(seconds) * MICROS_PER_SECOND;
  const facts = rowsOf(record).map(({ action, row }): Fact => {
    const type = TYPES.find(([form]) => form.test(name))?.[1] ?? 'osquery';
    return { type, id: `${name} ${identityOf(row)}`, name, fields: { query: name, action, ...row } };
  });
  const empty: Fact = { type: 'osquery', id: `${name} nothing`, name, fields: { query: name, rows: 0 } };
  return { facts: facts.length === 0 ? [empty] : facts, captured, system };
}

function rowsOf(record: JsonObject): readonly { readonly action: string; readonly row: JsonObject }[] {
  const action = textOf(record, 'action') ?? 'snapshot';
  const columns = memberOf(record, 'columns');
  if (isObject(columns)) return [{ action, row: columns }];
  const snapshot = objectsOf(memberOf(record, 'snapshot')).map((row) => ({ action: 'snapshot', row }));
  const batch = memberOf(record, 'diffResults');
  const [added, removed] = ['added', 'removed'].map((name) =>
    objectsOf(memberOf(batch, name)).map((row) => ({ action: name, row })),
  );
  return [...snapshot, ...(added ?? []), ...(removed ?? [])];
}

const IDENTITIES = ['name', 'path', 'address', 'interface', 'port', 'protocol', 'username', 'uid', 'device', 'uuid'];

function identityOf(row: JsonObject): string {
  const parts = IDENTITIES.flatMap((name) => (textOf(row, name) === undefined ? [] : [`${name}=${textOf(row, name)}`]));
  return parts.length === 0 ? JSON.stringify(row) : parts.join(' ');
}
