/** An audit log with log_format=ENRICHED: system calls under rules, log-ins and commands, services. */
import { address, Chance, hexText, instantMs, LogWriter, people, programs, somePath } from './log-writer.ts';

const CALLS = [
  [59, 'execve'],
  [59, 'execve'],
  [257, 'openat'],
  [2, 'open'],
  [90, 'chmod'],
  [92, 'chown'],
  [82, 'rename'],
  [87, 'unlink'],
  [105, 'setuid'],
  [159, 'adjtimex'],
] as const;
const KEYS = 'priv_esc identity time-change scope perm_mod access delete logins modules exec'.split(' ');
const SESSIONS = 'USER_AUTH USER_ACCT CRED_ACQ USER_START USER_END CRED_DISP USER_LOGIN USER_CMD'.split(' ');
const SERVICES = 'app cron chrony rsyslog postgresql nginx'.split(' ');

/** Writes at least `sizeBytes`; gives the number of lines and of bytes. */
export function writeAuditLog(path: string, sizeBytes: number, seed = 1): { lines: number; bytes: number } {
  const log = new LogWriter(path, sizeBytes);
  const chance = new Chance(seed);
  for (let serial = 100_000; !log.isFull; serial++) {
    const ms = instantMs(log.fraction) + chance.below(40);
    const stamp = `msg=audit(${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, '0')}:${serial}):`;
    const kind = chance.below(100);
    if (kind < 45) writeSyscall(log, chance, stamp);
    else if (kind < 90) writeSession(log, chance, stamp);
    else writeService(log, chance, stamp);
  }
  return { lines: log.lines, bytes: log.close() };
}

function writeSyscall(log: LogWriter, chance: Chance, stamp: string): void {
  const who = chance.pick(people);
  const uid = 1000 + chance.below(200);
  const exe = chance.pick(programs);
  const comm = exe.slice(exe.lastIndexOf('/') + 1);
  const isAllowed = !chance.oneIn(20);
  const [number, call] = chance.pick(CALLS);
  const items = 1 + chance.below(2);
  log.line(
    `type=SYSCALL ${stamp} arch=c000003e syscall=${number} success=${isAllowed ? 'yes' : 'no'} ` +
      `exit=${isAllowed ? chance.below(8) : -13} a0=${chance.hex(12)} a1=${chance.hex(12)} a2=${chance.hex(12)} ` +
      `a3=${chance.hex(chance.oneIn(2) ? 1 : 12)} items=${items} ppid=${300 + chance.below(60_000)} ` +
      `pid=${300 + chance.below(60_000)} auid=${chance.oneIn(4) ? 4294967295 : uid} uid=${uid} gid=${uid} ` +
      `euid=${chance.oneIn(3) ? 0 : uid} suid=0 fsuid=0 egid=${uid} sgid=0 fsgid=0 ` +
      `tty=${chance.oneIn(2) ? '(none)' : `pts${chance.below(9)}`} ses=${chance.below(9000)} comm="${comm}" exe="${exe}" ` +
      `subj=unconfined key="${chance.pick(KEYS)}"\x1dARCH=x86_64 SYSCALL=${call} AUID="${who}" UID="${who}" GID="${who}" ` +
      `EUID="root" SUID="root" FSUID="root" EGID="${who}" SGID="root" FSGID="root"`,
  );
  if (call === 'execve') {
    const count = 1 + chance.below(4);
    const args = Array.from({ length: count }, (_, i) => ` a${i}="${i === 0 ? comm : somePath(chance)}"`);
    log.line(`type=EXECVE ${stamp} argc=${count}${args.join('')}`);
  }
  log.line(`type=CWD ${stamp} cwd="${chance.oneIn(2) ? '/' : `/home/${who}`}"`);
  for (let item = 0; item < items; item++)
    log.line(
      `type=PATH ${stamp} item=${item} name="${item === 0 ? exe : somePath(chance)}" inode=${1000 + chance.below(9_000_000)} ` +
        `dev=fd:0${chance.below(3)} mode=0100${chance.oneIn(2) ? 644 : 755} ouid=${chance.oneIn(3) ? uid : 0} ogid=0 ` +
        'rdev=00:00 nametype=NORMAL cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0\x1dOUID="root" OGID="root"',
    );
  log.line(`type=PROCTITLE ${stamp} proctitle=${hexText(`${comm}\0${somePath(chance)}`)}`);
}

function writeSession(log: LogWriter, chance: Chance, stamp: string): void {
  const type = chance.pick(SESSIONS);
  const who = chance.pick(people);
  const uid = 1000 + chance.below(200);
  const from = address(chance);
  const result = chance.oneIn(12) ? 'failed' : 'success';
  const process = `pid=${300 + chance.below(60_000)}`;
  const session = `ses=${chance.below(9000)} subj=unconfined`;
  if (type === 'USER_CMD') {
    log.line(
      `type=USER_CMD ${stamp} ${process} uid=${uid} auid=${uid} ${session} msg='cwd="/home/${who}" ` +
        `cmd=${hexText(`systemctl restart app-${chance.below(99)}`)} exe="/usr/bin/sudo" terminal=pts/${chance.below(9)} ` +
        `res=${result}'\x1dUID="${who}" AUID="${who}"`,
    );
    return;
  }
  log.line(
    `type=${type} ${stamp} ${process} uid=0 auid=${chance.oneIn(3) ? 4294967295 : uid} ${session} ` +
      `msg='op=PAM:${type === 'USER_AUTH' ? 'authentication' : 'session_open'} grantors=pam_permit,pam_unix acct="${who}" ` +
      `exe="/usr/sbin/sshd" hostname=${from} addr=${from} terminal=ssh res=${result}'\x1dUID="root" AUID="${who}"`,
  );
}

function writeService(log: LogWriter, chance: Chance, stamp: string): void {
  log.line(
    `type=${chance.oneIn(2) ? 'SERVICE_STOP' : 'SERVICE_START'} ${stamp} pid=1 uid=0 auid=4294967295 ses=4294967295 ` +
      `subj=unconfined msg='unit=${chance.pick(SERVICES)}-${chance.below(30)} comm="systemd" ` +
      `exe="/usr/lib/systemd/systemd" hostname=? addr=? terminal=? res=success'\x1dUID="root" AUID="unset"`,
  );
}
