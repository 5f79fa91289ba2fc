/**
 * A task of ServiceNow as its table interface gives it, in one of three ways (sysparm_display_value):
 *
 *   false  {"opened_at":"2026-03-01 10:00:00","state":"1","caller_id":{"link":"...","value":"<sys_id>"}}   UTC
 *   true   {"opened_at":"2026-03-01 11:00:00","state":"New","caller_id":{"link":"...","display_value":"Ana"}}
 *          in the time zone, and in the form, of the user who asked
 *   all    {"opened_at":{"display_value":"...","value":"2026-03-01 10:00:00"},...}   `value` is UTC
 */
import { memberAt, membersOf, textOf, type FlatTicket, type Members } from './members.ts';

/** Whether times are stored ones, in UTC, or were made for a user. */
export type ServiceNowValues = 'stored' | 'shown' | 'unsaid';

export function isServiceNow(ticket: Members): boolean {
  const has = (...names: string[]): boolean => names.some((name) => Object.hasOwn(ticket, name));
  return has('number') && has('opened_at', 'sys_created_on') && has('short_description', 'sys_id', 'sys_class_name');
}

/** How the values of a task are given; `unsaid` where nothing in it tells. */
export function valuesOf(ticket: Members): ServiceNowValues {
  const objects = Object.values(ticket)
    .map(membersOf)
    .filter((members) => members !== undefined);
  if (objects.some((object) => Object.hasOwn(object, 'value'))) return 'stored';
  if (objects.some((object) => Object.hasOwn(object, 'display_value'))) return 'shown';
  const state = textOf(memberAt(ticket, 'state') ?? memberAt(ticket, 'incident_state'));
  if (state === '') return 'unsaid';
  return /^-?\d+$/.test(state) ? 'stored' : 'shown';
}

/** The names and texts of a task: its times as they are stored where that is given, the rest as it is shown. */
export function flattenServiceNow(ticket: Members): FlatTicket {
  return Object.entries(ticket).map(([name, value]): [string, string] => [name, taskText(value)]);
}

function taskText(value: unknown): string {
  const stored = memberAt(value, 'value');
  return typeof stored === 'string' && /^\d{4}-\d{2}-\d{2}(?: |$)/.test(stored) ? stored : textOf(value);
}
