/** Programs by which one account becomes another, or is asked who it is before it may. */
import {
  change,
  check,
  failure,
  fill,
  success,
  type Groups,
  type Meaning,
  type Phrase,
  type SignIn,
} from './meaning.ts';

const by = (program: string, reason?: string): SignIn => ({ provider: program, method: program, reason });
const su = by('su');
const pkexec = by('pkexec');
const doas = by('doas');

export const suPhrases: readonly Phrase[] = [
  { pattern: /^\(to (?<target>[^)]+)\) (?<actor>.+) on \S+$/, meaning: { ...change, ...success }, signIn: su },
  {
    pattern: /^FAILED SU \(to (?<target>[^)]+)\) (?<actor>.+) on \S+$/,
    meaning: { ...change, ...failure },
    signIn: su,
  },
  { pattern: /^Successful su for (?<target>.+) by (?<actor>.+)$/, meaning: { ...change, ...success }, signIn: su },
  { pattern: /^FAILED su for (?<target>.+) by (?<actor>.+)$/, meaning: { ...change, ...failure }, signIn: su },
  { pattern: /^(?<actor>\S+) to (?<target>\S+) on \S+$/, meaning: { ...change, ...success }, signIn: su },
  { pattern: /^BAD SU (?<actor>.+) to (?<target>.+) on \S+$/, meaning: { ...change, ...failure }, signIn: su },
  { pattern: /^\+ \S+ (?<actor>[^:]+):(?<target>.+)$/, meaning: { ...change, ...success }, signIn: su },
  { pattern: /^- \S+ (?<actor>[^:]+):(?<target>.+)$/, meaning: { ...change, ...failure }, signIn: su },
  {
    pattern: /^\ufeff?'su (?<target>.+)' failed for (?<actor>.+) on \S+$/,
    meaning: { ...change, ...failure },
    signIn: su,
  },
];

const NOT_AUTHORIZED = /: Error executing command as another user: (?<reason>[^[]*?) \[USER=/;

export const pkexecPhrases: readonly Phrase[] = [
  {
    pattern: /^(?<actor>[^:]+): Executing command \[USER=(?<target>[^\]]+)\]/,
    meaning: { ...change, ...success },
    signIn: pkexec,
  },
  {
    pattern: /^(?<actor>[^:]+)(?<rest>: Error executing command as another user: .*? \[USER=(?<target>[^\]]+)\])/,
    meaning: { ...change, ...failure },
    signIn: ({ rest }) => by('pkexec', NOT_AUTHORIZED.exec(rest ?? '')?.groups?.['reason']),
  },
];

// The command comes first and may say ` as bob from /` itself; a line cut within it does not say as whom.
export const doasPhrases: readonly Phrase[] = [
  {
    pattern: /^(?<actor>\S+) ran command .* as (?<target>root) from /,
    meaning: { ...change, ...success },
    signIn: doas,
  },
  {
    pattern: /^(?<actor>\S+) ran command .* as (?<target>\S+) from /,
    meaning: { ...change, ...success },
    signIn: doas,
  },
  {
    pattern: /^(?<actor>\S+) ran command /,
    meaning: { ...change, target: 'root', ...success },
    signIn: doas,
  },
  {
    pattern: /^(?<reason>command not permitted) for (?<actor>[^:]+): /,
    meaning: { ...change, ...failure },
    signIn: ({ reason }) => by('doas', reason),
  },
];

const polkit = (groups: Groups): SignIn => ({ provider: 'polkit', reason: groups['reason'] });

/** polkitd asks somebody at a session who they are before they may do something. The target is what they may do. */
export const polkitPhrases: readonly Phrase[] = [
  {
    pattern:
      /^Operator of \S+ successfully authenticated as unix-user:(?<actor>\S+) to gain \S+ authorization for action (?<target>\S+) for /,
    meaning: { ...check, ...success },
    signIn: polkit,
  },
  {
    pattern:
      /^Operator of \S+ (?<reason>FAILED to authenticate) to gain authorization for action (?<target>\S+) for .*\(owned by unix-user:(?<actor>\S+)\)$/,
    meaning: { ...check, ...failure },
    signIn: polkit,
  },
];

/**
 * `alice : [reason ; ]TTY=pts/0 ; PWD=/home/alice ; USER=root ; [ENV=... ; ]COMMAND=/usr/bin/id`; a reason is given on
 * refusal, and stands first. The caller chooses the directory, the environment and the command, and each may hold
 * ` ; USER=bob ; COMMAND=` itself. A line that can be read in two ways is taken as success, and as root.
 */
export function sudoMeaning(said: string): Meaning | undefined {
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
  const signIn = by('sudo', isRefused ? rest.split(' ; ', 1)[0] : undefined);
  return fill({ ...change, outcome: isRefused ? 'failure' : 'success' }, { actor, target }, signIn);
}

/** The user id 0, and the two that a sudo before 1.8.28 took for 0. */
const NAMES_ROOT = /(?:^| )USER=(?:root|#(?:0+|-1|4294967295))(?: ;|$)/;
