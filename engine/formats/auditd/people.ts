/** Who did it and to whom, from the ids and names of audit records. See docs/formats/auditd.md, "Actor and target". */
import { slots } from './keys.ts';
import type { DescribedRecord } from './audit-record.ts';

/** Programs that let a person in: over the network, at the console, at a desktop. */
const LOGIN_PROGRAMS = new Set(
  (
    'sshd sshd-session sshd-auth login dropbear in.telnetd telnetd in.rlogind vsftpd gdm-session-worker ' +
    'gdm-password lightdm sddm-helper xrdp-sesman cockpit-session'
  ).split(' '),
);
/** Programs with which a person becomes another. */
const SWITCH_PROGRAMS = new Set(
  'su su-l sudo sudo-i sudo-rs sudoedit runuser runuser-l pkexec polkit-agent-helper-1 doas ksu sg newgrp'.split(' '),
);

export type ProgramKind = 'login' | 'switch' | 'other';

/** By path, of the programs that were met. */
const knownKinds = new Map<string, ProgramKind>();
const MOST_KNOWN = 10_000;

/** What kind of program `exe` is, by its file name. */
export function programKind(exe: string | undefined): ProgramKind {
  if (exe === undefined) return 'other';
  const known = knownKinds.get(exe);
  if (known !== undefined) return known;
  const name = programName(exe) ?? '';
  const kind = LOGIN_PROGRAMS.has(name) ? 'login' : SWITCH_PROGRAMS.has(name) ? 'switch' : 'other';
  if (knownKinds.size < MOST_KNOWN) knownKinds.set(exe, kind);
  return kind;
}

/** The file name of a path. */
export function programName(exe: string | undefined): string | undefined {
  return exe?.slice(exe.lastIndexOf('/') + 1);
}

const nameFields = { auid: slots.AUID, uid: slots.UID, id: slots.ID } as const;

/**
 * The account behind an id field: its name where the daemon wrote it (log_format=ENRICHED), `root` for 0, else the id.
 * `undefined` where the id is absent or unset.
 */
export function accountOf(audit: DescribedRecord, key: 'auid' | 'uid' | 'id'): string | undefined {
  const id = key === 'id' ? audit.get(slots.id) : audit[key];
  if (id === undefined || id === '' || id === '?' || id === '4294967295') return undefined;
  const name = audit.get(nameFields[key]);
  if (name !== undefined && isName(name)) return name;
  return id === 0 || id === '0' ? 'root' : String(id);
}

/** Names that are none begin with a `u`: `unset`, `unknown(1000)`. */
function isName(text: string): boolean {
  return text.charCodeAt(0) !== LETTER_U || (text !== 'unset' && !text.startsWith('unknown'));
}

const LETTER_U = 117;

/**
 * Who became another: the account that logged in, else the one that the process ran as. Not root, as which the
 * programs of a switch run for everybody: where nobody logged in, that names nobody.
 */
export function switcherOf(audit: DescribedRecord): string | undefined {
  const byLogin = accountOf(audit, 'auid');
  return byLogin ?? (audit.uid === 0 ? undefined : accountOf(audit, 'uid'));
}

/** Who acted: the account that logged in (auid), else the one that the process ran as. */
export function subjectOf(audit: DescribedRecord): string | undefined {
  return accountOf(audit, 'auid') ?? accountOf(audit, 'uid');
}
