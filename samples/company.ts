/** Harbourline Freight GmbH: a company that does not exist. Its systems, people, ports, and the window looked at. */
import type { AuditWindow } from '../shared/time.ts';

export const ENTITY = 'Harbourline Freight GmbH';

/** 181 days; 29 March has 23 hours in this zone. */
export const auditedWindow: AuditWindow = { firstDay: '2026-01-01', lastDay: '2026-06-30', zone: 'Europe/Berlin' };

export const AWS_ACCOUNT = '123456789012';
export const AWS_SYSTEM = `aws:${AWS_ACCOUNT}`;
export const HOME_REGION = 'eu-central-1';

export interface Host {
  readonly system: string;
  readonly role: 'web' | 'app' | 'database' | 'bastion' | 'log' | 'metrics' | 'file-transfer';
  readonly segment: 'dmz' | 'application' | 'data' | 'management';
  readonly criticality: 'medium' | 'high' | 'critical';
  readonly owner: string;
  readonly address: string;
  /** Services whose start and stop the host logs. */
  readonly services: readonly string[];
  /** First day on which it is no longer in scope. */
  readonly leavesOn?: string;
}

type Placing = readonly [Host['segment'], number, Host['criticality'], string];

const segments: Readonly<Record<Host['role'], Placing>> = {
  bastion: ['management', 0, 'critical', 'Platform team'],
  web: ['dmz', 1, 'high', 'Web team'],
  'file-transfer': ['dmz', 1, 'high', 'Integration team'],
  app: ['application', 2, 'high', 'Booking team'],
  database: ['data', 3, 'critical', 'Data team'],
  log: ['management', 4, 'high', 'Platform team'],
  metrics: ['management', 4, 'medium', 'Platform team'],
};

/** In the order of their addresses, which is the order in which a scan reports them. */
export const hosts: readonly Host[] = [
  { ...inSegment('bastion-01', 'bastion', 10), services: ['ssh.service', 'fail2ban.service'] },
  { ...inSegment('web-01', 'web', 21), services: ['nginx.service'] },
  { ...inSegment('web-02', 'web', 22), services: ['nginx.service'] },
  { ...inSegment('portal-01', 'web', 23), services: ['apache2.service'], leavesOn: '2026-04-16' },
  { ...inSegment('edi-01', 'file-transfer', 31), services: ['proftpd.service'] },
  { ...inSegment('app-01', 'app', 41), services: ['booking-api.service'] },
  { ...inSegment('app-02', 'app', 42), services: ['booking-api.service'] },
  { ...inSegment('db-01', 'database', 51), services: ['postgresql@15-main.service'] },
  { ...inSegment('db-02', 'database', 52), services: ['postgresql@15-main.service'] },
  { ...inSegment('log-01', 'log', 61), services: ['rsyslog.service'] },
  { ...inSegment('metrics-01', 'metrics', 62), services: ['prometheus.service', 'grafana-server.service'] },
];

function inSegment(system: string, role: Host['role'], host: number): Omit<Host, 'services'> {
  const [segment, net, criticality, owner] = segments[role];
  return { system, role, segment, criticality, owner, address: `10.20.${net}.${host}` };
}

export interface Person {
  readonly account: string;
  readonly uid: number;
  readonly name: string;
  readonly isPrivileged: boolean;
  /** Address of their work place; log-ins come from it. */
  readonly address: string;
}

export const people: readonly Person[] = [
  { account: 'a.keller', uid: 1001, name: 'Anna Keller', isPrivileged: true, address: '10.20.9.11' },
  { account: 'j.brandt', uid: 1002, name: 'Jonas Brandt', isPrivileged: true, address: '10.20.9.12' },
  { account: 'm.yilmaz', uid: 1003, name: 'Meryem Yilmaz', isPrivileged: true, address: '10.20.9.13' },
  { account: 'l.hoffmann', uid: 1004, name: 'Lea Hoffmann', isPrivileged: false, address: '10.20.9.24' },
  { account: 'p.novak', uid: 1005, name: 'Petr Novak', isPrivileged: false, address: '10.20.9.25' },
  { account: 's.okafor', uid: 1006, name: 'Samuel Okafor', isPrivileged: false, address: '10.20.9.26' },
];

export const privilegedAccounts = people.filter(({ isPrivileged }) => isPrivileged).map(({ account }) => account);

/** The person with this account. Fails (throws) when nobody has it: that is a slip in the sample itself. */
export function personOf(account: string): Person {
  const person = people.find((someone) => someone.account === account);
  if (!person) throw new Error(`Nobody has the account ${account}`);
  return person;
}

/** The host with this name. Fails (throws) when there is none. */
export function hostOf(system: string): Host {
  const host = hosts.find((one) => one.system === system);
  if (!host) throw new Error(`No host is called ${system}`);
  return host;
}

export interface AuthorizedPort {
  readonly systemOrRole: string;
  readonly port: number;
  readonly owner: string;
  readonly purpose: string;
  readonly approvedAt: string;
  readonly ticket: string;
}

const FIRST_REVIEW = '2025-11-03T10:00:00+01:00';

/** Opened by an approved change in the middle of the window: not a deviation. */
export const openedByChange = { system: 'app-01', port: 8443, firstDay: '2026-05-12', ticket: 'CHG-2045' };

export const authorizedPorts: readonly AuthorizedPort[] = [
  authorized('*', 22, 'Platform team', 'Administration over SSH from the bastion'),
  authorized('*', 9100, 'Platform team', 'Host metrics for the metrics server'),
  authorized('web', 80, 'Web team', 'Redirect to HTTPS'),
  authorized('web', 443, 'Web team', 'Customer portal'),
  authorized('file-transfer', 990, 'Integration team', 'EDI file exchange with carriers (FTPS)'),
  authorized('app', 8080, 'Booking team', 'Booking API for the web servers'),
  authorized('database', 5432, 'Data team', 'PostgreSQL for the application servers'),
  authorized('log', 6514, 'Platform team', 'Log forwarding over TLS'),
  authorized('metrics', 9090, 'Platform team', 'Prometheus'),
  authorized('metrics', 3000, 'Platform team', 'Dashboards'),
  {
    ...authorized(openedByChange.system, openedByChange.port, 'Booking team', 'Booking API over TLS, replaces 8080'),
    approvedAt: '2026-05-11T14:20:00+02:00',
    ticket: openedByChange.ticket,
  },
];

function authorized(systemOrRole: string, port: number, owner: string, purpose: string): AuthorizedPort {
  return { systemOrRole, port, owner, purpose, approvedAt: FIRST_REVIEW, ticket: 'CHG-1907' };
}
