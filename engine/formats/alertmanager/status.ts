/** What an Alertmanager says of itself (`/api/v2/status`): since when it runs, its version, its cluster. */
import { formatInstant } from '../../../shared/time.ts';
import type { EventTimes } from '../event-records/event-time.ts';
import { at, firstText } from '../event-records/values.ts';
import type { AlertRow } from './alert.ts';

/**
 * The row of a status, or the sentence that says why it is none. It is dated when the Alertmanager started, which is
 * the only time in it: when it was asked, it does not say.
 */
export function statusRow(status: unknown, times: EventTimes, system: string | undefined): AlertRow | string {
  const told = at(status, 'data') ?? status;
  const time = times.read(at(told, 'uptime'), 'uptime');
  if (typeof time === 'string') return time;
  const version = firstText(told, 'versionInfo.version');
  const peers = at(told, 'cluster.peers') ?? at(told, 'clusterStatus.peers');
  const cluster = firstText(told, 'cluster.status', 'clusterStatus.status');
  const members =
    Array.isArray(peers) && peers.length > 0
      ? ` with ${peers.length} ${peers.length === 1 ? 'member' : 'members'}`
      : '';
  return {
    ...{ time, system, stream: 'alertmanager', class: 'service_activity', activity: 'start', code: 'status' },
    ...{ target: 'alertmanager', outcome: 'success' },
    message: `Alertmanager ${version ?? ''} runs since ${formatInstant(time)}${cluster === undefined ? '' : `, its cluster is ${cluster}${members}`}.`,
  };
}
