/** login(1) of util-linux, shadow and the BSDs, and what logind says. */
import { failure, logon, success, type Phrase, type SignIn } from './meaning.ts';

const login: SignIn = { provider: 'login' };

export const loginPhrases: readonly Phrase[] = [
  {
    pattern: /^ROOT LOGIN\s+(?:\(\S+\)\s+|from \S+\s+)?on (?:\S+ from '?(?<ip>[^\s']+))?/i,
    meaning: { ...logon, target: 'root', ...success },
    signIn: login,
  },
  {
    pattern: /^LOGIN ON \S+ BY (?<target>\S+)(?: FROM (?<ip>\S+))?/,
    meaning: { ...logon, ...success },
    signIn: login,
  },
  {
    pattern:
      /^FAILED LOGIN (?:SESSION )?(?:\(?\d+\)? )?(?:on '[^']*' |FROM (?<ip>\S+) )?FOR '?(?<target>[^',]+)(?:'?, (?<reason>.+))?/i,
    meaning: { ...logon, ...failure },
    signIn: ({ reason }) => ({ ...login, reason }),
  },
];

export const logindPhrases: readonly Phrase[] = [
  {
    pattern: /^New session \S+ of user (?<target>.+)\.$/,
    meaning: { class: 'authentication', activity: 'session_open', ...success },
  },
];
