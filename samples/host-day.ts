/**
 * What happens on a host during a day. The audit log and the system log are both written from it, so that they agree.
 */
import { dayStart, type Day, type WindowDay } from '../shared/time.ts';
import { auditedWindow, hosts, people, personOf, type Host, type Person } from './company.ts';
import { planted, traps } from './plants.ts';
import { endsOf, hostDown } from './plan.ts';
import type { Chance } from './random.ts';
import { instantAt } from './wall-clock.ts';

/** How much happens: 1 is a quiet company, 20 a busy one. */
export type Busyness = 1 | 20;

export interface Command {
  readonly argv: readonly string[];
  readonly isSudo: boolean;
}

interface At {
  /** Milliseconds since 1970 in UTC. */
  readonly at: number;
  /** The planted thing whose evidence this is. */
  readonly plant?: string;
}

export interface Visit extends At {
  readonly kind: 'visit';
  readonly person: Person;
  readonly minutes: number;
  readonly commands: readonly Command[];
}

export interface Reboot extends At {
  readonly kind: 'reboot';
  readonly downSeconds: number;
}

export interface AuditPause extends At {
  readonly kind: 'audit-pause';
  readonly minutes: number;
}

export type Happening =
  | (At & { readonly kind: 'timer'; readonly unit: string })
  | (At & { readonly kind: 'cron'; readonly command: string })
  | Visit
  | (At & { readonly kind: 'refused'; readonly account: string; readonly from: string })
  | Reboot
  | AuditPause
  | (At & { readonly kind: 'audit-suspended' | 'audit-resumed' })
  /** A line of the system log alone; `isLatin1` writes it as a program without UTF-8 does. */
  | (At & { readonly kind: 'note'; readonly program: string; readonly text: string; readonly isLatin1?: true });

/** The days of a host that are in scope, as a list of its happenings each, in order of time. */
export function happeningsOf(host: Host, { day, from, to }: WindowDay, chance: Chance, busy: Busyness): Happening[] {
  const all: Happening[] = [
    ...timers({ from: Number(from / 1000n), to: Number(to / 1000n) }, chance, busy),
    { kind: 'cron', at: instantAt(day, '23:59:55') + chance.between(0, 2000), command: '/usr/local/sbin/day-end' },
    ...visits(host, day, chance, busy),
    // On the day of 23 hours some of these would fall into the next one, and be written before it begins.
    ...[...refusals(host, day, chance, busy), ...notes(host, day, chance, busy)].filter(
      ({ at }) => at < Number(to / 1000n) - 60_000,
    ),
    ...plantedOn(host, day),
  ];
  const reboot = restartOn(host, day);
  const calm = reboot ? all.filter((happening) => !isDuring(happening, reboot)) : all;
  return (reboot ? [...calm, reboot] : calm).sort((a, b) => a.at - b.at);
}

function timers({ from, to }: { from: number; to: number }, chance: Chance, busy: Busyness): Happening[] {
  const step = 3_600_000 / busy;
  const list: Happening[] = [];
  for (let at = from; at < to; at += step) {
    list.push({ kind: 'timer', at: at + chance.between(1000, 9000), unit: 'sysstat-collect' });
  }
  return list;
}

const plainCommands: readonly (readonly string[])[] = [
  ['df', '-h'],
  ['uptime'],
  ['tail', '-n', '50', '/var/log/syslog'],
  ['ss', '-tn'],
  ['less', '/var/log/booking/api.log'],
  ['curl', '-s', 'http://localhost:9100/metrics'],
];

const rootCommands: readonly (readonly string[])[] = [
  ['/usr/bin/systemctl', 'status', 'chrony'],
  ['/usr/bin/apt-get', 'update'],
  ['/usr/bin/journalctl', '-u', 'ssh', '--since', 'today'],
  ['/usr/sbin/nft', 'list', 'ruleset'],
  ['/usr/bin/systemctl', 'restart', 'prometheus-node-exporter'],
];

function visits(host: Host, day: Day, chance: Chance, busy: Busyness): Visit[] {
  const list: Visit[] = [];
  const isWorkday = ![0, 6].includes(new Date(`${day}T12:00:00Z`).getUTCDay());
  for (let turn = 0; turn < busy; turn++) {
    if (!chance.happens(isWorkday ? 0.52 : 0.12)) continue;
    const at = instantAt(day, '07:40:00') + chance.between(0, 36_000_000);
    const person = chance.pick(people);
    const minutes = chance.between(3, 50);
    list.push({ kind: 'visit', at, person, minutes, commands: commandsOf(person, chance) });
  }
  // The audit daemon of this host is down for a while on this day; people stay away from it until the afternoon.
  const isQuietMorning = host.system === planted.auditPause.system && day === planted.auditPause.day;
  return isQuietMorning ? list.filter(({ at }) => at > instantAt(day, '12:00:00')) : list;
}

function commandsOf({ isPrivileged }: Person, chance: Chance): Command[] {
  const commands: Command[] = [{ argv: chance.pick(plainCommands), isSudo: false }];
  if (isPrivileged && chance.happens(0.7)) commands.push({ argv: chance.pick(rootCommands), isSudo: true });
  return commands;
}

const guesses = ['admin', 'test', 'oracle', 'ubuntu', 'postgres', 'git'];

function refusals({ system }: Host, day: Day, chance: Chance, busy: Busyness): Happening[] {
  const list: Happening[] = [];
  const count = system === 'bastion-01' ? chance.between(2, 4) * busy : 0;
  for (let turn = 0; turn < count; turn++) {
    const at = instantAt(day, '00:20:00') + chance.between(0, 82_000_000);
    list.push({ kind: 'refused', at, account: chance.pick(guesses), from: `203.0.113.${chance.between(2, 250)}` });
  }
  return list;
}

const plainNotes: readonly (readonly [string, string])[] = [
  ['chronyd[498]', 'Selected source 10.20.0.1'],
  ['kernel', '[UFW BLOCK] IN=ens18 OUT= SRC=10.20.9.40 DST=10.20.4.61 LEN=60 TTL=64 PROTO=TCP SPT=51022 DPT=111'],
  ['systemd[1]', 'Started session-c1.scope - Session c1 of User root.'],
  ['systemd-resolved[455]', 'Clock change detected. Flushing caches.'],
  ['prometheus-node-exporter[702]', 'level=info msg="Listening on" address=[::]:9100'],
];

function notes(_host: Host, day: Day, chance: Chance, busy: Busyness): Happening[] {
  return Array.from({ length: 3 * busy }, () => {
    const [program, text] = chance.pick(plainNotes);
    return { kind: 'note', at: instantAt(day, '00:10:00') + chance.between(0, 82_000_000), program, text };
  });
}

/** When the host goes down on this day and for how long, if it does. */
export function restartOn(host: Host, day: Day): Reboot | undefined {
  return downOn(host, day) ?? rebootOn(host, day);
}

/** Every host restarts once a month, early on the second Tuesday, some minutes after the one before it. */
function rebootOn(host: Host, day: Day): Reboot | undefined {
  const date = new Date(`${day}T12:00:00Z`);
  const isPatchDay = date.getUTCDay() === 2 && date.getUTCDate() >= 8 && date.getUTCDate() <= 14;
  if (!isPatchDay) return undefined;
  const place = hosts.indexOf(host);
  const at = Number(dayStart(day, auditedWindow.zone) / 1000n) + 5 * 3_600_000 + 12 * 60_000 + place * 13 * 60_000;
  return { kind: 'reboot', at, downSeconds: 70 + place * 9 };
}

/** The planted day on which a host is down for hours. */
function downOn({ system }: Host, day: Day): Reboot | undefined {
  if (system !== hostDown.system || day !== hostDown.from[0]) return undefined;
  const { from, to } = endsOf(hostDown);
  return { kind: 'reboot', at: from, downSeconds: (to - from) / 1000 };
}

function isDuring({ at }: Happening, reboot: Reboot): boolean {
  return at > reboot.at - 20_000 && at < reboot.at + reboot.downSeconds * 1000 + 20_000;
}

function plantedOn({ system }: Host, day: Day): Happening[] {
  return [...plantedDeviations(system, day), ...plantedTraps(system, day)];
}

const rootPerson: Person = { account: 'root', uid: 0, name: 'root', isPrivileged: true, address: '10.20.0.10' };

function plantedDeviations(system: string, day: Day): Happening[] {
  const { silentDay, rootLogin, foreignSudo, auditPause } = planted;
  const list: Happening[] = [];
  if (system === silentDay.system && day === silentDay.day)
    list.push({ kind: 'audit-suspended', at: instantAt(day, '00:00:00'), plant: silentDay.id });
  if (system === silentDay.system && day === nextDay(silentDay.day))
    list.push({ kind: 'audit-resumed', at: instantAt(day, '00:00:00') + 215 });
  if (system === rootLogin.system && day === rootLogin.day) {
    const commands = [{ argv: ['psql', '-U', 'postgres', '-l'], isSudo: false }];
    const at = instantAt(day, rootLogin.time);
    list.push({ kind: 'visit', at, person: rootPerson, minutes: 6, commands, plant: rootLogin.id });
  }
  if (system === foreignSudo.system && day === foreignSudo.day) {
    const commands = [{ argv: ['/usr/bin/cat', '/etc/booking/api-secrets.env'], isSudo: true }];
    const at = instantAt(day, foreignSudo.time);
    const person = personOf(foreignSudo.account);
    list.push({ kind: 'visit', at, person, minutes: 9, commands, plant: foreignSudo.id });
  }
  if (system === auditPause.system && day === auditPause.day) {
    const { time, minutes, id } = auditPause;
    list.push({ kind: 'audit-pause', at: instantAt(day, time), minutes, plant: id });
  }
  return list;
}

function nextDay(day: Day): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

const hostileTexts = [
  '203.0.113.66 - - "GET /track?ref=<script>alert(document.cookie)</script> HTTP/1.1" 404 162',
  `203.0.113.66 - - "GET /track?ref=1'; DROP TABLE events; -- HTTP/1.1" 404 162`,
  `203.0.113.66 - - "=cmd|'/C calc'!A0" 400 157`,
];

function plantedTraps(system: string, day: Day): Happening[] {
  const { failedRootLogins, privilegedSudo, brokenText, hostileText } = traps;
  const list: Happening[] = [];
  if (system === failedRootLogins.system && failedRootLogins.days.includes(day as never)) {
    const at = instantAt(day, '03:17:44');
    for (let turn = 0; turn < 4; turn++) {
      const plant = failedRootLogins.id;
      list.push({ kind: 'refused', at: at + turn * 4200, account: 'root', from: '198.51.100.23', plant });
    }
  }
  if (system === privilegedSudo.system && day === privilegedSudo.day) {
    const commands = [{ argv: ['/usr/bin/apt-get', 'upgrade', '-y'], isSudo: true }];
    const at = instantAt(day, privilegedSudo.time);
    const person = personOf('a.keller');
    list.push({ kind: 'visit', at, person, minutes: 20, commands, plant: privilegedSudo.id });
  }
  if (system === brokenText.system && day === brokenText.day) {
    const text = '10.20.9.80 (carrier7) - STOR /in/Auftragsbest\u00e4tigung_4471.pdf 226 91022';
    const at = instantAt(day, brokenText.time);
    list.push({ kind: 'note', at, program: 'proftpd[4410]', text, isLatin1: true, plant: brokenText.id });
  }
  if (system === hostileText.system && day === hostileText.day) {
    const at = instantAt(day, hostileText.time);
    hostileTexts.forEach((text, turn) =>
      list.push({ kind: 'note', at: at + turn * 1700, program: 'nginx', text, plant: hostileText.id }),
    );
  }
  return list;
}
