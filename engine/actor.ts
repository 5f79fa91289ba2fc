import { userInfo } from 'node:os';

/**
 * Who is at the keyboard, for the ledger: the name of the user, or `uid 1000` where the system knows no name for the
 * number, as in many containers.
 */
export function currentActor(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
