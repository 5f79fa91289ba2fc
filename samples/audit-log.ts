/** The audit log of one host, day after day: sessions, process ids and serials go on until the next boot. */
import {
  backlogRecords,
  daemonRecords,
  execRecords,
  loginRecords,
  pamMessage,
  serviceRecord,
  sudoCommand,
  systemRecord,
  UNSET,
  userRecord,
  type Caller,
  type RecordBody,
} from './audit-records.ts';
import { people, type Host } from './company.ts';
import type { AuditPause, Command, Happening, Reboot, Visit } from './host-day.ts';
import type { LogLine } from './log-lines.ts';
import { sequenceLosses, shownAt } from './plan.ts';
import { instantAt } from './wall-clock.ts';

/** One event before it has its serial. */
interface Pending {
  readonly at: number;
  readonly records: readonly RecordBody[];
  readonly plant?: string | undefined;
  /** The kernel counts from the start after this. */
  readonly isBoot?: boolean;
  /** Written by the audit daemon, which has a serial of its own. */
  readonly isDaemon?: boolean;
}

const names = new Map<number, string>([
  [0, 'root'],
  [UNSET, 'unset'],
  ...people.map((one) => [one.uid, one.account] as const),
]);
const nameOf = (id: number): string => names.get(id) ?? `unknown(${id})`;

const SYSTEM: Caller = { pid: 1, uid: 0, auid: UNSET, ses: UNSET };
const root = { account: 'root', uid: 0 };

/** The first serial that reaches the file; what the kernel counts before is said to nobody. */
const FIRST_SERIAL = 3;

export class AuditLog {
  private serial: number;
  private daemonSerial: number;
  private session = 40;
  private pid = 20_000;
  private lastCounted = 0;
  private lossesLeft;
  /** Where serials were lost: the times of the records before and after, milliseconds UTC. */
  readonly losses: { readonly id: string; readonly from: number; readonly to: number }[] = [];

  constructor(
    private readonly host: Host,
    /** Serial of the first event: a host has been up for a while when the window begins. */
    firstSerial: number,
  ) {
    this.serial = firstSerial;
    this.daemonSerial = firstSerial % 7000;
    this.lossesLeft = sequenceLosses.filter(({ system }) => system === host.system);
  }

  /** The lines of a day. `happenings` are in order of time and end before the next day begins. */
  day(happenings: readonly Happening[]): LogLine[] {
    const isSuspended = happenings.some(({ kind }) => kind === 'audit-suspended');
    const events = happenings.flatMap((happening) => this.eventsOf(happening)).sort((a, b) => a.at - b.at);
    const lines: LogLine[] = [];
    for (const event of events) {
      const stamp = this.stampOf(event);
      // A daemon that has suspended logging throws records away; the kernel has counted them all the same.
      if (isSuspended) continue;
      event.records.forEach(([type, body], place) =>
        lines.push({
          at: shownAt(this.host.system, event.at),
          text: `node=${this.host.system} type=${type} msg=audit(${stamp}): ${body}`,
          plant: place === 0 ? event.plant : undefined,
        }),
      );
    }
    return lines;
  }

  private stampOf({ at: real, isDaemon, isBoot }: Pending): string {
    const at = shownAt(this.host.system, real);
    const time = `${Math.floor(at / 1000)}.${String(at % 1000).padStart(3, '0')}`;
    if (isDaemon) return `${time}:${this.daemonSerial++}`;
    if (isBoot) this.serial = FIRST_SERIAL;
    this.lose(at);
    return `${time}:${this.serial++}`;
  }

  /** Counts on without a record where the plan says so: the backlog of the kernel was full. */
  private lose(at: number): void {
    const loss = this.lossesLeft[0];
    if (loss && at >= instantAt(...loss.after)) {
      this.serial += loss.lost;
      this.losses.push({ id: loss.id, from: this.lastCounted, to: at });
      this.lossesLeft = this.lossesLeft.slice(1);
    }
    this.lastCounted = at;
  }

  private eventsOf(happening: Happening): readonly Pending[] {
    switch (happening.kind) {
      case 'timer':
        return this.timer(happening);
      case 'cron':
        return this.cron(happening);
      case 'visit':
        return this.visit(happening);
      case 'refused':
        return this.refused(happening);
      case 'reboot':
        return this.reboot(happening);
      case 'audit-pause':
        return this.pause(happening);
      case 'audit-resumed':
        return [{ at: happening.at, records: [daemonRecords.resume(612)], isDaemon: true }];
      case 'audit-suspended':
      case 'note':
        return [];
    }
  }

  private timer({ at, unit }: { at: number; unit: string }): Pending[] {
    return [
      { at, records: [serviceRecord('SERVICE_START', unit, nameOf)] },
      { at, records: [serviceRecord('SERVICE_STOP', unit, nameOf)] },
    ];
  }

  private cron({ at, command }: { at: number; command: string }): Pending[] {
    const pid = this.nextPid();
    const before: Caller = { ...SYSTEM, pid };
    const inside: Caller = { pid, uid: 0, auid: 0, ses: this.session++ };
    const exe = '/usr/sbin/cron';
    const pam = (op: string, grantors: string): string =>
      pamMessage({ op, grantors, account: 'root', exe, address: '?', terminal: 'cron' });
    const execution = {
      caller: { ...inside, pid: this.nextPid() },
      ppid: pid,
      tty: '(none)',
      cwd: '/root',
      key: 'exec_root',
    };
    return [
      { at, records: [userRecord('USER_ACCT', before, pam('accounting', 'pam_permit'), nameOf)] },
      { at, records: [userRecord('CRED_ACQ', before, pam('setcred', 'pam_permit'), nameOf)] },
      { at: at + 4, records: loginRecords(inside, 'cron', exe, nameOf) },
      { at: at + 8, records: [userRecord('USER_START', inside, pam('session_open', sessionGrantors), nameOf)] },
      { at: at + 12, records: execRecords({ ...execution, argv: ['/bin/sh', '-c', command] }, nameOf) },
      { at: at + 880, records: [userRecord('CRED_DISP', inside, pam('setcred', 'pam_permit'), nameOf)] },
      { at: at + 884, records: [userRecord('USER_END', inside, pam('session_close', sessionGrantors), nameOf)] },
    ];
  }

  private visit(visit: Visit): Pending[] {
    const { at, person, minutes } = visit;
    const pid = this.nextPid();
    const ses = this.session++;
    const before: Caller = { ...SYSTEM, pid };
    const inside: Caller = { pid, uid: 0, auid: person.uid, ses };
    const shell: Caller = { pid: this.nextPid(), uid: person.uid, auid: person.uid, ses };
    const pam = (op: string, grantors: string): string =>
      pamMessage({ op, grantors, account: person.account, exe: SSHD, address: person.address, terminal: 'ssh' });
    const record = (type: string, caller: Caller, message: string): RecordBody[] => [
      userRecord(type, caller, message, nameOf),
    ];
    const login = `op=login id=${person.uid} exe="${SSHD}" hostname=${person.address} addr=${person.address} terminal=/dev/pts/0 res=success`;
    const end = at + minutes * 60_000;
    return [
      { at, records: record('USER_ACCT', before, pam('accounting', 'pam_permit')) },
      { at, records: record('CRED_ACQ', before, pam('setcred', 'pam_permit,pam_cap')) },
      { at: at + 3, records: loginRecords(inside, 'sshd', SSHD, nameOf) },
      { at: at + 31, records: record('USER_START', inside, pam('session_open', sessionGrantors)) },
      {
        at: at + 35,
        records: record('CRED_ACQ', { ...inside, pid: this.nextPid() }, pam('setcred', 'pam_permit,pam_cap')),
      },
      {
        at: at + 71,
        records: [withId(userRecord('USER_LOGIN', inside, login, nameOf), person.uid)],
        plant: person.uid === 0 ? visit.plant : undefined,
      },
      ...this.commands(visit, shell),
      { at: end, records: record('USER_END', inside, pam('session_close', sessionGrantors)) },
      { at: end + 4, records: record('CRED_DISP', inside, pam('setcred', 'pam_permit')) },
    ];
  }

  private commands({ at, commands, plant }: Visit, shell: Caller): Pending[] {
    const step = 40_000;
    return commands.flatMap((command, place) => {
      const start = at + 20_000 + place * step;
      return command.isSudo ? this.sudo(start, command, shell, plant) : [this.execution(start, command, shell)];
    });
  }

  private execution(
    at: number,
    { argv }: Command,
    shell: Caller,
    caller: Caller = { ...shell, pid: this.nextPid() },
  ): Pending {
    const key = caller.uid === 0 ? 'exec_root' : 'exec_by_user';
    const execution = { caller, ppid: shell.pid, tty: 'pts0', argv, cwd: homeOf(shell.auid), key };
    return { at, records: execRecords(execution, nameOf) };
  }

  private sudo(at: number, command: Command, shell: Caller, plant: string | undefined): Pending[] {
    const caller: Caller = { ...shell, pid: this.nextPid() };
    const as = (account: string, op: string, grantors: string): string =>
      pamMessage({ op, grantors, account, exe: '/usr/bin/sudo', address: '?', terminal: '/dev/pts/0' });
    const record = (type: string, message: string): RecordBody[] => [userRecord(type, caller, message, nameOf)];
    const self = nameOf(shell.auid);
    const end = at + 2600;
    return [
      this.execution(at, { argv: ['sudo', ...command.argv], isSudo: false }, shell, caller),
      { at: at + 900, records: record('USER_AUTH', as(self, 'authentication', 'pam_permit')) },
      { at: at + 904, records: record('USER_ACCT', as(self, 'accounting', 'pam_permit')) },
      { at: at + 908, records: record('USER_CMD', sudoCommand(homeOf(shell.auid), command.argv, 'pts/0')), plant },
      { at: at + 912, records: record('CRED_REFR', as('root', 'setcred', 'pam_permit,pam_cap')) },
      { at: at + 916, records: record('USER_START', as('root', 'session_open', 'pam_limits,pam_permit,pam_unix')) },
      this.execution(at + 920, command, shell, { ...caller, pid: this.nextPid(), uid: 0 }),
      { at: end, records: record('USER_END', as('root', 'session_close', 'pam_limits,pam_permit,pam_unix')) },
      { at: end + 4, records: record('CRED_DISP', as('root', 'setcred', 'pam_permit')) },
    ];
  }

  private refused({
    at,
    account,
    from,
    plant,
  }: {
    at: number;
    account: string;
    from: string;
    plant?: string;
  }): Pending[] {
    const caller: Caller = { ...SYSTEM, pid: this.nextPid() };
    const known = account === 'root' ? account : '(unknown)';
    const pam = { op: 'authentication', grantors: '?', account: known, exe: SSHD, address: from, terminal: 'ssh' };
    // sshd writes (unknown) and (invalid user); audit puts the one with a space in hexadecimal.
    const named = account === 'root' ? '"root"' : Buffer.from('(invalid user)').toString('hex').toUpperCase();
    const login = `op=login acct=${named} exe="${SSHD}" hostname=? addr=${from} terminal=sshd res=failed`;
    return [
      { at, records: [userRecord('USER_AUTH', caller, pamMessage({ ...pam, isSuccess: false }), nameOf)] },
      { at: at + 2100, records: [userRecord('USER_LOGIN', caller, login, nameOf)], plant },
    ];
  }

  private reboot({ at, downSeconds }: Reboot): Pending[] {
    const { services } = this.host;
    const up = at + downSeconds * 1000;
    const stop = (unit: string): Pending => ({
      at: at + 40,
      records: [serviceRecord('SERVICE_STOP', bare(unit), nameOf)],
    });
    const start = (unit: string): Pending => ({
      at: up + 1900,
      records: [serviceRecord('SERVICE_START', bare(unit), nameOf)],
    });
    this.pid = 400;
    this.session = 1;
    return [
      { at, records: [systemRecord('SYSTEM_SHUTDOWN', 30_990, nameOf)] },
      ...services.map(stop),
      { at: at + 910, records: [daemonRecords.end(root, 1)], isDaemon: true },
      { at: up, records: [daemonRecords.start(612)], isDaemon: true },
      { at: up + 12, records: backlogRecords(627, nameOf), isBoot: true },
      { at: up + 40, records: [serviceRecord('SERVICE_START', 'auditd', nameOf)] },
      { at: up + 60, records: [systemRecord('SYSTEM_BOOT', 640, nameOf)] },
      ...services.map(start),
    ];
  }

  /** The daemon ends and its stop rules switch auditing off, so the kernel counts nothing until it is back. */
  private pause({ at, minutes, plant }: AuditPause): Pending[] {
    const back = at + minutes * 60_000;
    return [
      { at, records: [daemonRecords.end(root, 1)], isDaemon: true, plant },
      { at: back, records: [daemonRecords.start(this.nextPid())], isDaemon: true, plant },
      { at: back + 15, records: backlogRecords(this.nextPid(), nameOf) },
      { at: back + 40, records: [serviceRecord('SERVICE_START', 'auditd', nameOf)] },
    ];
  }

  private nextPid(): number {
    this.pid += 7;
    if (this.pid > 4_000_000) this.pid = 1000;
    return this.pid;
  }
}

const SSHD = '/usr/sbin/sshd';
const sessionGrantors = 'pam_loginuid,pam_keyinit,pam_permit,pam_unix,pam_systemd,pam_limits,pam_env';

/** An audit daemon that enriches also names the account behind `id=`. */
function withId([type, body]: RecordBody, id: number): RecordBody {
  return [type, `${body} ID="${nameOf(id)}"`];
}

function homeOf(uid: number): string {
  return uid === 0 ? '/root' : `/home/${nameOf(uid)}`;
}

function bare(unit: string): string {
  return unit.replace(/\.service$/, '');
}
