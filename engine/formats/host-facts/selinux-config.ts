import type { ReportKind } from './kind.ts';
import { assignments } from './os-release.ts';

/** /etc/selinux/config: what SELinux is to be after the next start. */
const SETTING = /^\s*(?:SELINUX|SELINUXTYPE|SETLOCALDEFS|REQUIREUSERS|REQUIRESEUSERS|AUTORELABEL|CLEANUP)\s*=/;

export const selinuxConfig: ReportKind = {
  id: 'selinux-config',
  as: 'as in /etc/selinux/config',
  framing: 'report',
  signOf: (line) =>
    /^\s*SELINUX(?:TYPE)?\s*=\s*\w/.test(line) ? 'sure' : SETTING.test(line) || /^\s*#/.test(line) ? 'fits' : 'other',
  read: (lines) => {
    const { fields, other } = assignments(lines.map((line) => line.replace(/^\s*(\w+)\s*=\s*/, '$1=')));
    const mode = fields['SELINUX'];
    if (mode === undefined) return 'The file has no SELINUX=: it does not say in which mode SELinux is to be.';
    return [
      {
        type: 'mandatory_access_control',
        id: 'selinux',
        name: '/etc/selinux/config',
        fields: {
          kind: 'selinux',
          config_mode: String(mode).toLowerCase(),
          ...fields,
          ...other,
          text: lines.join('\n'),
        },
      },
    ];
  },
};
