/** The System Log as Okta's administrators download it as CSV: members by their places, names with underscores. */
import type { EventTable } from '../event-records/event-format.ts';

const TARGET = /^target(\d{1,2})$/;

export const oktaTable: EventTable = {
  columns: { timestamp: 'published', eventtype: 'eventType', displaymessage: 'displayMessage' },
  shape: (event) => {
    const targets = Object.entries(event).flatMap(([name, target]) => {
      const place = TARGET.exec(name)?.[1];
      return place === undefined ? [] : [{ name, place: Number(place), target }];
    });
    targets.sort((a, b) => a.place - b.place);
    for (const { name } of targets) delete event[name];
    if (targets.length > 0) event['target'] ??= targets.map(({ target }) => target);
    const request = event['request'] as { ip_chain?: unknown } | undefined;
    const chain = typeof request === 'object' ? request.ip_chain : undefined;
    if (typeof chain === 'object' && !Array.isArray(chain)) event['request'] = { ...request, ip_chain: [chain] };
  },
};
