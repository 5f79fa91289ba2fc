/** The system log of one host as rsyslog writes it by default: RFC 3164, local time, no year. */
import { wallClockMicros } from '../shared/time.ts';
import { auditedWindow, type Host } from './company.ts';
import type { Happening, Visit } from './host-day.ts';
import type { LogLine } from './log-lines.ts';
import { isSyslogSilent, shownAt } from './plan.ts';
import { BASE64, chanceOf } from './random.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

interface Said {
  readonly at: number;
  readonly program: string;
  readonly text: string;
  readonly plant?: string | undefined;
  readonly isLatin1?: true | undefined;
}

export class SystemLog {
  private pid = 5000;

  constructor(private readonly host: Host) {}

  /** The lines of a day, in order of time. */
  day(happenings: readonly Happening[]): LogLine[] {
    const said = happenings.flatMap((happening) => this.saidOf(happening)).sort((a, b) => a.at - b.at);
    const { system } = this.host;
    return said
      .filter(({ at }) => !isSyslogSilent(system, at))
      .map(({ at, program, text, plant, isLatin1 }) => {
        const shown = shownAt(system, at);
        return { at: shown, text: `${localStamp(shown)} ${system} ${program}: ${text}`, plant, isLatin1 };
      });
  }

  private saidOf(happening: Happening): Said[] {
    const { at, plant } = happening;
    switch (happening.kind) {
      case 'timer':
        return [{ at, program: 'systemd[1]', text: `${happening.unit}.service: Deactivated successfully.` }];
      case 'cron':
        return this.cron(at, happening.command);
      case 'visit':
        return this.visit(happening);
      case 'refused':
        return this.refused(happening);
      case 'reboot':
        return reboot(at, at + happening.downSeconds * 1000, this.host);
      case 'audit-pause':
        return [
          { at, program: 'auditd[612]', text: 'The audit daemon is exiting.' },
          { at: at + happening.minutes * 60_000, program: 'auditd[9120]', text: STARTED },
        ];
      case 'audit-suspended':
        return [
          {
            at: at + 1000,
            program: 'auditd[612]',
            text: 'Audit daemon is suspending logging due to low disk space.',
            plant,
          },
        ];
      case 'audit-resumed':
        return [{ at, program: 'auditd[612]', text: 'Audit daemon is attempting to resume logging.' }];
      case 'note':
        return [happening];
    }
  }

  private cron(at: number, command: string): Said[] {
    const program = `CRON[${this.nextPid()}]`;
    return [
      { at, program, text: 'pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)' },
      { at, program, text: `(root) CMD (${command})` },
      { at: at + 880, program, text: 'pam_unix(cron:session): session closed for user root' },
    ];
  }

  private visit({ at, person, minutes, commands, plant }: Visit): Said[] {
    const program = `sshd[${this.nextPid()}]`;
    const port = 40_000 + (at % 20_000);
    const { account, uid, address } = person;
    const key = chanceOf(uid, 'ssh key').text(BASE64, 43);
    const end = at + minutes * 60_000;
    const isRoot = uid === 0;
    return [
      {
        at,
        program,
        text: `Accepted publickey for ${account} from ${address} port ${port} ssh2: ED25519 SHA256:${key}`,
        plant: isRoot ? plant : undefined,
      },
      {
        at: at + 31,
        program,
        text: `pam_unix(sshd:session): session opened for user ${account}(uid=${uid}) by (uid=0)`,
      },
      ...commands.flatMap(({ argv, isSudo }, place) =>
        isSudo ? this.sudo(at + 20_908 + place * 40_000, account, uid, argv.join(' '), isRoot ? undefined : plant) : [],
      ),
      { at: end, program, text: `Disconnected from user ${account} ${address} port ${port}` },
      { at: end, program, text: `pam_unix(sshd:session): session closed for user ${account}` },
    ];
  }

  private sudo(at: number, account: string, uid: number, command: string, plant: string | undefined): Said[] {
    const program = `sudo[${this.nextPid()}]`;
    const what = `TTY=pts/0 ; PWD=/home/${account} ; USER=root ; COMMAND=${command}`;
    return [
      { at, program, text: `${account.padStart(8)} : ${what}`, plant },
      { at: at + 8, program, text: `pam_unix(sudo:session): session opened for user root(uid=0) by (uid=${uid})` },
      { at: at + 1692, program, text: 'pam_unix(sudo:session): session closed for user root' },
    ];
  }

  private refused({ at, account, from, plant }: { at: number; account: string; from: string; plant?: string }): Said[] {
    const program = `sshd[${this.nextPid()}]`;
    const port = 40_000 + (at % 20_000);
    const whose = account === 'root' ? account : `invalid user ${account}`;
    return [
      { at: at + 2100, program, text: `Failed password for ${whose} from ${from} port ${port} ssh2`, plant },
      {
        at: at + 3300,
        program,
        text: `Connection closed by ${account === 'root' ? 'authenticating' : 'invalid'} user ${account} ${from} port ${port} [preauth]`,
      },
    ];
  }

  private nextPid(): number {
    this.pid = this.pid > 60_000 ? 5000 : this.pid + 7;
    return this.pid;
  }
}

const STARTED = 'Init complete, auditd 3.0.9 listening for events (startup state enable)';

function reboot(down: number, up: number, { services }: Host): Said[] {
  return [
    { at: down, program: 'systemd-logind[540]', text: 'System is rebooting.' },
    ...services.map((unit) => ({ at: down + 40, program: 'systemd[1]', text: `Stopped ${unit}.` })),
    { at: down + 910, program: 'auditd[612]', text: 'The audit daemon is exiting.' },
    { at: up, program: 'kernel', text: '[    0.000000] Linux version 6.1.0-28-amd64 (debian-kernel@lists.debian.org)' },
    { at: up, program: 'auditd[612]', text: STARTED },
    ...services.map((unit) => ({ at: up + 1900, program: 'systemd[1]', text: `Started ${unit}.` })),
  ];
}

const offsets = new Map<number, number>();

/** `Feb  3 04:05:06` by the wall clock of the company. */
function localStamp(at: number): string {
  const hour = Math.floor(at / 3_600_000);
  // Offsets change on the hour; asking for each line would take most of the time.
  let offset = offsets.get(hour);
  if (offset === undefined) {
    const micros = BigInt(hour) * 3_600_000_000n;
    offset = Number((wallClockMicros(micros, auditedWindow.zone) - micros) / 1000n);
    offsets.set(hour, offset);
  }
  const wall = new Date(at + offset).toISOString();
  return `${MONTHS[Number(wall.slice(5, 7)) - 1]} ${String(Number(wall.slice(8, 10))).padStart(2)} ${wall.slice(11, 19)}`;
}
