/**
 * Log-ins over SSH that ask for several methods one after the other (AuthenticationMethods publickey,password): each
 * that was right is logged as "Partial", the last as "Accepted". Only together do they say that there was a second
 * factor.
 */
import type { Meaning } from './meaning.ts';

/** Connections that are remembered: more than any server lets wait, few enough for a hostile file. */
const MOST_OPEN = 1000;
const MOST_METHODS = 8;

/** Something one has, and something one knows or reads from a device. hostbased and gssapi say nothing of a person. */
const HELD = new Set(['publickey', 'certificate']);
const KNOWN = new Set(['password', 'keyboard-interactive']);

/** Follows the connections of one file, in its order. */
export class SshChains {
  private readonly open = new Map<string, readonly string[]>();

  /** The meaning of a message of `system` with what the messages before it on the same connection add. */
  complete(system: string | undefined, meaning: Meaning): Meaning {
    const { partial, signIn } = meaning;
    if (partial === undefined && (signIn?.provider !== 'sshd' || this.open.size === 0)) return meaning;
    const key = [system ?? '', meaning.actor ?? '', meaning.src_ip ?? '', String(meaning.src_port ?? '')].join('\n');
    const methods = this.open.get(key) ?? [];
    if (partial !== undefined) this.remember(key, [...methods, partial.split('/', 1)[0] ?? partial]);
    else if (signIn?.method && meaning.outcome === 'success')
      return this.closed(key, [...methods, signIn.method], meaning);
    return meaning;
  }

  private remember(key: string, methods: readonly string[]): void {
    const oldest = this.open.size >= MOST_OPEN ? this.open.keys().next() : undefined;
    if (oldest && !oldest.done) this.open.delete(oldest.value);
    this.open.set(key, methods.slice(0, MOST_METHODS));
  }

  private closed(key: string, methods: readonly string[], meaning: Meaning): Meaning {
    if (!this.open.delete(key)) return meaning;
    const isTwoFactors = methods.some((method) => HELD.has(method)) && methods.some((method) => KNOWN.has(method));
    const mfa = isTwoFactors ? true : undefined;
    return { ...meaning, signIn: { ...meaning.signIn, method: methods.join(','), mfa } };
  }
}
