import type { TableSpec } from '../framing/csv-table.ts';

/** What lists of accounts call their columns. Those after `as_of` are not kept: others are made of them. */
export const accountColumns: TableSpec<'accounts'>['columns'] = {
  account: [
    ...['accountname', 'username', 'user', 'userprincipalname', 'upn', 'login', 'loginname', 'profilelogin'],
    ...['userlogin', 'samaccountname', 'logonname', 'primaryemail', 'emailaddressrequired', 'emailaddress', 'email'],
    ...['useremail', 'profileemail', 'mail', 'userid'],
  ],
  person: [
    ...['personname', 'fullname', 'displayname', 'userdisplayname', 'profiledisplayname', 'namefullname', 'realname'],
    ...['employee', 'employeename', 'owner', 'accountowner'],
  ],
  provider: ['identityprovider', 'idp', 'directory', 'authprovider'],
  system: ['systemname', 'application', 'app', 'host', 'hostname', 'server', 'domain'],
  privileged: ['isprivileged', 'admin', 'isadmin', 'administrator', 'isadministrator', 'superadmin', 'issuperadmin'],
  mfa: [
    ...['mfaactive', 'mfaenabled', 'mfastatus', 'mfastate', 'mfaenrolled', 'mfaregistered', 'ismfaregistered'],
    ...['multifactor', 'multifactorauthentication', 'multifactorenabled', 'twofactor', 'twofactorenabled', '2fa'],
    ...['2faenabled', '2svenrolledreadonly', 'isenrolledin2sv', '2svenrolled', 'twostepverification'],
  ],
  status: ['accountstatus', 'userstatus', 'statusreadonly', 'state', 'lifecyclestate'],
  created: [
    ...['createdat', 'createdon', 'createddate', 'creationdate', 'datecreated', 'createddatetime', 'creationtime'],
    ...['usercreationtime', 'whencreated', 'dateadded', 'createdtime'],
  ],
  disabled: [
    ...['disabledat', 'disabledon', 'disableddate', 'datedisabled', 'deactivated', 'deactivatedat', 'deactivatedon'],
    ...['deactivateddate', 'suspendedat', 'deleteddatetime', 'terminated', 'terminatedat', 'terminationdate'],
  ],
  last_used: [
    ...['lastuseddate', 'lastusedat', 'lastlogin', 'lastlogindate', 'lastlogintime', 'lastloginat', 'lastlogon'],
    ...['lastlogondate', 'lastsignin', 'lastsigninreadonly', 'lastsignindate', 'lastsigninat', 'lastactive'],
    ...['lastactivity', 'lastactivitydate', 'lastseen', 'lastaccess', 'lastaccessed'],
  ],
  as_of: ['reportdate', 'reportgenerated', 'generated', 'generatedat', 'generatedtime', 'snapshotdate', 'exportedat'],

  first_name: ['firstnamerequired', 'givenname', 'profilefirstname', 'namegivenname'],
  last_name: ['lastnamerequired', 'surname', 'familyname', 'profilelastname', 'namefamilyname'],
  enabled: ['accountenabled', 'isenabled', 'active', 'isactive'],
  suspended: ['issuspended', 'blocked', 'isblocked', 'blockcredential', 'isdisabled'],
  delegated_admin: ['isdelegatedadmin'],
  status_changed: ['statuschanged'],
  arn: [],
  password_enabled: [],
  key_1_active: ['accesskey1active'],
  key_2_active: ['accesskey2active'],
  certificate_1_active: ['cert1active'],
  certificate_2_active: ['cert2active'],
  password_last_used: [],
  key_1_last_used: ['accesskey1lastuseddate'],
  key_2_last_used: ['accesskey2lastuseddate'],
  last_interactive: ['lastsignindatetime', 'signinactivitylastsignindatetime', 'lastinteractivesignindatetime'],
  last_not_interactive: [...['lastnoninteractivesignindatetime', 'signinactivitylastnoninteractivesignindatetime']],
  last_successful: ['lastsuccessfulsignindatetime', 'signinactivitylastsuccessfulsignindatetime'],
};
