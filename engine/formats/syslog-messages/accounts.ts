/** shadow's programs: accounts and groups made, changed and deleted. */
import { group, success, user, type Phrase } from './meaning.ts';

export const accountPhrases: Readonly<Record<string, readonly Phrase[]>> = {
  useradd: [
    { pattern: /^new user: name=(?<target>[^,]+)/, meaning: { ...user, activity: 'create', ...success } },
    { pattern: /^new group: name=(?<target>[^,]+)/, meaning: { ...group, activity: 'create', ...success } },
    { pattern: /^add '(?<target>[^']+)' to /, meaning: { ...user, activity: 'change', ...success } },
  ],
  usermod: [
    { pattern: /^lock user '(?<target>[^']+)'/, meaning: { ...user, activity: 'lock', ...success } },
    { pattern: /^unlock user '(?<target>[^']+)'/, meaning: { ...user, activity: 'unlock', ...success } },
    {
      pattern: /^(?:add|delete|change user) '(?<target>[^']+)' /,
      meaning: { ...user, activity: 'change', ...success },
    },
  ],
  userdel: [{ pattern: /^delete user '(?<target>[^']+)'/, meaning: { ...user, activity: 'delete', ...success } }],
  chage: [
    { pattern: /^changed password expiry for (?<target>.+)$/, meaning: { ...user, activity: 'change', ...success } },
  ],
  groupadd: [{ pattern: /^new group: name=(?<target>[^,]+)/, meaning: { ...group, activity: 'create', ...success } }],
  groupdel: [{ pattern: /^group '(?<target>[^']+)' removed$/, meaning: { ...group, activity: 'delete', ...success } }],
};
