/** What an event is called, and by which service. An Insights event says it of the calls that were unusual. */
import { memberOf, textAt } from './members.ts';

export function nameOf(event: unknown): string | undefined {
  return textAt(event, 'eventName') ?? textAt(event, 'insightDetails', 'eventName');
}

export function sourceOf(event: unknown): string | undefined {
  return textAt(event, 'eventSource') ?? textAt(event, 'insightDetails', 'eventSource');
}

/** True for an event of CloudTrail Insights: it tells of calls, and is none. */
export function isInsight(event: unknown): boolean {
  const details = memberOf(event, 'insightDetails');
  return typeof details === 'object' && details !== null;
}

/** True for what has the name of an event, or of an insight; whether it can be read is another question. */
export function isEventLike(value: unknown): boolean {
  return nameOf(value) !== undefined;
}
