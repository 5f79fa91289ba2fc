/**
 * What the messages of log-in, privilege and account programs, of log daemons and of the kernel mean, whichever format
 * they come in. Everything else has no class: the message is evidence that the system logged, not of what happened.
 * See docs/formats/syslog-3164.md, "What messages mean".
 */
import { accountPhrases } from './accounts.ts';
import { loginPhrases, logindPhrases } from './console-logins.ts';
import { kernelMeaning, packetMeaning } from './kernel.ts';
import { logDaemonPhrases } from './log-daemons.ts';
import { meaningOfPhrase, phraseOf, type Meaning, type Phrase } from './meaning.ts';
import { pamMeaning, readPam } from './pam.ts';
import { dropbearPhrases, sshdPhrases } from './remote-logins.ts';
import { duoPhrases } from './second-factors.ts';
import { doasPhrases, pkexecPhrases, polkitPhrases, sudoMeaning, suPhrases } from './switches.ts';

/** A message is looked at this far; what it means stands at its beginning. */
const LOOKED_AT = 4096;

/**
 * How far a line of sudo is looked at: a working directory of 4096 bytes stands before the account and may be
 * written with four characters a byte.
 */
const SUDO_LOOKED_AT = 32_768;

/** By program. A name that objects inherit is a program like any other, so this has no prototype. */
const phrases: Readonly<Record<string, readonly Phrase[]>> = Object.assign(Object.create(null) as object, {
  sshd: sshdPhrases,
  'sshd-session': sshdPhrases,
  'sshd-auth': sshdPhrases,
  dropbear: dropbearPhrases,
  su: suPhrases,
  login: loginPhrases,
  pkexec: pkexecPhrases,
  doas: doasPhrases,
  polkitd: polkitPhrases,
  login_duo: duoPhrases,
  pam_duo: duoPhrases,
  'systemd-logind': logindPhrases,
  ...accountPhrases,
  ...logDaemonPhrases,
});

/** Programs that hand on what netfilter logs, and tags that are given to its lines. */
const firewalls = new Set(['ulogd', 'iptables', 'ip6tables', 'nftables', 'firewalld', 'ufw']);

/** The meaning of a message by `program`, the tag of the line; `undefined` when it is not one of those known here. */
export function meaningOf(program: string, message: string): Meaning | undefined {
  const { name, module } = readProgram(program);
  const said = beginningOf(message, name === 'sudo' ? SUDO_LOOKED_AT : LOOKED_AT);
  const pam = module !== undefined && module.startsWith('pam_') ? { service: name, module, text: said } : readPam(said);
  if (pam) return pamMeaning(pam);
  if (name === 'sudo') return sudoMeaning(said);
  if (name === 'kernel') return kernelMeaning(said);
  if (firewalls.has(name)) return packetMeaning(said);
  const found = phraseOf(phrases[name] ?? [], said);
  if (!found) return undefined;
  const meaning = meaningOfPhrase(found);
  const isPartial = found.phrase.meaning.activity === 'authenticate' && said.startsWith('Partial ');
  return isPartial ? { ...meaning, partial: found.groups['method'] } : meaning;
}

/** Whether messages of `program` can mean something; those of any other only where `mayBeOfAnyProgram` says so. */
export function isProgramKnown(program: string): boolean {
  const { name, module } = readProgram(program);
  const hasOwnReader = name === 'sudo' || name === 'kernel' || firewalls.has(name);
  return hasOwnReader || module?.startsWith('pam_') === true || phrases[name] !== undefined;
}

const SPACE = 0x20;
const LOWER_M = 0x6d;
const LOWER_P = 0x70;

/**
 * Whether the message `bytes[from, to)` of a program that is not known can mean something all the same: PAM speaks in the
 * name of any (`pam_...`), and a message may be quoted (`message repeated ...`). The first letter decides.
 */
export function mayBeOfAnyProgram(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from;
  while (at < to && bytes[at]! <= SPACE) at++;
  const first = bytes[at]!;
  // Letters over 127 may be spaces, too.
  return at < to && (first === LOWER_P || first === LOWER_M || first > 127);
}

function beginningOf(message: string, length: number): string {
  const start = message.slice(0, length).trimStart();
  return start.startsWith('message repeated ')
    ? start.replace(/^message repeated \d+ times: \[ ?/, '').trimStart()
    : start;
}

/** `sshd`, `/usr/sbin/sshd` and `sshd(pam_unix)` name the same program; the last is how PAM once wrote its messages. */
function readProgram(program: string): { readonly name: string; readonly module: string | undefined } {
  const bracket = program.indexOf('(');
  const path = bracket < 0 ? program : program.slice(0, bracket);
  const module = bracket < 0 ? undefined : program.slice(bracket + 1).replace(/\)$/, '');
  return { name: path.slice(path.lastIndexOf('/') + 1), module };
}
