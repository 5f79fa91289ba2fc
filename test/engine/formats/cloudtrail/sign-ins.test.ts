import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cloudtrail } from '../../../../engine/formats/cloudtrail/cloudtrail.ts';
import { collectRows } from '../collect-rows.ts';

const folder = join(import.meta.dirname, '../../../fixtures/cloudtrail');

const base = {
  eventVersion: '1.08',
  eventTime: '2026-03-01T09:00:00Z',
  eventSource: 'signin.amazonaws.com',
  eventName: 'ConsoleLogin',
  eventType: 'AwsConsoleSignIn',
  recipientAccountId: '123456789012',
  sourceIPAddress: '203.0.113.9',
  userIdentity: { type: 'IAMUser', userName: 'ana' },
  responseElements: { ConsoleLogin: 'Success' },
  additionalEventData: { LoginTo: 'https://console.aws.amazon.com/', MobileVersion: 'No', MFAUsed: 'Yes' },
};

function read(members: Record<string, unknown>) {
  return collectRows(cloudtrail, JSON.stringify({ ...base, ...members })).rows('authentications')[0];
}

it('gives a sign-in to the console, with its second factor', () => {
  expect(read({})).toEqual({
    record: 1,
    time: BigInt(Date.UTC(2026, 2, 1, 9)) * 1000n,
    system: 'aws:123456789012',
    stream: 'cloudtrail',
    actor: 'ana',
    src_ip: '203.0.113.9',
    outcome: 'success',
    provider: 'aws',
    application: 'AWS Management Console',
    mfa: true,
  });
  const failed = { responseElements: { ConsoleLogin: 'Failure' }, errorMessage: 'Failed authentication' };
  expect(read({ ...failed, additionalEventData: { MFAUsed: 'No' } })).toMatchObject({
    outcome: 'failure',
    mfa: false,
    reason: 'Failed authentication',
  });
});

it('does not say that somebody from an identity provider had no second factor', () => {
  const saml = { MFAUsed: 'No', SamlProviderArn: 'arn:aws:iam::123456789012:saml-provider/okta' };
  expect(read({ additionalEventData: saml })).toMatchObject({ method: 'saml' });
  expect(read({ additionalEventData: saml })?.['mfa']).toBeUndefined();
  const role = { userIdentity: { type: 'AssumedRole' }, additionalEventData: { MFAUsed: 'No' } };
  expect(read(role)?.['mfa']).toBeUndefined();
});

it('gives the other ways in', () => {
  const credentials = { credentials: { accessKeyId: 'ASIA1' } };
  const sts = { eventSource: 'sts.amazonaws.com', eventType: 'AwsApiCall', responseElements: credentials };
  const web = {
    ...sts,
    eventName: 'AssumeRoleWithWebIdentity',
    requestParameters: { roleArn: 'arn:aws:iam::1:role/ci' },
  };
  expect(read({ ...web, additionalEventData: undefined })).toMatchObject({
    application: 'arn:aws:iam::1:role/ci',
    method: 'oidc',
    session: 'ASIA1',
    outcome: 'success',
  });
  expect(read({ ...sts, eventName: 'AssumeRoleWithSAML' })).toMatchObject({ method: 'saml' });
  const device = { serialNumber: 'arn:aws:iam::1:mfa/ana' };
  expect(
    read({ ...sts, eventName: 'GetSessionToken', additionalEventData: {}, requestParameters: device }),
  ).toMatchObject({ mfa: true });
  const denied = { ...sts, eventName: 'GetFederationToken', errorCode: 'AccessDenied' };
  expect(read(denied)).toMatchObject({ outcome: 'failure', reason: 'AccessDenied' });
  const switched = { eventName: 'SwitchRole', responseElements: { SwitchRole: 'Success' }, additionalEventData: {} };
  expect(read(switched)).toMatchObject({ outcome: 'success', application: 'AWS Management Console' });
  for (const eventName of ['AssumeRole', 'GetCallerIdentity']) expect(read({ ...sts, eventName })).toBeUndefined();
  expect(read({ eventName: 'CredentialChallenge' })).toBeUndefined();
});

it('gives the sign-ins of IAM Identity Center, whose steps share a workflow', () => {
  const step = (eventName: string, CredentialType: string, said = 'Success') =>
    read({
      eventName,
      eventType: 'AwsServiceEvent',
      responseElements: null,
      userIdentity: { type: 'IdentityCenterUser', onBehalfOf: { userId: 'u1' } },
      additionalEventData: { AuthWorkflowID: 'w1', CredentialType },
      serviceEventDetails: { [eventName]: said },
    });
  expect(step('CredentialVerification', 'TOTP', 'Failure')).toMatchObject({
    actor: 'u1',
    application: 'AWS access portal',
    method: 'totp',
    mfa: true,
    outcome: 'failure',
    session: 'w1',
  });
  expect(step('CredentialVerification', 'PASSWORD')?.['mfa']).toBeUndefined();
  expect(step('UserAuthentication', 'PASSWORD')?.['mfa']).toBe(false);
  expect(step('UserAuthentication', 'PASSWORD,TOTP')?.['mfa']).toBe(true);
  expect(step('UserAuthentication', 'EXTERNAL_IDP')?.['mfa']).toBeUndefined();
});

it('agrees with the detection rule for sign-ins without a second factor', () => {
  const rules = JSON.parse(readFileSync(join(folder, 'panther-cloudtrail.expected.json'), 'utf8')) as {
    line: number;
    rule: string;
    test: string;
    expected_result: boolean;
  }[];
  const rows = collectRows(cloudtrail, readFileSync(join(folder, 'panther-cloudtrail.jsonl'))).rows('authentications');
  const tests = rules.filter(({ rule }) => rule === 'AWS.Console.LoginWithoutMFA');
  let compared = 0;
  for (const { line, test, expected_result } of tests) {
    const row = rows.find(({ record }) => record === line);
    // One event has no time. And that a user is new, the rule knows from elsewhere.
    if (row === undefined || test.endsWith('New User')) continue;
    compared++;
    const matches = row['mfa'] === false && row['outcome'] === 'success';
    expect([test, matches]).toEqual([test, expected_result]);
  }
  expect([tests.length, compared]).toEqual([11, 9]);
});
