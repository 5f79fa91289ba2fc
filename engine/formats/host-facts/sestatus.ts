import type { Fact, ReportKind } from './kind.ts';
import { otherLines, readLabels } from './labels.ts';

/** `sestatus [-v] [-b]`: labels, then sections of contexts and of booleans. */
const LABEL =
  /^(?:SELinux status|SELinuxfs mount|SELinux root directory|Loaded policy name|Current mode|Mode from config file|Policy MLS status|Policy deny_unknown status|Memory protection checking|Max kernel policy version|Policy version|Policy from config file):\s/;
const SECTION = /^(Policy booleans|Process contexts|File contexts):\s*$/;
const BOOLEAN = /^(\w+)\s+(on|off)(?:\s+\((.*)\))?$/;

export const sestatus: ReportKind = {
  id: 'sestatus',
  as: 'as sestatus prints them',
  framing: 'report',
  signOf: (line) => (LABEL.test(line) || SECTION.test(line) ? 'sure' : BOOLEAN.test(line) ? 'fits' : 'other'),
  begins: (line) => line.startsWith('SELinux status:'),
  read: readSestatus,
};

function readSestatus(lines: readonly string[]): readonly Fact[] | string {
  const sections = lines.findIndex((line) => SECTION.test(line));
  const { labels, other } = readLabels(sections < 0 ? lines : lines.slice(0, sections));
  const status = labels.get('SELinux status');
  const mode = status === 'disabled' ? 'disabled' : labels.get('Current mode');
  if (mode === undefined) return 'The report does not say in which mode SELinux is: it is cut off.';
  const { parts, rest } = readSections(sections < 0 ? [] : lines.slice(sections));
  const fields = {
    kind: 'selinux',
    mode,
    config_mode: labels.get('Mode from config file'),
    ...Object.fromEntries(labels),
    ...parts,
    ...otherLines([...other, ...rest]),
  };
  return [
    { type: 'mandatory_access_control', id: 'selinux', name: 'SELinux', fields: { ...fields, text: lines.join('\n') } },
  ];
}

function readSections(lines: readonly string[]): {
  readonly parts: Readonly<Record<string, unknown>>;
  readonly rest: readonly string[];
} {
  const parts = new Map<string, Map<string, string>>();
  const rest: string[] = [];
  let section = new Map<string, string>();
  for (const line of lines) {
    const name = SECTION.exec(line)?.[1];
    if (name !== undefined) parts.set(name, (section = new Map()));
    else {
      const [, key, value = ''] = BOOLEAN.exec(line) ?? /^(\S.*?)(?::\s*|\s{2,})(\S.*)$/.exec(line) ?? [];
      if (key === undefined) rest.push(line);
      else section.set(key, value);
    }
  }
  return { parts: Object.fromEntries([...parts].map(([name, each]) => [name, Object.fromEntries(each)])), rest };
}
