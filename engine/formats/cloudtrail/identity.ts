import { memberOf, textAt } from './members.ts';

/**
 * Who did it, for a person to read: `root`, a user name, `role/session`, an AWS service, `account 123456789012`.
 * What names nobody gives the identity's ARN, principal or type; a record without an identity gives `undefined`.
 */
export function readableIdentity(event: unknown): string | undefined {
  const identity = memberOf(event, 'userIdentity');
  const known = byType(textAt(identity, 'type') ?? '', identity);
  return known ?? fallback(identity);
}

function byType(type: string, identity: unknown): string | undefined {
  switch (type) {
    case 'Root':
      return 'root';
    case 'AssumedRole':
      return assumedRole(identity);
    case 'FederatedUser':
      return afterSlash(textAt(identity, 'arn'), ':federated-user/');
    case 'AWSService':
      return textAt(identity, 'invokedBy');
    case 'AWSAccount':
      return account(identity);
    case 'IdentityCenterUser':
      return textAt(identity, 'onBehalfOf', 'userId');
    default:
      return undefined;
  }
}

function fallback(identity: unknown): string | undefined {
  return (
    textAt(identity, 'userName') ??
    afterSlash(textAt(identity, 'arn'), ':user/') ??
    textAt(identity, 'arn') ??
    textAt(identity, 'principalId') ??
    textAt(identity, 'invokedBy') ??
    account(identity) ??
    textAt(identity, 'type')
  );
}

// arn:aws:sts::123456789012:assumed-role/<role>/<session>
function assumedRole(identity: unknown): string | undefined {
  return afterSlash(textAt(identity, 'arn'), ':assumed-role/') ?? issuedRole(identity);
}

// Without the ARN: the role that issued the session, and the session name after the colon of the principal.
function issuedRole(identity: unknown): string | undefined {
  const role = textAt(identity, 'sessionContext', 'sessionIssuer', 'userName');
  const session = textAt(identity, 'principalId')?.split(':')[1];
  return role !== undefined && session ? `${role}/${session}` : role;
}

function account(identity: unknown): string | undefined {
  const id = textAt(identity, 'accountId');
  return id === undefined ? undefined : `account ${id}`;
}

function afterSlash(arn: string | undefined, marker: string): string | undefined {
  const at = arn?.indexOf(marker) ?? -1;
  return arn === undefined || at < 0 ? undefined : arn.slice(at + marker.length) || undefined;
}
