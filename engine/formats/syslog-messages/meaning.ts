/** What a message may mean, and the phrases by which a program says it. */
import type { EvidenceRow } from '../../core/tables.ts';
import { isIpAddress } from '../framing/ip-address.ts';

/** What a row of `authentications` has beyond who, when and from where. */
export type SignIn = Pick<
  EvidenceRow<'authentications'>,
  'provider' | 'application' | 'method' | 'mfa' | 'reason' | 'session'
>;

export interface Meaning extends Pick<
  EvidenceRow<'events'>,
  | 'class'
  | 'activity'
  | 'code'
  | 'actor'
  | 'target'
  | 'src_ip'
  | 'src_port'
  | 'dst_ip'
  | 'dst_port'
  | 'outcome'
  | 'sequence'
> {
  /** The message tells of a sign-in, or of one that failed. */
  readonly signIn?: SignIn | undefined;
  /** sshd: the method was right, and another one is asked for before anybody is let in. */
  readonly partial?: string | undefined;
}

export type Groups = Readonly<Record<string, string | undefined>>;

/**
 * A way a program says something. The named groups are `actor`, `target`, `ip`, `port`; for a sign-in also `method`,
 * `reason`.
 */
export interface Phrase {
  readonly pattern: RegExp;
  readonly meaning: Meaning;
  readonly signIn?: SignIn | ((groups: Groups) => SignIn);
}

export interface Found {
  readonly phrase: Phrase;
  readonly groups: Groups;
}

/** The first phrase that a message is. */
export function phraseOf(known: readonly Phrase[], said: string): Found | undefined {
  for (const phrase of known) {
    const match = phrase.pattern.exec(said);
    if (match) return { phrase, groups: match.groups ?? {} };
  }
  return undefined;
}

/** The meaning of a message that is a phrase. */
export function meaningOfPhrase({ phrase, groups }: Found): Meaning {
  return fill(phrase.meaning, groups, signInOf(phrase, groups));
}

function signInOf({ signIn }: Phrase, groups: Groups): SignIn | undefined {
  return typeof signIn === 'function' ? signIn(groups) : signIn;
}

/** Puts what the groups name into a meaning. A log-in names one account: it is both who acts and who is logged in. */
export function fill(meaning: Meaning, { actor, target, ip, port }: Groups, signIn?: SignIn): Meaning {
  const isLogin = meaning.class === 'authentication' && actor === undefined;
  const whom = target ?? meaning.target;
  // Written out, and in this order, for every line: objects of one shape are made several times faster.
  return {
    class: meaning.class,
    activity: meaning.activity,
    code: meaning.code,
    actor: actor ?? (isLogin ? (whom ?? undefined) : undefined),
    target: whom,
    src_ip: ip !== undefined && isIpAddress(ip) ? ip : undefined,
    src_port: port === undefined ? undefined : Number(port),
    dst_ip: meaning.dst_ip,
    dst_port: meaning.dst_port,
    outcome: meaning.outcome,
    sequence: meaning.sequence,
    signIn,
    partial: meaning.partial,
  };
}

export const logon: Meaning = { class: 'authentication', activity: 'logon' };
export const before: Meaning = { class: 'authentication', activity: 'preauth' };
export const check: Meaning = { class: 'authentication', activity: 'authenticate' };
export const change: Meaning = { class: 'authentication', activity: 'account_switch' };
export const user: Meaning = { class: 'user_management' };
export const group: Meaning = { class: 'group_management' };
export const logging: Meaning = { class: 'event_log_activity' };
export const success = { outcome: 'success' } as const;
export const failure = { outcome: 'failure' } as const;
