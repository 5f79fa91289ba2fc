import { fact, heading, rejected, type LineKind } from './kind.ts';

/** `semanage user -l`, `semanage login -l`: tables of SELinux users and of who has which. */
const USERS_HEADING = /^(?:\s*Labeling\s+MLS\/|SELinux User\s+(?:Prefix\s+MCS Level\s+MCS Range\s+)?SELinux Roles)/;
const USER = /^(\w+_u|root)\s+(?:(\S+)\s+(s\d\S*)\s+(s\d\S*)\s+)?((?:\w+_r)(?:[ ,]+\w+_r)*)$/;
const LOGINS_HEADING = /^Login Name\s+SELinux User(?:\s+MLS\/MCS Range\s+Service)?$/;
const LOGIN = /^(\S+)\s+(\w+_u|root)(?:\s+(s\d\S*)\s+(\S+))?$/;

export const semanage: LineKind = {
  id: 'semanage',
  as: 'as semanage user -l or login -l prints them',
  framing: 'lines',
  signOf: (line) =>
    [USERS_HEADING, LOGINS_HEADING].some((form) => form.test(line))
      ? 'sure'
      : USER.test(line) || LOGIN.test(line)
        ? 'fits'
        : 'other',
  open: ({ head }) => {
    const ofLogins = head.some((line) => LOGINS_HEADING.test(line));
    return (line) => {
      if (USERS_HEADING.test(line) || LOGINS_HEADING.test(line)) return heading;
      const [, user, prefix, level, range, roles = ''] = (ofLogins ? undefined : USER.exec(line)) ?? [];
      if (user !== undefined)
        return fact({
          type: 'mandatory_access_control',
          id: `user ${user}`,
          fields: { kind: 'selinux user', user, prefix, level, range, roles: roles.split(/[ ,]+/) },
        });
      const [, login, of, mls, service] = LOGIN.exec(line) ?? [];
      if (login === undefined) return rejected('The line is none of the users that semanage lists.');
      return fact({
        type: 'mandatory_access_control',
        id: `login ${login}`,
        fields: { kind: 'selinux login', login, user: of, range: mls, service },
      });
    };
  },
};
