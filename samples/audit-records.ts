/**
 * The bodies of audit records as auditd 3.0.9 with log_format=ENRICHED writes them: fields in its order, text with
 * spaces as hexadecimal, and after a byte 0x1d what the daemon adds.
 */
import type { Person } from './company.ts';

/** Type and body of one line; the lines of an event share a stamp. */
export type RecordBody = readonly [type: string, body: string];

export const UNSET = 4294967295;
const SEPARATOR = '\u001d';

/** Who a process belongs to while it writes a record. */
export interface Caller {
  readonly pid: number;
  readonly uid: number;
  readonly auid: number;
  readonly ses: number;
}

/** Name of an id: an audit daemon that enriches looks it up. */
export type NameOf = (id: number) => string;

/** A record that a program sends: `msg='...'` with its own fields inside. */
export function userRecord(type: string, caller: Caller, message: string, nameOf: NameOf): RecordBody {
  const { pid, uid, auid, ses } = caller;
  const head = `pid=${pid} uid=${uid} auid=${auid} ses=${ses} subj=unconfined msg='${message}'`;
  return [type, `${head}${SEPARATOR}UID="${nameOf(uid)}" AUID="${nameOf(auid)}"`];
}

/** What PAM says in a USER_* or CRED_* record. */
export interface PamMessage {
  readonly op: string;
  readonly grantors: string;
  readonly account: string;
  readonly exe: string;
  readonly address: string;
  readonly terminal: string;
  readonly isSuccess?: boolean;
}

/** The inside of a record that PAM sends. */
export function pamMessage({ op, grantors, account, exe, address, terminal, isSuccess = true }: PamMessage): string {
  const from = `hostname=${address} addr=${address} terminal=${terminal}`;
  return `op=PAM:${op} grantors=${grantors} acct="${account}" exe="${exe}" ${from} res=${isSuccess ? 'success' : 'failed'}`;
}

/** SERVICE_START or SERVICE_STOP of a systemd unit. */
export function serviceRecord(type: 'SERVICE_START' | 'SERVICE_STOP', unit: string, nameOf: NameOf): RecordBody {
  const message = `unit=${unit} comm="systemd" exe="/usr/lib/systemd/systemd" hostname=? addr=? terminal=? res=success`;
  return userRecord(type, { pid: 1, uid: 0, auid: UNSET, ses: UNSET }, message, nameOf);
}

/** SYSTEM_BOOT or SYSTEM_SHUTDOWN; the space after the quote is how the tool writes it. */
export function systemRecord(type: 'SYSTEM_BOOT' | 'SYSTEM_SHUTDOWN', pid: number, nameOf: NameOf): RecordBody {
  const tool = 'comm="systemd-update-utmp" exe="/usr/lib/systemd/systemd-update-utmp"';
  const message = ` ${tool} hostname=? addr=? terminal=? res=success`;
  return userRecord(type, { pid, uid: 0, auid: UNSET, ses: UNSET }, message, nameOf);
}

/** LOGIN with the system call that set the log-in id. */
export function loginRecords(caller: Caller, program: string, exe: string, nameOf: NameOf): readonly RecordBody[] {
  const { pid, auid, ses } = caller;
  const ids = `old-auid=${UNSET} auid=${auid} tty=(none) old-ses=${UNSET} ses=${ses} res=1`;
  const names = `UID="root" OLD-AUID="unset" AUID="${nameOf(auid)}"`;
  return [
    ['LOGIN', `pid=${pid} uid=0 subj=unconfined ${ids}${SEPARATOR}${names}`],
    syscallRecord(
      { ...call(1, 'write'), caller: { ...caller, uid: 0 }, ppid: 611, tty: '(none)', program, exe },
      nameOf,
    ),
    ['PROCTITLE', `proctitle=${proctitle([program])}`],
  ];
}

interface Call {
  readonly number: number;
  readonly name: string;
  readonly items: number;
  readonly exit: number;
}

const call = (number: number, name: string, items = 0, exit = 4): Call => ({ number, name, items, exit });

interface Syscall extends Call {
  readonly caller: Caller;
  readonly ppid: number;
  readonly tty: string;
  readonly program: string;
  readonly exe: string;
  readonly key?: string;
}

function syscallRecord(it: Syscall, nameOf: NameOf): RecordBody {
  const { pid, uid, auid, ses } = it.caller;
  const name = nameOf(uid);
  const result = `success=yes exit=${it.exit} a0=3 a1=7ffd90a92180 a2=4 a3=7ffd90a91e94 items=${it.items}`;
  const ids = `uid=${uid} gid=${uid} euid=${uid} suid=${uid} fsuid=${uid} egid=${uid} sgid=${uid} fsgid=${uid}`;
  const who = `ppid=${it.ppid} pid=${pid} auid=${auid} ${ids} tty=${it.tty} ses=${ses}`;
  const what = `comm="${it.program}" exe="${it.exe}" subj=unconfined key=${it.key === undefined ? '(null)' : `"${it.key}"`}`;
  const names = ['AUID', 'UID', 'GID', 'EUID', 'SUID', 'FSUID', 'EGID', 'SGID', 'FSGID']
    .map((field) => `${field}="${field === 'AUID' ? nameOf(auid) : name}"`)
    .join(' ');
  const added = `ARCH=x86_64 SYSCALL=${it.name} ${names}`;
  return ['SYSCALL', `arch=c000003e syscall=${it.number} ${result} ${who} ${what}${SEPARATOR}${added}`];
}

export interface Execution {
  readonly caller: Caller;
  readonly ppid: number;
  readonly tty: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly key: string;
}

/** A program started: SYSCALL, EXECVE, CWD, two PATHs and PROCTITLE. */
export function execRecords(execution: Execution, nameOf: NameOf): readonly RecordBody[] {
  const { argv, cwd } = execution;
  const program = argv[0]?.split('/').at(-1) ?? '';
  const exe = `/usr/bin/${program}`;
  const args = argv.map((argument, place) => `a${place}=${encoded(argument)}`).join(' ');
  return [
    syscallRecord({ ...call(59, 'execve', 2, 0), ...execution, program, exe }, nameOf),
    ['EXECVE', `argc=${argv.length} ${args}`],
    ['CWD', `cwd="${cwd}"`],
    pathRecord(0, exe, 260257),
    pathRecord(1, '/lib64/ld-linux-x86-64.so.2', 338944),
    ['PROCTITLE', `proctitle=${proctitle(argv)}`],
  ];
}

function pathRecord(item: number, name: string, inode: number): RecordBody {
  const file = `inode=${inode} dev=fe:00 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL`;
  const rights = 'cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0';
  return ['PATH', `item=${item} name="${name}" ${file} ${rights}${SEPARATOR}OUID="root" OGID="root"`];
}

/** sudo's own record of the command it runs; a command with a space in it stands in hexadecimal. */
export function sudoCommand(cwd: string, argv: readonly string[], tty: string): string {
  return `cwd="${cwd}" cmd=${encoded(argv.join(' '))} exe="/usr/bin/sudo" terminal=${tty} res=success`;
}

/** The audit daemon's own records. They carry a serial of the daemon, not of the kernel. */
export const daemonRecords = {
  start: (pid: number): RecordBody => [
    'DAEMON_START',
    `op=start ver=3.0.9 format=enriched kernel=6.1.0-28-amd64 auid=${UNSET} pid=${pid} uid=0 ses=${UNSET} ` +
      `subj=unconfined res=success${SEPARATOR}AUID="unset" UID="root"`,
  ],
  end: (by: Pick<Person, 'account' | 'uid'>, pid: number): RecordBody => [
    'DAEMON_END',
    `op=terminate auid=${by.uid} uid=0 ses=${UNSET} pid=${pid} subj=unconfined res=success` +
      `${SEPARATOR}AUID="${by.account}" UID="root"`,
  ],
  resume: (pid: number): RecordBody => [
    'DAEMON_RESUME',
    `op=resume-logging auid=${UNSET} uid=0 ses=${UNSET} pid=${pid} subj=unconfined res=success` +
      `${SEPARATOR}AUID="unset" UID="root"`,
  ],
};

/** What auditctl sets when the rules are loaded at boot. */
export function backlogRecords(pid: number, nameOf: NameOf): readonly RecordBody[] {
  const caller = { pid, uid: 0, auid: UNSET, ses: UNSET };
  const what = { program: 'auditctl', exe: '/usr/sbin/auditctl' };
  return [
    [
      'CONFIG_CHANGE',
      `op=set audit_backlog_limit=8192 old=64 auid=${UNSET} ses=${UNSET} subj=unconfined res=1${SEPARATOR}AUID="unset"`,
    ],
    syscallRecord({ ...call(44, 'sendto', 0, 60), caller, ppid: 598, tty: '(none)', ...what }, nameOf),
    ['PROCTITLE', `proctitle=${proctitle(['/sbin/auditctl', '-R', '/etc/audit/audit.rules'])}`],
  ];
}

/** In double quotes, or in hexadecimal where it holds a space, a quote or a control character. */
function encoded(text: string): string {
  return /[\s"\u0000-\u001f\u007f-\uffff]/.test(text) ? hex(text) : `"${text}"`;
}

/** At most 128 bytes, arguments separated by NUL. */
function proctitle(argv: readonly string[]): string {
  return hex(argv.join('\0')).slice(0, 256);
}

function hex(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex').toUpperCase();
}
