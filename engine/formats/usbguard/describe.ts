/** What an entry means, as rows. Pure: an entry in, values out. */
import type { EvidenceRow } from '../../core/tables.ts';
import type { AuditEntry } from './entry.ts';
import { readRule, type Device } from './rule.ts';

export interface EntryRows {
  readonly event: EvidenceRow<'events'>;
  readonly fields: string;
}

/** The rows of an entry. `system` is that of the file, for entries that name no node. */
export function describeEntry(entry: AuditEntry, system: string | undefined): EntryRows {
  const { fields, type } = entry;
  const rule = fields.get('device.rule') ?? fields.get('device.rule.new');
  const device = rule === undefined ? undefined : readRule(rule);
  const event = {
    ...{ time: entry.time, system: entry.node ?? system, stream: 'usbguard', ...meaningOf(entry) },
    ...{ code: type, actor: actorOf(entry), target: targetOf(entry, device) },
    ...{ outcome: entry.outcome, sequence: entry.serial, message: sentence(entry, device) },
  };
  const all = { ...Object.fromEntries(fields), ...(device === undefined ? {} : { device }) };
  return { event, fields: JSON.stringify(all).toWellFormed() };
}

const deviceActivities: ReadonlyMap<string, string> = new Map([
  ['Device.Insert', 'insert'],
  ['Device.Remove', 'remove'],
  ['Device.Present', 'present'],
  ['Device.Update', 'update'],
]);
const policyActivities: ReadonlyMap<string, string> = new Map([
  ['Policy.Insert', 'create'],
  ['Policy.Update', 'update'],
  ['Policy.Remove', 'delete'],
]);

/** Of a device that was let in or kept out, the activity is what was decided: allow, block or reject. */
function meaningOf({ type, fields }: AuditEntry): { readonly class: string; readonly activity: string } {
  if (type.startsWith('Policy.Device.'))
    return { class: 'access_control', activity: fields.get('target.new') ?? fields.get('target') ?? 'other' };
  const policy = policyActivities.get(type);
  if (policy !== undefined || type.startsWith('Policy.'))
    return { class: 'configuration_change', activity: policy ?? 'other' };
  return { class: 'device_activity', activity: deviceActivities.get(type) ?? 'other' };
}

/** Accounts are numbers, except 0, as in the audit log of Linux. */
function actorOf({ uid }: AuditEntry): string | undefined {
  return uid === '0' ? 'root' : uid;
}

/** The device by its id and name; where it has none, its place; of a rule, its number. */
function targetOf({ fields }: AuditEntry, device: Device | undefined): string | undefined {
  const named = [device?.id, device?.name].filter((part) => part !== undefined && part !== '').join(' ');
  const rule = fields.get('rule.id');
  return named || fields.get('device.system_name') || (rule === undefined ? undefined : `rule ${rule}`);
}

function sentence(entry: AuditEntry, device: Device | undefined): string {
  const { type, fields, outcome } = entry;
  const what = targetOf(entry, device) ?? 'a device not named';
  const where = device?.port === undefined ? '' : ` at port ${device.port}`;
  const from = fields.get('target.old');
  const to = fields.get('target.new') ?? fields.get('target');
  const text = fields.get('rule') ?? fields.get('rule.new');
  const change = from === undefined ? ` ${to ?? ''}` : ` from ${from} to ${to ?? 'nothing said'}`;
  const said = type.startsWith('Policy.Device.') ? change : text === undefined ? '' : `, ${text}`;
  return `${type}: ${what}${where}${said}${outcome === undefined ? '' : `: ${outcome}`}.`;
}
