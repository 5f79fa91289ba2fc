import { apparmorMode } from './aa-status.ts';
import type { JsonKind } from './json-kind.ts';
import { isObject, memberOf } from './json-values.ts';

/** `aa-status --json` (apparmor 3): `{"version": "1", "profiles": {"name": "enforce"}, "processes": {...}}`. */
export const aaStatusJson: JsonKind = {
  id: 'aa-status',
  as: 'as aa-status --json prints it',
  fits: (record) =>
    memberOf(record, 'version') !== undefined &&
    isObject(memberOf(record, 'profiles')) &&
    isObject(memberOf(record, 'processes')),
  read: (record) => {
    const profiles = memberOf(record, 'profiles');
    if (!isObject(profiles)) return 'The report has no profiles: it is damaged.';
    const modes = Object.values(profiles);
    if (modes.some((mode) => typeof mode !== 'string')) return 'A profile has no mode: the report is damaged.';
    const mode = apparmorMode((word) => modes.filter((each) => each === word).length);
    const fields = { kind: 'apparmor', mode, ...record };
    return { facts: [{ type: 'mandatory_access_control', id: 'apparmor', name: 'AppArmor', fields }] };
  },
};
