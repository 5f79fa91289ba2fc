/** Log-ins over the network: OpenSSH and Dropbear. In each list the first phrase that matches counts. */
import { before, check, failure, logon, success, type Groups, type Phrase, type SignIn } from './meaning.ts';
import { duoPhrases, googlePhrases } from './second-factors.ts';

const sshd: SignIn = { provider: 'sshd' };

/** `publickey` with a key that a certificate authority signed is a certificate; `/pam` only says who asked. */
function sshMethod({ method, key }: Groups): string | undefined {
  if (method === 'publickey' && key?.endsWith('-CERT')) return 'certificate';
  return method?.split('/', 1)[0];
}

function sshSignIn(groups: Groups): SignIn {
  return { provider: 'sshd', method: sshMethod(groups), reason: groups['invalid'] === undefined ? undefined : INVALID };
}

const INVALID = 'invalid user';

/** Names may hold spaces: what stands after the last `from` is the peer. */
export const sshdPhrases: readonly Phrase[] = [
  {
    pattern:
      /^Accepted (?<method>\S+) for (?<target>.*) from (?<ip>\S+) port (?<port>\d{1,5})(?: ssh\d?: (?<key>[\w-]+))?/,
    meaning: { ...logon, ...success },
    signIn: sshSignIn,
  },
  {
    pattern:
      /^Failed (?<method>\S+) for (?<invalid>invalid user )?(?<target>.*) from (?<ip>\S+) port (?<port>\d{1,5})(?: ssh\d?: (?<key>[\w-]+))?/,
    meaning: { ...logon, ...failure },
    signIn: sshSignIn,
  },
  {
    pattern: /^Partial (?<method>\S+) for (?<target>.*) from (?<ip>\S+) port (?<port>\d{1,5})/,
    meaning: check,
  },
  {
    pattern: /^(?:Invalid|Illegal) user (?<target>.*) from (?<ip>\S+)(?: port (?<port>\d{1,5}))?$/,
    meaning: { ...before, ...failure },
    signIn: { ...sshd, reason: INVALID },
  },
  {
    pattern: /^User (?<target>.*) from (?<ip>\S+) not allowed because (?<reason>.*)/,
    meaning: { ...logon, ...failure },
    signIn: ({ reason }) => ({ ...sshd, reason }),
  },
  {
    pattern:
      /^(?:Connection (?:closed|reset) by|Disconnected from) (?:authenticating|invalid) user (?<target>.*) (?<ip>\S+) port (?<port>\d{1,5})/,
    meaning: { ...before, ...failure },
  },
  {
    pattern:
      /^(?:error: )?maximum authentication attempts exceeded for (?:invalid user )?(?<target>.*) from (?<ip>\S+) port (?<port>\d{1,5})/,
    meaning: { ...before, ...failure },
    signIn: { ...sshd, reason: 'maximum authentication attempts exceeded' },
  },
  {
    pattern:
      /^Disconnecting (?:authenticating|invalid) user (?<target>.*) (?<ip>\S+) port (?<port>\d{1,5}): Too many authentication failures/,
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
  ...duoPhrases,
  ...googlePhrases,
];

const dropbear = (method: string): SignIn => ({ provider: 'dropbear', method });

export const dropbearPhrases: readonly Phrase[] = [
  {
    pattern:
      /^(?:PAM )?(?<method>Pubkey|Password|password) auth succeeded for '(?<target>.*)' (?:with \S+ key \S+ )?from \[?(?<ip>[0-9a-fA-F.:]+)\]?:(?<port>\d{1,5})/,
    meaning: { ...logon, ...success },
    signIn: ({ method }) => dropbear(method === 'Pubkey' ? 'publickey' : 'password'),
  },
  {
    pattern: /^Bad (?:PAM )?password attempt for '(?<target>.*)' from \[?(?<ip>[0-9a-fA-F.:]+)\]?:(?<port>\d{1,5})/,
    meaning: { ...logon, ...failure },
    signIn: dropbear('password'),
  },
];
