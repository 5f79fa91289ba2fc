/**
 * Second factors. Each is a check of its own beside the log-in that it guards, never a log-in: `activity` is
 * authenticate. `mfa` is true where the factor was given, false where the record says that it was let be.
 */
import { check, failure, success, type Phrase } from './meaning.ts';

const duo = { provider: 'duo', method: 'duo' } as const;

/** duo_unix: login_duo and pam_duo. A name, an address and a reason stand where each is known. */
export const duoPhrases: readonly Phrase[] = [
  {
    pattern: /^Successful Duo login\.? for '(?<target>.*?)'(?: from (?<ip>\S+?))?(?:: |$)/,
    meaning: { ...check, ...success },
    signIn: { ...duo, mfa: true },
  },
  {
    pattern: /^(?:Skipped|Failsafe|Allowed) Duo login for '(?<target>.*?)'(?: from (?<ip>\S+?))?(?:: (?<reason>.*))?$/,
    meaning: { ...check, ...success },
    signIn: ({ reason }) => ({ ...duo, mfa: false, reason }),
  },
  {
    pattern:
      /^(?:Failed|Aborted|Error in|Failsecure|Denied) Duo login(?: attempt)? for '(?<target>.*?)'(?: from (?<ip>\S+?))?(?:: (?<reason>.*))?$/,
    meaning: { ...check, ...failure },
    signIn: ({ reason }) => ({ ...duo, reason }),
  },
];

const google = { provider: 'pam', method: 'google-authenticator' } as const;

export const googlePhrases: readonly Phrase[] = [
  {
    pattern: /^Accepted google_authenticator for (?<target>\S+)$/,
    meaning: { ...check, ...success },
    signIn: { ...google, mfa: true },
  },
  {
    pattern: /^(?<reason>Invalid verification code) for (?<target>\S+)$/,
    meaning: { ...check, ...failure },
    signIn: ({ reason }) => ({ ...google, reason }),
  },
];

/** pam_oath names the account only of a failure. */
export const oathPhrases: readonly Phrase[] = [
  {
    pattern: /(?:^|\] )One-time password not authorized to login as user '(?<target>[^']+)'/,
    meaning: { ...check, ...failure },
    signIn: { provider: 'pam', method: 'oath', reason: 'One-time password not authorized' },
  },
];
