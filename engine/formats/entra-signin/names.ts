/** Names of the members of Entra's logs that are looked at, as Microsoft documents them. */
import { Spelling } from '../event-records/spelling.ts';

export const entraSpelling = new Spelling([
  // around each record, where Azure Monitor exports it
  ...['time', 'resourceId', 'operationName', 'category', 'tenantId', 'resultType', 'resultSignature', 'properties'],
  ...['resultDescription', 'callerIpAddress', 'identity', 'correlationId', 'level', 'Level', 'location', 'durationMs'],
  ...['TimeGenerated', 'AADTenantId'],
  // signIn
  ...[
    'id',
    'createdDateTime',
    'userDisplayName',
    'userPrincipalName',
    'userId',
    'appDisplayName',
    'appId',
    'ipAddress',
  ],
  ...['isInteractive', 'status', 'errorCode', 'failureReason', 'additionalDetails', 'resourceDisplayName', 'sessionId'],
  ...['conditionalAccessStatus', 'authenticationRequirement', 'authenticationDetails', 'authenticationMethod'],
  ...['authenticationStepRequirement', 'authenticationStepResultDetail', 'succeeded', 'mfaDetail', 'authMethod'],
  ...[
    'authenticationProtocol',
    'clientCredentialType',
    'servicePrincipalId',
    'servicePrincipalName',
    'signInEventTypes',
  ],
  ...['homeTenantId', 'resourceTenantId', 'signInIdentifier', 'deviceDetail', 'clientAppUsed', 'userType'],
  // directoryAudit
  ...[
    'activityDateTime',
    'activityDisplayName',
    'initiatedBy',
    'user',
    'app',
    'displayName',
    'targetResources',
    'type',
  ],
  ...['loggedByService', 'result', 'resultReason', 'operationType'],
]);
