/** What PAM modules say, in the name of whatever program asked them. */
import {
  change,
  check,
  failure,
  fill,
  logon,
  meaningOfPhrase,
  phraseOf,
  success,
  user,
  type Found,
  type Meaning,
  type Phrase,
  type SignIn,
} from './meaning.ts';
import { duoPhrases, googlePhrases, oathPhrases } from './second-factors.ts';

/** The service that asked, the module that speaks where the message names it, and what it says. */
export interface PamMessage {
  readonly service: string;
  readonly module: string | undefined;
  readonly text: string;
}

/** `pam_unix(sshd:session): text`; `undefined` for a message that no PAM module wrote. */
export function readPam(said: string): PamMessage | undefined {
  if (!said.startsWith('pam_')) return undefined;
  const [head = '', module, service] = /^(pam_\w+)\(([^:)]*):\w+\): /.exec(said) ?? [];
  return service === undefined ? undefined : { service, module, text: said.slice(head.length) };
}

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
/** Of these, the ones that are something else to be in than a shell or a desktop of the system. */
const APPLICATIONS = new Set(['cockpit', 'vsftpd', 'openvpn']);

const failedCheck: Meaning = { ...check, ...failure };

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
    pattern: /^user (?<target>.+) \(\d+\) (?<reason>tally) \d+, deny \d+/,
    meaning: failedCheck,
    signIn: pamFailureReason,
  },
  {
    pattern: /^auth (?<reason>could not identify password) for \[(?<target>.*)\]$/,
    meaning: failedCheck,
    signIn: pamFailureReason,
  },
  {
    pattern: /^(?<reason>access denied) for user `(?<target>[^']+)' from `(?<ip>[^']*)'/,
    meaning: failedCheck,
    signIn: pamFailureReason,
  },
  {
    pattern: /^Consecutive login failures for user (?<target>\S+) account temporarily locked/,
    meaning: { ...user, activity: 'lock', ...success },
  },
  { pattern: /^password changed for (?<target>.+)$/, meaning: { ...user, activity: 'password_change', ...success } },
  ...googlePhrases,
  ...duoPhrases,
  ...oathPhrases,
];

function pamFailureReason({ reason }: { readonly [name: string]: string | undefined }): SignIn {
  return { provider: 'pam', reason };
}

/** What a PAM module says for a service. */
export function pamMeaning(said: PamMessage): Meaning | undefined {
  if (said.text.startsWith('authentication failure;')) return pamFailure(said);
  const found = phraseOf(pamPhrases, said.text);
  if (!found) return undefined;
  if (found.phrase.signIn !== undefined) return withService(meaningOfPhrase(found), said.service);
  const { activity } = found.phrase.meaning;
  return activity === 'session_open' || activity === 'session_close'
    ? sessionMeaning(found, said.service)
    : fill(found.phrase.meaning, { target: found.groups['target'] });
}

function sessionMeaning({ phrase, groups }: Found, service: string): Meaning {
  const { actor, target, id } = groups;
  const isOpened = phrase.meaning.activity === 'session_open';
  if (isOpened && LETTING_IN.has(service))
    return fill({ ...logon, ...success }, { target }, { provider: 'pam', ...applicationOf(service) });
  if (!SWITCHING.has(service)) return fill(phrase.meaning, { target });
  // These programs run as user id 0 for everybody: without a name it names nobody.
  const by = actor || (id === '0' ? undefined : id);
  if (!isOpened) return fill(phrase.meaning, { actor: by, target });
  const opened = fill({ ...change, ...success }, { target }, { provider: 'pam', ...methodOf(service) });
  return { ...opened, actor: by };
}

/** `authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=bob` */
function pamFailure({ service, module, text }: PamMessage): Meaning {
  const value = (key: string) => new RegExp(`[ ;]${key}=(\\S+)`).exec(text)?.[1];
  const target = value('user');
  const actor = SWITCHING.has(service) ? (value('ruser') ?? value('logname')) : undefined;
  // pam_unix checks passwords and nothing else; the module of another name may check anything.
  const method = module === 'pam_unix' ? { method: 'password' } : {};
  const signIn = { provider: 'pam', reason: 'authentication failure', ...applicationOf(service), ...method };
  return fill(failedCheck, { actor, target, ip: value('rhost') }, signIn);
}

function withService(meaning: Meaning, service: string): Meaning {
  return { ...meaning, signIn: { ...meaning.signIn, ...applicationOf(service) } };
}

function applicationOf(service: string): Pick<SignIn, 'application'> {
  return APPLICATIONS.has(service) ? { application: service } : {};
}

/** `su-l` and `sudo-i` are su and sudo. */
function methodOf(service: string): Pick<SignIn, 'method'> {
  return { method: service.replace(/-(?:l|i)$/, '') };
}
