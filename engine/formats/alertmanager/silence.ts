/** What one silence says, as a row of the spine: who keeps which alerts back, and for how long. */
import { formatInstant } from '../../../shared/time.ts';
import type { EventTimes, ReadTime } from '../event-records/event-time.ts';
import { at, firstText, objectsAt } from '../event-records/values.ts';
import { isNever, type AlertRow } from './alert.ts';

/** The row of a silence, or the sentence that says why it is none. */
export function silenceRow(silence: unknown, times: EventTimes, system: string | undefined): AlertRow | string {
  const time = timeOf(silence, times);
  if (typeof time === 'string') return time;
  const end = at(silence, 'endsAt');
  const until = isNever(end) ? undefined : times.read(end, 'endsAt');
  if (typeof until === 'string') return until;
  const actor = firstText(silence, 'createdBy');
  const target = objectsAt(silence, 'matchers').map(matcherText).join(', ');
  const comment = firstText(silence, 'comment');
  const length = until === undefined ? '' : ` until ${formatInstant(until)}`;
  return {
    ...{ time, system, stream: 'alertmanager', class: 'configuration_change', activity: 'silence' },
    ...{ code: firstText(silence, 'status.state')?.toLowerCase() ?? 'silence', actor, target: target || undefined },
    message: `${actor ?? 'Someone not named'} silenced ${target || 'alerts'}${length}${comment === undefined ? '' : `: ${comment}`}.`,
  };
}

/** When it began; one that begins later than it was made, when it was made. */
function timeOf(silence: unknown, times: EventTimes): ReadTime {
  const starts = at(silence, 'startsAt');
  if (isNever(starts)) return 'The silence has no startsAt.';
  const began = times.read(starts, 'startsAt');
  const updated = at(silence, 'updatedAt');
  if (typeof began === 'string' || isNever(updated)) return began;
  const made = times.read(updated, 'updatedAt');
  return typeof made === 'string' || made > began ? began : made;
}

/** `instance=~"web-.*"`, as amtool writes it. */
function matcherText(matcher: object): string {
  const isEqual = at(matcher, 'isEqual') !== false;
  const isRegex = at(matcher, 'isRegex') === true;
  const sign = `${isEqual ? '=' : '!'}${isRegex ? '~' : isEqual ? '' : '='}`;
  return `${firstText(matcher, 'name') ?? ''}${sign}${JSON.stringify(firstText(matcher, 'value') ?? '')}`;
}
