/** What one alert says, as a row of the spine. Pure: an alert in, values out. */
import type { EvidenceRow } from '../../core/tables.ts';
import { formatInstant, type UtcMicros } from '../../../shared/time.ts';
import type { EventTimes } from '../event-records/event-time.ts';
import { at, firstText } from '../event-records/values.ts';

export type AlertRow = EvidenceRow<'events'>;

/** A row, and when the alert ended where it has; or the sentence that says why there is none. */
export type ReadAlert = { readonly row: AlertRow; readonly ended: UtcMicros | undefined } | string;

/** Reads an alert. `system` is the Alertmanager that tells of it. */
export function readAlert(alert: unknown, times: EventTimes, system: string | undefined): ReadAlert {
  if (typeof at(alert, 'labels') !== 'object') return 'The alert has no labels.';
  const written = at(alert, 'startsAt');
  if (isNever(written)) return 'The alert has no startsAt.';
  const time = times.read(written, 'startsAt');
  if (typeof time === 'string') return time;
  const activity = activityOf(alert);
  const ended = endOf(alert, activity, times);
  if (typeof ended === 'string') return ended;
  const name = firstText(alert, 'labels.alertname');
  const target = firstText(alert, 'labels.instance');
  const row = {
    // An event is dated when it happened: that the alert was resolved happened at its end.
    ...{
      time: ended ?? time,
      system,
      stream: 'alertmanager',
      class: 'detection_finding',
      activity,
      code: name,
      target,
    },
    severity: firstText(alert, 'labels.severity')?.toLowerCase(),
    message: sentence(alert, { time, activity, ended }),
  };
  return { row, ended };
}

/** Go's zero time stands for none: an alert that has not ended. */
export function isNever(written: unknown): boolean {
  return (
    written === undefined || written === null || written === '' || String(written).startsWith('0001-01-01T00:00:00')
  );
}

/**
 * A notification says it of each alert. The API lists alerts that fire, whether or not they are silenced or inhibited;
 * their endsAt is when they will count as resolved unless Prometheus sends them again.
 */
function activityOf(alert: unknown): 'firing' | 'resolved' {
  return firstText(alert, 'status')?.toLowerCase() === 'resolved' ? 'resolved' : 'firing';
}

function endOf(alert: unknown, activity: string, times: EventTimes): UtcMicros | string | undefined {
  const written = at(alert, 'endsAt');
  if (activity !== 'resolved' || isNever(written)) return undefined;
  return times.read(written, 'endsAt');
}

interface Told {
  readonly time: UtcMicros;
  readonly activity: string;
  readonly ended: UtcMicros | undefined;
}

function sentence(alert: unknown, { time, activity, ended }: Told): string {
  const name = firstText(alert, 'labels.alertname') ?? 'An alert without a name';
  const where = firstText(alert, 'labels.instance');
  const what = `${name}${where === undefined ? '' : ` on ${where}`}`;
  const summary = firstText(alert, 'annotations.summary', 'annotations.message', 'annotations.description');
  const about = summary === undefined ? '' : `: ${summary}`;
  if (activity === 'resolved')
    return `${what} fired at ${formatInstant(time)} and was resolved${ended === undefined ? '' : ` at ${formatInstant(ended)}`}${about}.`;
  const held = heldBack(alert);
  return `${what} fires${held === undefined ? '' : `, ${held}`}${about}.`;
}

/** Whether somebody is told of it, as the API says: a silence or another alert can keep it back. */
function heldBack(alert: unknown): string | undefined {
  const by = (name: string): number => {
    const list = at(alert, `status.${name}`);
    return Array.isArray(list) ? list.length : 0;
  };
  if (by('silencedBy') > 0) return 'silenced';
  if (by('inhibitedBy') > 0) return 'inhibited by another alert';
  return by('mutedBy') > 0 ? 'muted' : undefined;
}
