import { expect, it } from 'vitest';
import { accessReviews } from '../../../../engine/formats/access-reviews/access-reviews.ts';
import { accounts } from '../../../../engine/formats/accounts/accounts.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { recogniseFormat } from '../../../../engine/formats/registry.ts';
import { collectRows, inPieces } from '../collect-rows.ts';

const at = (text: string): bigint => parseInstant(text)!;

// The columns of an AWS credential report, and the values that AWS documents for them.
const awsReport = [
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated',
  '<root_account>,arn:aws:iam::123456789012:root,2020-01-01T00:00:00+00:00,not_supported,2026-02-01T10:00:00+00:00,not_supported,not_supported,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A',
  'ana,arn:aws:iam::123456789012:user/ana,2024-05-01T09:30:00+00:00,true,no_information,2024-05-01T09:30:00+00:00,N/A,false,true,2024-05-02T00:00:00+00:00,2026-03-01T08:00:00+00:00,eu-west-1,s3,true,2025-01-01T00:00:00+00:00,2026-03-05T08:00:00+00:00,N/A,N/A,false,N/A,false,N/A',
  'robot,arn:aws:iam::123456789012:user/robot,2024-05-01T09:30:00+00:00,FALSE,N/A,N/A,N/A,FALSE,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A',
].join('\n');

it('reads an AWS credential report: latest use of any credential, root as privileged, N/A as nothing', () => {
  const read = collectRows(accounts, awsReport, { takenAt: at('2026-03-06T00:00:00Z') });
  expect(read.rejects).toEqual([]);
  const common = { provider: 'aws', system: 'aws:123456789012', as_of: at('2026-03-06T00:00:00Z') };
  expect(read.rows('accounts')).toEqual([
    {
      ...common,
      record: 1,
      account: '<root_account>',
      privileged: true,
      mfa: true,
      status: 'active',
      created: at('2020-01-01T00:00:00Z'),
      last_used: at('2026-02-01T10:00:00Z'),
    },
    {
      ...common,
      record: 2,
      account: 'ana',
      mfa: false,
      status: 'active',
      created: at('2024-05-01T09:30:00Z'),
      last_used: at('2026-03-05T08:00:00Z'),
    },
    {
      ...common,
      record: 3,
      account: 'robot',
      mfa: false,
      status: 'disabled',
      created: at('2024-05-01T09:30:00Z'),
    },
  ]);
  expect(read.assumptions.join('\n')).toMatch(/An AWS user is active while/);
  for (const size of [1, 7, 4096])
    expect(collectRows(accounts, inPieces(Buffer.from(awsReport), size)).rows('accounts')).toHaveLength(3);
});

it('reads users of Okta, Entra, Google Workspace and GAM', () => {
  const okta = [
    'id,status,created,activated,statusChanged,lastLogin,passwordChanged,login,email,firstName,lastName,title',
    '00u1,ACTIVE,2024-01-01T00:00:00.000Z,2024-01-01T00:00:01.000Z,2024-01-02T00:00:00.000Z,2026-03-01T08:00:00.000Z,,ana@x.com,ana@x.com,Ana,Ray,Head',
    '00u2,DEPROVISIONED,2024-01-01T00:00:00.000Z,,2026-02-01T00:00:00.000Z,,,ben@x.com,ben@x.com,Ben,,',
  ].join('\n');
  expect(collectRows(accounts, okta).rows('accounts')).toMatchObject([
    {
      account: 'ana@x.com',
      person: 'Ana Ray',
      provider: 'okta',
      status: 'ACTIVE',
      last_used: at('2026-03-01T08:00:00Z'),
    },
    { account: 'ben@x.com', person: 'Ben', status: 'DEPROVISIONED', disabled: at('2026-02-01T00:00:00Z') },
  ]);
  expect(collectRows(accounts, okta).rows('accounts')[0]?.['disabled']).toBeUndefined();

  const entra = [
    'userPrincipalName,displayName,surname,mail,givenName,id,userType,accountEnabled,state,country,createdDateTime',
    'ana@x.com,Ana Ray,Ray,ana@x.com,Ana,6e7b,Member,True,WA,US,2024-01-01T00:00:00Z',
    'ben@x.com,Ben,,,,7f8c,Guest,False,,,2024-01-01T00:00:00Z',
  ].join('\r\n');
  expect(collectRows(accounts, `\ufeff${entra}`).rows('accounts')).toMatchObject([
    { account: 'ana@x.com', person: 'Ana Ray', provider: 'entra', status: 'active' },
    { account: 'ben@x.com', person: 'Ben', status: 'disabled', created: at('2024-01-01T00:00:00Z') },
  ]);

  const google = [
    'First Name [Required],Last Name [Required],Email Address [Required],Status [READ ONLY],Last Sign In [READ ONLY],2sv Enrolled [READ ONLY],2sv Enforced [READ ONLY]',
    'Ana,Ray,ana@x.com,Active,2026/03/01 08:00:00,True,True',
    'Ben,Li,ben@x.com,Suspended,Never logged in,False,True',
  ].join('\n');
  const read = collectRows(accounts, google, { zone: 'Europe/Berlin' });
  expect(read.rows('accounts')).toMatchObject([
    { account: 'ana@x.com', provider: 'google', status: 'Active', mfa: true, last_used: at('2026-03-01T07:00:00Z') },
    { account: 'ben@x.com', person: 'Ben Li', status: 'Suspended', mfa: false },
  ]);
  expect(read.rows('accounts')[1]?.['last_used']).toBeUndefined();

  const gam = [
    'primaryEmail,name.fullName,isAdmin,isDelegatedAdmin,suspended,creationTime,lastLoginTime,isEnrolledIn2Sv',
    'ana@x.com,Ana Ray,False,True,False,2024-01-01T00:00:00.000Z,1970-01-01T00:00:00.000Z,True',
  ].join('\n');
  const [admin] = collectRows(accounts, gam).rows('accounts');
  expect(admin).toMatchObject({ person: 'Ana Ray', privileged: true, status: 'active', provider: 'google' });
  for (const text of [okta, entra, google, gam, awsReport])
    expect(accounts.recognise(Buffer.from(text)).confidence).toBe(0.95);
});

const own = 'account,person,provider,system,privileged,mfa,status,created,disabled,last_used,as_of';

it('reads the inventory of its own columns, and a day alone as its start', () => {
  const read = collectRows(
    accounts,
    `${own}\nana,Ana,linux,web-1,yes,no,active,2024-01-01,,2026-03-01T08:00:00Z,2026-03-02\nben,,,,,,,,2026-01-01T00:00:00Z,never,\n`,
  );
  expect(read.rows('accounts')).toEqual([
    {
      record: 1,
      account: 'ana',
      person: 'Ana',
      provider: 'linux',
      system: 'web-1',
      privileged: true,
      mfa: false,
      status: 'active',
      created: at('2024-01-01T00:00:00Z'),
      last_used: at('2026-03-01T08:00:00Z'),
      as_of: at('2026-03-02T00:00:00Z'),
    },
    { record: 2, account: 'ben', disabled: at('2026-01-01T00:00:00Z') },
  ]);
  expect(read.assumptions).toContain('A day alone in column "created" means its start in UTC.');
});

it('takes a column "disabled" of yes and no for the status', () => {
  const read = collectRows(accounts, 'login,disabled,last login\nana,false,2026-03-01\nben,TRUE,\n');
  expect(read.rows('accounts').map((row) => [row['status'], row['disabled']])).toEqual([
    ['active', undefined],
    ['disabled', undefined],
  ]);
});

it('rejects rows without an account, with a day of no known order, or with words that are neither yes nor no', () => {
  const read = collectRows(
    accounts,
    `${own}\n,x,,,,,,,,,\na,,,,,,,03/07/2025,,,\nb,,,,perhaps,,,,,,\nc,,,,,,,,,,\n<script>alert(1)</script>,=cmd(),,,,,,,,,\nd,e\n`,
  );
  expect(read.rows('accounts').map((row) => row['account'])).toEqual(['c', '<script>alert(1)</script>']);
  expect(read.rejects.map(({ reason }) => reason)).toEqual([
    'Column "account" is empty.',
    expect.stringContaining('which number is the day is not said. Read the file with a mapping'),
    'Column "privileged": "perhaps" is neither yes nor no.',
    'Line 7 has 2 fields, but the header has 11.',
  ]);
});

it('is told apart from reviews, tickets, inventories and logs', () => {
  const zero = [
    'account,reviewer,decision,status,last_used\n',
    'Issue key,Issue Type,Created,Status,Reporter,User\n',
    'number,opened_at,short_description,state,user\n',
    'system,role,environment,owner\n',
    'user,timestamp,status,mfa,ip address\n',
    'root:x:0:0:root:/root:/bin/bash\n',
    '{"account":"a","status":"b","mfa":true}\n',
  ];
  for (const text of zero) expect(accounts.recognise(Buffer.from(text)).confidence, text).toBe(0);
  for (const text of [awsReport, own, 'id,status,created,activated,statusChanged,lastLogin,login,title\n']) {
    const head = Buffer.from(text);
    const mine = accounts.recognise(head).confidence;
    const others = recogniseFormat(head).filter(({ format }) => format.id !== 'accounts');
    expect(mine).toBeGreaterThan(0.7);
    expect(Math.max(0, accessReviews.recognise(head).confidence, ...others.map(({ confidence }) => confidence))).toBe(
      0,
    );
  }
});

it('stays bounded for 10,000 columns, and refuses more and a quote that is never closed', () => {
  const wide = Array.from({ length: 9_998 }, (_, i) => `c${i}`).join(',');
  const read = collectRows(accounts, `account,status,${wide}\na,b,${','.repeat(9_997)}\n`);
  expect(read.rows('accounts')).toMatchObject([{ account: 'a', status: 'b' }]);
  expect(collectRows(accounts, `account,status,${wide},x\n`).problem?.message).toContain('more than 10000 columns');
  const piece = Buffer.alloc(1 << 20, 'x');
  const open = [Buffer.from('account,status\n"'), ...Array.from({ length: 100 }, () => piece)];
  expect(collectRows(accounts, open).problem?.message).toContain('longer than 1048576 bytes');
});
