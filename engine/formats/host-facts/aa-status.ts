import type { Fact, ReportKind } from './kind.ts';

/** `aa-status` (`apparmor_status`): counts, each with the names of profiles or processes below it. */
const COUNT =
  /^(\d+) (profiles?|processes) (are|have profiles defined|are in (\w+) mode|are unconfined but have a profile defined)\b.*\.$/;
const COUNTED =
  /^\d+ (?:profiles are loaded|profiles are in \w+ mode|processes have profiles defined|processes are in \w+ mode|processes are unconfined but have a profile defined|processes are in mixed mode)\.$/;
const STATE =
  /^apparmor (?:module is loaded|not present|filesystem is not mounted|module is not loaded|control files aren't available|is disabled)|^You do not have enough privilege/;

export const aaStatus: ReportKind = {
  id: 'aa-status',
  as: 'as aa-status prints them',
  framing: 'report',
  signOf: (line) => (COUNTED.test(line) || STATE.test(line) ? 'sure' : /^ {2,}\S/.test(line) ? 'fits' : 'other'),
  begins: (line, before) => /^apparmor /.test(line) && before.length > 1,
  read: readStatus,
};

function readStatus(lines: readonly string[]): readonly Fact[] | string {
  const state = lines.find((line) => STATE.test(line));
  const sections = new Map<string, string[]>();
  const other: string[] = [];
  let names: string[] | undefined;
  for (const line of lines) {
    if (COUNT.test(line)) sections.set(line.replace(/\.$/, ''), (names = []));
    else if (/^\s+\S/.test(line) && names) names.push(line.trim());
    else if (line !== state) other.push(line);
  }
  const short = [...sections].find(([title, listed]) => isShort(title, listed));
  if (short)
    return `The report says ${JSON.stringify(short[0])} and lists ${short[1].length}: it is cut off or damaged.`;
  const mode = modeOf(state ?? '', [...sections.keys()]);
  if (mode === undefined && /privilege/.test(lines.join('\n')))
    return 'aa-status was not allowed to read the profiles of AppArmor: nothing is known of them.';
  if (mode === undefined) return 'The report does not say how many profiles are loaded: it is cut off.';
  const fields = { kind: 'apparmor', mode, state, ...Object.fromEntries(sections) };
  const rest = other.length === 0 ? {} : { other_lines: other };
  return [
    {
      type: 'mandatory_access_control',
      id: 'apparmor',
      name: 'AppArmor',
      fields: { ...fields, ...rest, text: lines.join('\n') },
    },
  ];
}

/** The sums have no list of their own. */
function isShort(title: string, listed: readonly string[]): boolean {
  if (!/ in \w+ mode| unconfined /.test(title) || / in mixed mode/.test(title)) return false;
  return Number(/^\d+/.exec(title)?.[0]) > 0 && listed.length < Number(/^\d+/.exec(title)?.[0]);
}

/** Undefined where the module is loaded and the report does not count its profiles. */
function modeOf(state: string, titles: readonly string[]): string | undefined {
  if (/ not |n't |disabled/.test(state)) return 'disabled';
  if (!titles.some((title) => / profiles are loaded$/.test(title))) return undefined;
  const count = (mode: string): number =>
    Number(titles.find((title) => title.endsWith(` profiles are in ${mode} mode`))?.split(' ')[0] ?? 0);
  return apparmorMode(count);
}

/** The mode of AppArmor as a whole, from how many profiles are in which: `none` where it is loaded and enforces nothing. */
export function apparmorMode(count: (mode: string) => number): string {
  if (count('enforce') > 0) return 'enforce';
  return count('complain') > 0 ? 'complain' : 'none';
}
