/** Who and what an Okta event names. */
import { at, firstText, objectsAt } from '../event-records/values.ts';

/** The name of an actor or target: the one it signs in with, else the one shown, else its id. */
export function nameOf(party: unknown): string | undefined {
  const names = [firstText(party, 'alternateId'), firstText(party, 'displayName')];
  return names.find((name) => name !== undefined && name !== 'unknown') ?? firstText(party, 'id');
}

/** Targets of these types, the type to prefer first, then all others. */
const preferred: Readonly<Record<string, readonly string[]>> = {
  authentication: ['AppInstance', 'AppUser', 'User'],
  account_change: ['User', 'AppUser', 'UserGroup', 'Token'],
};

/** The target that an event of this class is about. */
export function targetOf(event: unknown, class_: string): string | undefined {
  const targets = objectsAt(event, 'target');
  const types = preferred[class_] ?? [];
  const target = types.map((type) => targets.find((each) => at(each, 'type') === type)).find((found) => found);
  return class_ === 'authentication' && isApplication(target) ? applicationName(target) : nameOf(target ?? targets[0]);
}

/** The application that was signed in to. */
export function applicationOf(event: unknown): string | undefined {
  return applicationName(objectsAt(event, 'target').find(isApplication));
}

function isApplication(target: unknown): boolean {
  return at(target, 'type') === 'AppInstance';
}

function applicationName(target: unknown): string | undefined {
  return firstText(target, 'displayName') ?? nameOf(target);
}
