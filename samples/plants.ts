/**
 * What the sample plants on purpose, day by day. Everything else in it is meant to be clean under the same controls.
 * The days are fixed, whatever the seed, so that people can talk about them.
 */
import type { Day } from '../shared/time.ts';

/** `[first, last]`, both included. */
type Days = readonly [Day, Day];

export const planted = {
  silentDay: { id: 'silent-audit-day', system: 'app-02', day: '2026-02-18' },
  missedScan: { id: 'missed-scan', day: '2026-03-11' },
  unauthorisedPort: {
    id: 'unauthorised-port',
    system: 'web-02',
    port: 5432,
    days: ['2026-04-20', '2026-04-28'] as Days,
  },
  rootLogin: { id: 'direct-root-login', system: 'db-02', day: '2026-05-06', time: '22:41:17' },
  foreignSudo: { id: 'sudo-outside-list', system: 'app-01', day: '2026-03-24', time: '16:12:40', account: 's.okafor' },
  awsRoot: { id: 'aws-root-use', day: '2026-05-19', time: '11:26:05' },
  auditPause: { id: 'audit-daemon-down', system: 'log-01', day: '2026-06-11', time: '10:15:20', minutes: 20 },
  cutScan: { id: 'cut-off-scan', day: '2026-06-17', hostsCovered: 6 },
  leaver: { id: 'system-leaves-scope', system: 'portal-01', day: '2026-04-16' },
  damagedAuditLine: { id: 'damaged-audit-line', system: 'web-01', day: '2026-02-11' },
  damagedTicket: { id: 'damaged-ticket-row' },
  damagedPort: { id: 'damaged-port-row' },
} as const;

/** What looks like trouble and is none. */
export const traps = {
  changedPort: { id: 'port-opened-by-change' },
  failedRootLogins: {
    id: 'failed-root-logins',
    system: 'bastion-01',
    days: ['2026-02-03', '2026-04-14', '2026-06-02'],
  },
  privilegedSudo: { id: 'sudo-by-privileged-account', system: 'db-01', day: '2026-01-22', time: '09:30:12' },
  springForward: { id: 'daylight-saving-day', day: '2026-03-29' },
  brokenText: { id: 'invalid-utf8-line', system: 'edi-01', day: '2026-01-27', time: '14:22:08' },
  hostileText: { id: 'hostile-text', system: 'web-01', day: '2026-03-05', time: '02:51:33' },
} as const;
