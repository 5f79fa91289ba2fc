import type { Fields, ReportKind } from './kind.ts';
import { fact, rejected, unquoted, type LineKind } from './kind.ts';

/** /etc/os-release: `NAME=value`, values quoted as in a shell. https://www.freedesktop.org/software/systemd/man/latest/os-release.html */
const ASSIGNMENT = /^([A-Z][A-Z0-9_]*)=(.*)$/;
const OURS =
  /^(?:NAME|PRETTY_NAME|ID|ID_LIKE|VERSION|VERSION_ID|VERSION_CODENAME|BUILD_ID|IMAGE_ID|IMAGE_VERSION|VARIANT|VARIANT_ID|ANSI_COLOR|CPE_NAME|HOME_URL|BUG_REPORT_URL|SUPPORT_URL|SUPPORT_END|DOCUMENTATION_URL|PRIVACY_POLICY_URL|PLATFORM_ID|LOGO|UBUNTU_CODENAME|DEBIAN_VERSION_FULL|REDHAT_\w+|ROCKY_\w+|ALMALINUX_\w+|ORACLE_\w+|VENDOR_NAME|VENDOR_URL|RELEASE_TYPE|DISTRIB_\w+|DEFAULT_HOSTNAME|ARCHITECTURE)=/;
const TELLING =
  /^(?:PRETTY_NAME|ID|VERSION_ID|CPE_NAME|HOME_URL|BUG_REPORT_URL|VERSION_CODENAME|DISTRIB_ID|DISTRIB_RELEASE)=/;

export const osRelease: ReportKind = {
  id: 'os-release',
  as: 'as in /etc/os-release',
  framing: 'report',
  signOf: (line) => (TELLING.test(line) ? 'sure' : OURS.test(line) || line.startsWith('#') ? 'fits' : 'other'),
  read: (lines) => {
    const { fields, other } = assignments(lines);
    const name = fields['PRETTY_NAME'] ?? fields['NAME'] ?? fields['DISTRIB_DESCRIPTION'] ?? fields['ID'];
    if (name === undefined) return 'The file has no PRETTY_NAME, NAME or ID: it does not say what system it is of.';
    return [{ type: 'host', id: 'os', name: String(name), fields: { ...fields, ...other, text: lines.join('\n') } }];
  },
};

/** The assignments of a file for a shell, comments left out; lines that are none are in `other_lines`. */
export function assignments(lines: readonly string[]): { readonly fields: Fields; readonly other: Fields } {
  const fields = new Map<string, string>();
  const other: string[] = [];
  for (const line of lines) {
    const [, name, value = ''] = ASSIGNMENT.exec(line.trim()) ?? [];
    if (name !== undefined) fields.set(name, unquoted(value.trim()).replace(/\\(["$`\\])/g, '$1'));
    else if (!line.trim().startsWith('#')) other.push(line);
  }
  return { fields: Object.fromEntries(fields), other: other.length === 0 ? {} : { other_lines: other } };
}

/** /etc/redhat-release, one line: `CentOS Linux release 7.6.1810 (Core)`. */
const RELEASE =
  /^((?:Red Hat|CentOS|Fedora|Rocky|AlmaLinux|Oracle|Scientific|Amazon|CloudLinux|EuroLinux|RHEV|RHVH)[\w .-]*?) release (\d[\w.]*(?:[\s-].*)?)$/;

export const redhatRelease: LineKind = {
  id: 'redhat-release',
  as: 'as in /etc/redhat-release',
  framing: 'lines',
  signOf: (line) => (RELEASE.test(line) ? 'sure' : 'other'),
  open: () => (line) => {
    const [, name, version] = RELEASE.exec(line) ?? [];
    if (name === undefined) return rejected('The line names no release as /etc/redhat-release does.');
    return fact({ type: 'host', id: 'os', name: line, fields: { PRETTY_NAME: line, NAME: name, VERSION: version } });
  },
};
