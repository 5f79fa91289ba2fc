/**
 * A line that the backend LinuxAudit had the kernel's audit write.
 *
 *   type=USER_DEVICE msg=audit(1795244110.242:77): pid=8185 uid=0 ... msg='op="inserted-device" device="/devices/..."
 *     device_rule=626C6F636B... exe="/usr/sbin/usbguard-daemon" hostname=? addr=? terminal=? res=success'
 *
 * It has fewer fields: neither the target before a change nor the rule that was replaced.
 */
import { fieldText, readLineText } from '../auditd/line-text.ts';
import { notAnEntry, type AuditEntry, type NotAnEntry } from './entry.ts';

/** What USBGuard calls its types here, and what they are. */
const types: ReadonlyMap<string, string> = new Map([
  ['changed-authorization-state-for', 'Policy.Device.Update'],
  ['discovered-device', 'Device.Present'],
  ['inserted-device', 'Device.Insert'],
  ['updated-device', 'Device.Update'],
  ['removed-device', 'Device.Remove'],
  ['inserted-policy-rule', 'Policy.Insert'],
  ['updated-policy-rule', 'Policy.Update'],
  ['removed-policy-rule', 'Policy.Remove'],
]);

const names: ReadonlyMap<string, string> = new Map([
  ['device', 'device.system_name'],
  ['device_rule', 'device.rule'],
  ['rule_id', 'rule.id'],
  ['target', 'target.new'],
]);

/** Fields that are written as hexadecimal digits where their text is not plain. */
const encoded = new Set(['op', 'device', 'device_rule', 'rule', 'rule_id', 'target', 'exe']);
/** USER_DEVICE; an audit that does not know the type by name writes its number. */
const TYPES = new Set(['USER_DEVICE', 'UNKNOWN[1137]']);

/** Reads a line; `NotAnEntry` says what it is instead. */
export function readAuditLine(text: string): AuditEntry | NotAnEntry {
  const line = readLineText(text);
  if (line.kind === 'not_a_line') return notAnEntry(line.reason);
  if (!TYPES.has(line.type))
    return notAnEntry(`The line is an audit record of type ${line.type.slice(0, 60)}, not USER_DEVICE.`);
  const fields = new Map<string, string>();
  for (const field of line.fields) {
    const name = names.get(field.name) ?? field.name;
    const value = fieldText(field, encoded.has(field.name));
    if (value !== undefined && !fields.has(name)) fields.set(name, value);
  }
  const type = types.get(fields.get('op') ?? '');
  if (type === undefined) return notAnEntry('The USER_DEVICE record has no op of USBGuard.');
  const result = fields.get('res') ?? fields.get('success');
  return {
    kind: 'entry',
    ...{ time: line.time, node: line.node, serial: line.serial, type },
    outcome: isGood(result) ? 'success' : isBad(result) ? 'failure' : undefined,
    uid: fields.get('uid'),
    fields,
  };
}

const isGood = (result: string | undefined): boolean => ['success', 'yes', '1'].includes(result ?? '');
const isBad = (result: string | undefined): boolean => ['failed', 'fail', 'no', '0'].includes(result ?? '');
