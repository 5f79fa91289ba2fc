/** The tickets of the half year: changes, incidents, and what people wrote about the things that were planted. */
import { addDays, type Day } from '../shared/time.ts';
import { auditedWindow, hosts, openedByChange, people } from './company.ts';
import { csv } from './csv.ts';
import { planted } from './plants.ts';
import { instantAt } from './wall-clock.ts';
import type { Chance } from './random.ts';

interface Ticket {
  readonly id: string;
  readonly kind: 'change' | 'incident';
  readonly system: string;
  readonly opened: number;
  readonly hours: number | undefined;
  readonly summary: string;
  readonly rootCause: string;
  readonly requester: string;
  readonly approver: string;
  readonly links: string;
}

const COLUMNS =
  'ticket_id,kind,system,opened,acknowledged,resolved,status,summary,root_cause,requester,approver,approved_at,links';

export interface TicketFile {
  readonly text: string;
  readonly count: number;
  readonly marks: readonly { readonly plant: string; readonly record: number; readonly text: string }[];
}

/** All tickets in order of opening, with one damaged row in the middle and one hostile text. */
export function ticketsFile(chance: Chance): TicketFile {
  const tickets = [...routineChanges(chance), ...monthlyPatches(), ...aboutPlants()].sort(
    (a, b) => a.opened - b.opened,
  );
  const rows = tickets.map(rowOf);
  const damagedAt = Math.floor(rows.length / 2);
  const withDamage = [...rows.slice(0, damagedAt), DAMAGED_ROW, ...rows.slice(damagedAt)];
  const hostileAt = withDamage.findIndex((row) => row[7] === HOSTILE_SUMMARY);
  return {
    text: csv([COLUMNS.split(','), ...withDamage]),
    count: tickets.length,
    marks: [
      { plant: planted.damagedTicket.id, record: damagedAt + 1, text: DAMAGED_ROW.slice(0, 4).join(',') },
      { plant: 'hostile-text', record: hostileAt + 1, text: 'alert(1)' },
    ],
  };
}

const DAMAGED_ROW = [
  'CHG-20??',
  'change',
  'app-01',
  '31.02.2026 25:61',
  '',
  '',
  'done',
  'Row damaged in the export',
  '',
  '',
  '',
  '',
  '',
];
const HOSTILE_SUMMARY = `=cmd|'/C calc'!A1 <script>alert(1)</script> '); DROP TABLE tickets; --`;

function rowOf(ticket: Ticket): readonly string[] {
  const { id, kind, system, opened, hours, summary, rootCause, requester, approver, links } = ticket;
  const acknowledged = kind === 'incident' ? instantText(opened + 12 * 60_000) : '';
  const resolved = hours === undefined ? '' : instantText(opened + hours * 3_600_000);
  const approved = approver === '' ? '' : instantText(opened + 90 * 60_000);
  const status = hours === undefined ? 'open' : kind === 'change' ? 'done' : 'resolved';
  return [
    id,
    kind,
    system,
    instantText(opened),
    acknowledged,
    resolved,
    status,
    summary,
    rootCause,
    requester,
    approver,
    approved,
    links,
  ];
}

function instantText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

const routine = [
  'Renew the certificate of the public site',
  'Raise the memory of the service',
  'Rotate the database password',
  'Update the log forwarding configuration',
  'Deploy booking-api',
  'Extend the data volume',
  'Review the accounts of the host',
];

function routineChanges(chance: Chance): Ticket[] {
  return Array.from({ length: 42 }, (_, place) => {
    const day = addDays(auditedWindow.firstDay, place * 4 + chance.between(2, 4));
    const requester = chance.pick(people);
    const approver = chance.pick(
      people.filter(({ isPrivileged, account }) => isPrivileged && account !== requester.account),
    );
    return {
      id: `CHG-${2001 + place}`,
      kind: 'change',
      // portal-01 is on its way out and gets no changes.
      system: chance.pick(hosts.filter(({ leavesOn }) => leavesOn === undefined)).system,
      opened: instantAt(day, '09:00:00') + chance.between(0, 20_000) * 1000,
      hours: chance.between(4, 60),
      summary: chance.pick(routine),
      rootCause: '',
      requester: requester.account,
      approver: approver.account,
      links: '',
    };
  });
}

function monthlyPatches(): Ticket[] {
  return ['2026-01-09', '2026-02-06', '2026-03-06', '2026-04-10', '2026-05-08', '2026-06-05'].map((day, place) => ({
    ...change(`CHG-${2101 + place}`, '', day, 'Monthly patches and restart of all hosts'),
    hours: 120,
  }));
}

function change(id: string, system: string, day: Day, summary: string): Ticket {
  const opened = instantAt(day, '10:10:00');
  return {
    id,
    kind: 'change',
    system,
    opened,
    hours: 30,
    summary,
    rootCause: '',
    requester: 'j.brandt',
    approver: 'a.keller',
    links: '',
  };
}

interface Trouble {
  readonly system: string;
  readonly day: Day;
  readonly time: string;
  readonly hours?: number;
  readonly summary: string;
  readonly rootCause?: string;
  readonly links?: string;
}

function incident(id: string, { system, day, time, hours, summary, rootCause = '', links = '' }: Trouble): Ticket {
  const opened = instantAt(day, time);
  return {
    id,
    kind: 'incident',
    system,
    opened,
    hours,
    summary,
    rootCause,
    requester: 'm.yilmaz',
    approver: '',
    links,
  };
}

/** Tickets on what was planted. INC-3111 and INC-3112 cover a gap and have a root cause, so each explains one. */
function aboutPlants(): Ticket[] {
  const { silentDay, missedScan, unauthorisedPort, auditPause, cutScan, leaver, rootLogin, awsRoot } = planted;
  const { ticket, system: changed } = openedByChange;
  return [
    change(ticket, changed, '2026-05-11', 'Open 8443/tcp on app-01: booking API over TLS'),
    change('CHG-2107', leaver.system, '2026-04-07', 'Take portal-01 out of service on 16 April'),
    incident('INC-3101', {
      system: silentDay.system,
      day: addDays(silentDay.day, 1),
      time: '08:12:00',
      hours: 5,
      summary: 'Audit log of app-02 stopped, partition was full',
    }),
    incident('INC-3102', {
      system: 'metrics-01',
      day: missedScan.day,
      time: '09:02:00',
      summary: 'No port scan this morning',
    }),
    incident('INC-3103', {
      system: unauthorisedPort.system,
      day: unauthorisedPort.days[1],
      time: '13:40:00',
      hours: 3,
      summary: 'PostgreSQL answers on web-02',
      rootCause: 'A test database was installed for a migration trial and not removed.',
      links: 'CHG-2026',
    }),
    incident('INC-3104', {
      system: rootLogin.system,
      day: addDays(rootLogin.day, 1),
      time: '09:20:00',
      hours: 28,
      summary: 'Root log-in over SSH on db-02 in the evening',
    }),
    incident('INC-3105', {
      system: `aws:123456789012`,
      day: awsRoot.day,
      time: '12:05:00',
      hours: 2,
      summary: 'Alarm: root user of the AWS account was used',
    }),
    incident('INC-3106', {
      system: auditPause.system,
      day: auditPause.day,
      time: '10:41:00',
      hours: 1,
      summary: 'Audit daemon of log-01 was down',
    }),
    incident('INC-3107', {
      system: 'metrics-01',
      day: cutScan.day,
      time: '07:55:00',
      summary: 'Port scan ended early, scanner restarted',
    }),
    incident('INC-3108', {
      system: 'web-01',
      day: '2026-03-05',
      time: '08:30:00',
      hours: 6,
      summary: HOSTILE_SUMMARY,
      rootCause: 'Automated probing from the internet, blocked.',
    }),
    incident('INC-3109', {
      system: 'edi-01',
      day: '2026-01-27',
      time: '15:10:00',
      hours: 2,
      summary: 'File name of a carrier not in UTF-8',
      rootCause: 'The partner sends ISO 8859-1.',
    }),
    incident('INC-3110', {
      system: 'bastion-01',
      day: '2026-04-14',
      time: '07:30:00',
      hours: 1,
      summary: 'Refused root log-ins from the internet',
      rootCause: 'Scanning; password log-in is off.',
    }),
    incident('INC-3111', {
      system: 'web-01',
      day: '2026-01-20',
      time: '09:10:00',
      hours: 36,
      summary: 'No system log of web-01 since this morning',
      rootCause: 'rsyslog was stopped by an update and not started again.',
    }),
    incident('INC-3112', {
      system: 'db-02',
      day: '2026-03-17',
      time: '10:20:00',
      hours: 36,
      summary: 'System log of db-02 stands still',
      rootCause: 'A debug log filled the log volume.',
    }),
    incident('INC-3113', {
      system: 'edi-01',
      day: '2026-02-24',
      time: '11:00:00',
      hours: 34,
      summary: 'System log of edi-01 is missing',
    }),
  ];
}
