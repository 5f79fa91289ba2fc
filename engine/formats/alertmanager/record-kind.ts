/** What a record of Alertmanager is, and where alerts stand in it. */
import type { EventFormat } from '../event-records/event-format.ts';
import { Spelling } from '../event-records/spelling.ts';
import { at, firstText } from '../event-records/values.ts';

/**
 * `notification`: what a webhook got; `group`: alerts as the API groups them; both hold several alerts. `status`: what
 * the Alertmanager says of itself.
 */
export type RecordKind = 'alert' | 'notification' | 'group' | 'silence' | 'status';

/** The kind of a record; `undefined` when it is none. */
export function kindOf(value: unknown): RecordKind | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  if (Array.isArray(at(value, 'alerts')) && isGroup(value)) return 'groupKey' in value ? 'notification' : 'group';
  if (isSilence(value)) return 'silence';
  if (isStatus(value)) return 'status';
  return isAlert(value) ? 'alert' : undefined;
}

/** Receivers before version 4 of the webhook got no groupKey; groups of the API have an object as receiver. */
function isGroup(value: object): boolean {
  return ['groupKey', 'groupLabels', 'commonLabels', 'receiver', 'labels'].some((name) => name in value);
}

function isAlert(value: object): boolean {
  const labels = at(value, 'labels');
  if (typeof labels !== 'object' || labels === null || Array.isArray(labels)) return false;
  return ['startsAt', 'endsAt'].some((name) => firstText(value, name) !== undefined);
}

/** Version 1 of the API has it within `data`. */
function isStatus(value: object): boolean {
  const told = at(value, 'data') ?? value;
  const isBuild = firstText(told, 'versionInfo.version') !== undefined && firstText(told, 'uptime') !== undefined;
  return isBuild && (at(told, 'cluster') ?? at(told, 'clusterStatus') ?? at(told, 'configYAML')) !== undefined;
}

function isSilence(value: object): boolean {
  const matchers = at(value, 'matchers');
  return Array.isArray(matchers) && ['startsAt', 'endsAt'].every((name) => firstText(value, name) !== undefined);
}

/** Files of Alertmanager, for what finds records in them and in envelopes. `rows` is not used: a record can give several. */
export const alertRecords: EventFormat = {
  noun: 'an alert or a silence of Alertmanager',
  files: {
    lists: ['data', 'events', 'Records', 'records', 'value', 'items', 'silences'],
    firstKeys: [
      ...['annotations', 'labels', 'receiver', 'alerts', 'status', 'id', 'version', 'fingerprint', 'startsAt'],
      'cluster',
    ],
  },
  spelling: new Spelling([]),
  isEvent: (value) => kindOf(value) !== undefined,
  signs: 'labels and startsAt, alerts of a group, matchers of a silence, or a version and uptime',
  telling: ['labels', 'startsAt', 'endsAt'],
  inColumns: new Set(),
  rows: () => 'A record of Alertmanager gives its rows one by one.',
};
