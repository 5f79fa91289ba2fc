/** Which audit events are sign-ins, one row of `authentications` each. See docs/formats/auditd.md, "Sign-ins". */
import { columnNumbers, setText, type ColumnNumbers, type RowColumns } from '../../core/row-columns.ts';
import type { Described } from './described.ts';
import { slots } from './keys.ts';
import { programKind, programName } from './people.ts';
import type { DescribedRecord } from './audit-record.ts';

/**
 * Programs that let a person in and write no USER_LOGIN: PAM's records are all there is of them. Of the others PAM's
 * records tell of the same sign-in once more.
 */
const PAM_ONLY = new Set('dropbear vsftpd sddm-helper xrdp-sesman cockpit-session'.split(' '));
/** Programs that PAM lets a person into beside the system. */
const APPLICATIONS: ReadonlyMap<string, string> = new Map([
  ['vsftpd', 'vsftpd'],
  ['cockpit-session', 'cockpit'],
]);
/** Names of one program in its several processes and ways of being called. */
const PROGRAMS: ReadonlyMap<string, string> = new Map([
  ['sshd-session', 'sshd'],
  ['sshd-auth', 'sshd'],
  ['gdm-session-worker', 'gdm'],
  ['gdm-password', 'gdm'],
  ['su-l', 'su'],
  ['runuser-l', 'runuser'],
  ['sudo-i', 'sudo'],
  ['sudo-rs', 'sudo'],
  ['polkit-agent-helper-1', 'pkexec'],
]);

/** Whether a record of this type, by a program, with this outcome, stands for a sign-in. */
function isSignIn(type: string, exe: string | undefined, outcome: string | undefined): boolean {
  if (type === 'USER_LOGIN') return true;
  const isByPam = programKind(exe) === 'switch' || PAM_ONLY.has(programName(exe) ?? '');
  if (!isByPam) return false;
  // Who is let in gets a session; who is not has failed to authenticate, or has an account that may not be used.
  if (type === 'USER_START') return true;
  return (type === 'USER_AUTH' || type === 'USER_ACCT') && outcome === 'failure';
}

/** What an event that may be a sign-in is beside its description. */
export interface SignInEvent {
  /** Of its first line. */
  readonly record: number;
  /** UTC microseconds. */
  readonly time: number;
  readonly system: string | undefined;
  readonly main: DescribedRecord;
  readonly described: Described;
  readonly outcome: string | undefined;
}

/** Sign-ins as rows of `authentications`. */
export class SignInRows {
  private readonly at: ColumnNumbers<'authentications'>;

  constructor(private readonly rows: RowColumns<'authentications'>) {
    this.at = columnNumbers('authentications', rows);
  }

  /** Adds a row where the event is a sign-in. */
  add({ record, time, system, main, described, outcome }: SignInEvent): void {
    const { rows, at } = this;
    const exe = main.get(slots.exe);
    if (!isSignIn(main.type.name, exe, outcome)) return;
    const program = programName(exe);
    const known = program === undefined ? undefined : (PROGRAMS.get(program) ?? program);
    rows.number(at.time, time);
    setText(rows, at.system, system);
    rows.text(at.stream, 'auditd');
    setText(rows, at.actor, described.actor);
    setText(rows, at.provider, main.type.name === 'USER_LOGIN' ? known : 'pam');
    setText(rows, at.application, program === undefined ? undefined : APPLICATIONS.get(program));
    if (programKind(exe) === 'switch') setText(rows, at.method, known);
    setText(rows, at.outcome, outcome);
    setText(rows, at.src_ip, described.src_ip);
    // The session of a switch is the one that it happens in, and a log-in that failed begins none.
    if (programKind(exe) !== 'switch' && outcome === 'success') setText(rows, at.session, main.ses?.toString());
    rows.end(record);
  }
}
