/**
 * What the messages of log-in, privilege and account programs mean. Everything else has no class: the line is evidence
 * that the system logged, not of what happened. See docs/formats/syslog-3164.md, "What messages mean".
 */
import type { EvidenceRow } from '../../core/tables.ts';
import { isIpAddress } from '../framing/ip-address.ts';

export type Meaning = Pick<
  EvidenceRow<'events'>,
  'class' | 'activity' | 'actor' | 'target' | 'src_ip' | 'src_port' | 'outcome'
>;

/** A message is looked at this far; what it means stands at its beginning. */
const LOOKED_AT = 4096;

/**
 * How far a line of sudo is looked at: a working directory of 4096 bytes stands before the account and may be
 * written with four characters a byte.
 */
const SUDO_LOOKED_AT = 32_768;

type Groups = Readonly<Record<string, string | undefined>>;

/** A way a program says something. The named groups are `actor`, `target`, `ip`, `port`. */
interface Phrase {
  readonly pattern: RegExp;
  readonly meaning: Meaning;
}

/** The meaning of a message by `program`, the tag of the line; `undefined` when it is not one of those known here. */
export function meaningOf(program: string, message: string): Meaning | undefined {
  const { name, service } = readProgram(program);
  const said = beginningOf(message, name === 'sudo' ? SUDO_LOOKED_AT : LOOKED_AT);
  const pam = service === undefined ? readPam(said) : { service: name, text: said };
  if (pam) return pamMeaning(pam.service, pam.text);
  if (name === 'sudo') return sudoMeaning(said);
  const found = phraseOf(phrases[name === 'sshd-session' || name === 'sshd-auth' ? 'sshd' : name] ?? [], said);
  return found && fill(found.meaning, found.groups);
}

function beginningOf(message: string, length: number): string {
  const start = message.slice(0, length).trimStart();
  return start.startsWith('message repeated ')
    ? start.replace(/^message repeated \d+ times: \[ ?/, '').trimStart()
    : start;
}

/** `sshd`, `/usr/sbin/sshd` and `sshd(pam_unix)` name the same program; the last is how PAM once wrote its messages. */
function readProgram(program: string): { readonly name: string; readonly service: string | undefined } {
  const bracket = program.indexOf('(');
  const path = bracket < 0 ? program : program.slice(0, bracket);
  return { name: path.slice(path.lastIndexOf('/') + 1), service: bracket < 0 ? undefined : program.slice(bracket) };
}

interface Found {
  readonly meaning: Meaning;
  readonly groups: Groups;
}

function phraseOf(known: readonly Phrase[], said: string): Found | undefined {
  for (const { pattern, meaning } of known) {
    const match = pattern.exec(said);
    if (match) return { meaning, groups: match.groups ?? {} };
  }
  return undefined;
}

/** A log-in names one account: it is both who acts and who is logged in. */
function fill(meaning: Meaning, { actor, target, ip, port }: Groups): Meaning {
  const isLogin = meaning.class === 'authentication' && actor === undefined;
  const whom = target ?? meaning.target;
  // Written out, and in this order, for every line: objects of one shape are made several times faster.
  return {
    class: meaning.class,
    activity: meaning.activity,
    actor: actor ?? (isLogin ? (whom ?? undefined) : undefined),
    target: whom,
    src_ip: ip !== undefined && isIpAddress(ip) ? ip : undefined,
    src_port: port === undefined ? undefined : Number(port),
    outcome: meaning.outcome,
  };
}

const logon: Meaning = { class: 'authentication', activity: 'logon' };
const before: Meaning = { class: 'authentication', activity: 'preauth' };
const change: Meaning = { class: 'authentication', activity: 'account_switch' };
const user: Meaning = { class: 'user_management' };
const group: Meaning = { class: 'group_management' };
const logging: Meaning = { class: 'event_log_activity' };
const success = { outcome: 'success' } as const;
const failure = { outcome: 'failure' } as const;

/** In each list the first that matches counts. Names may hold spaces: what stands after the last `from` is the peer. */
const phrases: Readonly<Record<string, readonly Phrase[]>> = {
  sshd: [
    {
      pattern: /^Accepted \S+ for (?<target>.*) from (?<ip>\S+) port (?<port>\d{1,5})/,
      meaning: { ...logon, ...success },
    },
    {
      pattern: /^Failed \S+ for (?:invalid user )?(?<target>.*) from (?<ip>\S+) port (?<port>\d{1,5})/,
      meaning: { ...logon, ...failure },
    },
    {
      pattern: /^(?:Invalid|Illegal) user (?<target>.*) from (?<ip>\S+)(?: port (?<port>\d{1,5}))?$/,
      meaning: { ...before, ...failure },
    },
    {
      pattern: /^User (?<target>.*) from (?<ip>\S+) not allowed because /,
      meaning: { ...logon, ...failure },
    },
    {
      pattern:
        /^(?:Connection (?:closed|reset) by|Disconnected from) (?:authenticating|invalid) user (?<target>.*) (?<ip>\S+) port (?<port>\d{1,5})/,
      meaning: { ...before, ...failure },
    },
    {
      pattern: /^Disconnected from user (?<target>.*) (?<ip>\S+) port (?<port>\d{1,5})/,
      meaning: { class: 'authentication', activity: 'logoff', ...success },
    },
    {
      pattern:
        /^(?:Connection (?:closed|reset) by|Disconnected from|Unable to negotiate with|Connection from|fatal: Timeout before authentication for|ssh_dispatch_run_fatal: Connection from|banner exchange: Connection from) (?<ip>[0-9a-fA-F.:]+) port (?<port>\d{1,5})/,
      meaning: before,
    },
    {
      pattern: /^Magic value check failed \(\d+\) on obfuscated handshake from (?<ip>\S+) port (?<port>\d{1,5})/,
      meaning: { ...before, ...failure },
    },
    { pattern: /^refused connect from .*\((?:::ffff:)?(?<ip>[^()]+)\)$/, meaning: { ...before, ...failure } },
  ],
  su: [
    { pattern: /^\(to (?<target>[^)]+)\) (?<actor>.+) on \S+$/, meaning: { ...change, ...success } },
    { pattern: /^FAILED SU \(to (?<target>[^)]+)\) (?<actor>.+) on \S+$/, meaning: { ...change, ...failure } },
    { pattern: /^Successful su for (?<target>.+) by (?<actor>.+)$/, meaning: { ...change, ...success } },
    { pattern: /^FAILED su for (?<target>.+) by (?<actor>.+)$/, meaning: { ...change, ...failure } },
    { pattern: /^(?<actor>\S+) to (?<target>\S+) on \S+$/, meaning: { ...change, ...success } },
    { pattern: /^BAD SU (?<actor>.+) to (?<target>.+) on \S+$/, meaning: { ...change, ...failure } },
    { pattern: /^\+ \S+ (?<actor>[^:]+):(?<target>.+)$/, meaning: { ...change, ...success } },
    { pattern: /^- \S+ (?<actor>[^:]+):(?<target>.+)$/, meaning: { ...change, ...failure } },
    { pattern: /^\ufeff?'su (?<target>.+)' failed for (?<actor>.+) on \S+$/, meaning: { ...change, ...failure } },
  ],
  login: [
    {
      pattern: /^ROOT LOGIN\s+(?:\(\S+\)\s+|from \S+\s+)?on (?:\S+ from '?(?<ip>[^\s']+))?/i,
      meaning: { ...logon, target: 'root', ...success },
    },
    { pattern: /^LOGIN ON \S+ BY (?<target>\S+)(?: FROM (?<ip>\S+))?/, meaning: { ...logon, ...success } },
    {
      pattern: /^FAILED LOGIN (?:SESSION )?(?:\(?\d+\)? )?(?:on '[^']*' |FROM (?<ip>\S+) )?FOR '?(?<target>[^',]+)/i,
      meaning: { ...logon, ...failure },
    },
  ],
  dropbear: [
    {
      pattern:
        /^(?:PAM )?(?:Pubkey|Password|password) auth succeeded for '(?<target>.*)' (?:with \S+ key \S+ )?from \[?(?<ip>[0-9a-fA-F.:]+)\]?:(?<port>\d{1,5})/,
      meaning: { ...logon, ...success },
    },
    {
      pattern: /^Bad (?:PAM )?password attempt for '(?<target>.*)' from \[?(?<ip>[0-9a-fA-F.:]+)\]?:(?<port>\d{1,5})/,
      meaning: { ...logon, ...failure },
    },
  ],
  pkexec: [
    { pattern: /^(?<actor>[^:]+): Executing command \[USER=(?<target>[^\]]+)\]/, meaning: { ...change, ...success } },
    {
      pattern: /^(?<actor>[^:]+): Error executing command as another user: .*? \[USER=(?<target>[^\]]+)\]/,
      meaning: { ...change, ...failure },
    },
  ],
  // The command comes first and may say ` as bob from /` itself; a line cut within it does not say as whom.
  doas: [
    { pattern: /^(?<actor>\S+) ran command .* as (?<target>root) from /, meaning: { ...change, ...success } },
    { pattern: /^(?<actor>\S+) ran command .* as (?<target>\S+) from /, meaning: { ...change, ...success } },
    { pattern: /^(?<actor>\S+) ran command /, meaning: { ...change, target: 'root', ...success } },
    { pattern: /^command not permitted for (?<actor>[^:]+): /, meaning: { ...change, ...failure } },
  ],
  'systemd-logind': [
    {
      pattern: /^New session \S+ of user (?<target>.+)\.$/,
      meaning: { class: 'authentication', activity: 'session_open', ...success },
    },
  ],
  useradd: [
    { pattern: /^new user: name=(?<target>[^,]+)/, meaning: { ...user, activity: 'create', ...success } },
    { pattern: /^new group: name=(?<target>[^,]+)/, meaning: { ...group, activity: 'create', ...success } },
    { pattern: /^add '(?<target>[^']+)' to /, meaning: { ...user, activity: 'change', ...success } },
  ],
  usermod: [
    { pattern: /^lock user '(?<target>[^']+)'/, meaning: { ...user, activity: 'lock', ...success } },
    { pattern: /^unlock user '(?<target>[^']+)'/, meaning: { ...user, activity: 'unlock', ...success } },
    {
      pattern: /^(?:add|delete|change user) '(?<target>[^']+)' /,
      meaning: { ...user, activity: 'change', ...success },
    },
  ],
  userdel: [{ pattern: /^delete user '(?<target>[^']+)'/, meaning: { ...user, activity: 'delete', ...success } }],
  chage: [
    { pattern: /^changed password expiry for (?<target>.+)$/, meaning: { ...user, activity: 'change', ...success } },
  ],
  groupadd: [{ pattern: /^new group: name=(?<target>[^,]+)/, meaning: { ...group, activity: 'create', ...success } }],
  groupdel: [{ pattern: /^group '(?<target>[^']+)' removed$/, meaning: { ...group, activity: 'delete', ...success } }],
  auditd: [
    { pattern: /^Init complete/, meaning: { ...logging, activity: 'start', target: 'auditd', ...success } },
    {
      pattern: /^The audit daemon is exiting/,
      meaning: { ...logging, activity: 'stop', target: 'auditd', ...success },
    },
  ],
  kernel: [
    {
      pattern: /audit_lost=\d|audit: .*(?:backlog limit exceeded|queue overflow)|audit: rate limit exceeded/,
      meaning: { ...logging, activity: 'loss', target: 'auditd' },
    },
  ],
  rsyslogd: [
    { pattern: /^\[origin .*\] start$/, meaning: { ...logging, activity: 'start', target: 'rsyslogd', ...success } },
    { pattern: /exiting on signal \d+/, meaning: { ...logging, activity: 'stop', target: 'rsyslogd', ...success } },
    { pattern: /begin to drop messages|lost \d+ messages/, meaning: { ...logging, activity: 'loss' } },
  ],
  'systemd-journald': [{ pattern: /^Suppressed \d+ messages/, meaning: { ...logging, activity: 'loss' } }],
};

const pamPhrases: readonly Phrase[] = [
  {
    pattern: /^session opened for user (?<target>.+?)(?:\(uid=\d+\))? by (?<actor>.*)\((?:uid=)?(?<id>\d+)\)$/,
    meaning: { class: 'authentication', activity: 'session_open', ...success },
  },
  {
    pattern: /^session closed for user (?<target>.+)$/,
    meaning: { class: 'authentication', activity: 'session_close', ...success },
  },
  {
    pattern: /^user (?<target>.+) \(\d+\) tally \d+, deny \d+/,
    meaning: { class: 'authentication', activity: 'authenticate', ...failure },
  },
  {
    pattern: /^auth could not identify password for \[(?<target>.*)\]$/,
    meaning: { class: 'authentication', activity: 'authenticate', ...failure },
  },
  { pattern: /^password changed for (?<target>.+)$/, meaning: { ...user, activity: 'password_change', ...success } },
];

/** Services of which the account in a PAM message is whom somebody becomes, not who somebody is. */
const SWITCHING = new Set(
  'su su-l sudo sudo-i sudo-rs runuser runuser-l doas polkit-1 pkexec polkit-agent-helper-1 ksu'.split(' '),
);
/** Services that let a person in. A session of any other, as cron's, is only a session. */
const LETTING_IN = new Set(
  (
    'login remote sshd dropbear vsftpd gdm-password gdm-autologin gdm-fingerprint gdm-smartcard gdm lightdm sddm ' +
    'sddm-autologin kdm xdm xrdp-sesman cockpit rlogin rsh telnet'
  ).split(' '),
);

/** `pam_unix(sshd:session): text`; `undefined` for a message that no PAM module wrote. */
function readPam(said: string): { readonly service: string; readonly text: string } | undefined {
  if (!said.startsWith('pam_')) return undefined;
  const [head = '', service] = /^pam_\w+\(([^:)]*):\w+\): /.exec(said) ?? [];
  return service === undefined ? undefined : { service, text: said.slice(head.length) };
}

/** What a PAM module says for `service`. */
function pamMeaning(service: string, said: string): Meaning | undefined {
  if (said.startsWith('authentication failure;')) return pamFailure(service, said);
  const found = phraseOf(pamPhrases, said);
  if (!found) return undefined;
  const { actor, target, id } = found.groups;
  if (found.meaning.class !== 'authentication') return fill(found.meaning, { target });
  const isOpened = found.meaning.activity === 'session_open';
  if (isOpened && LETTING_IN.has(service)) return fill({ ...logon, ...success }, { target });
  if (!SWITCHING.has(service)) return fill(found.meaning, { target });
  // These programs run as user id 0 for everybody: without a name it names nobody.
  const by = actor || (id === '0' ? undefined : id);
  return isOpened
    ? { ...change, ...success, actor: by, target, src_ip: undefined, src_port: undefined }
    : fill(found.meaning, { actor: by, target });
}

/** `authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=bob` */
function pamFailure(service: string, said: string): Meaning {
  const value = (key: string) => new RegExp(`[ ;]${key}=(\\S+)`).exec(said)?.[1];
  const target = value('user');
  const actor = SWITCHING.has(service) ? (value('ruser') ?? value('logname')) : undefined;
  const meaning: Meaning = { class: 'authentication', activity: 'authenticate', ...failure };
  return fill(meaning, { actor, target, ip: value('rhost') });
}

/**
 * `alice : [reason ; ]TTY=pts/0 ; PWD=/home/alice ; USER=root ; [ENV=... ; ]COMMAND=/usr/bin/id`; a reason is given on
 * refusal, and stands first. The caller chooses the directory, the environment and the command, and each may hold
 * ` ; USER=bob ; COMMAND=` itself. A line that can be read in two ways is taken as success, and as root.
 */
function sudoMeaning(said: string): Meaning | undefined {
  const nameEnd = said.indexOf(' : ');
  if (nameEnd < 0) return undefined;
  const rest = said.slice(nameEnd + 3);
  // A long line goes on in another: the account may stand in either.
  const isContinued = rest.startsWith('(command continued) ');
  const isRefused = !isContinued && !/^[A-Z]+=/.test(rest);
  const namesRoot = NAMES_ROOT.test(rest);
  if (isContinued ? !namesRoot : isRefused && !rest.includes('COMMAND=')) return undefined;
  const target = namesRoot ? 'root' : (/(?:^| )USER=(.*?)(?: ;|$)/.exec(rest)?.[1] ?? 'root');
  const actor = said.slice(0, nameEnd).trim();
  return fill({ ...change, outcome: isRefused ? 'failure' : 'success' }, { actor, target });
}

/** The user id 0, and the two that a sudo before 1.8.28 took for 0. */
const NAMES_ROOT = /(?:^| )USER=(?:root|#(?:0+|-1|4294967295))(?: ;|$)/;
