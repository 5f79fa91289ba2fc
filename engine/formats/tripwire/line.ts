/** Lines of a report of Tripwire as text: what they are where they stand. docs/formats/tripwire.md shows one. */
import type { ChangeKind } from '../integrity-checks/found-changes.ts';

export type Section = 'before' | 'head' | 'rules' | 'summary' | 'detail' | 'errors' | 'after';

const changes: Readonly<Record<string, ChangeKind>> = { Added: 'added', Removed: 'removed', Modified: 'changed' };

const sections: Readonly<Record<string, Section>> = {
  'Report Summary:': 'head',
  'Rule Summary:': 'rules',
  'Object Summary:': 'summary',
  'Object Detail:': 'detail',
  'Error Report:': 'errors',
};

/** The part of a report that begins with a line. */
export function sectionOf(text: string): Section | undefined {
  return Object.hasOwn(sections, text) ? sections[text] : undefined;
}

/** The version in the title of a report, empty where it has none; `undefined` for other lines. */
export function titleVersion(text: string): string | undefined {
  const found = /^(?:Open Source )?Tripwire\(R\)(?: (\d\S*))?(?: for \S+)? Integrity Check Report$/.exec(text);
  return found ? (found[1] ?? '') : undefined;
}

/** Lines that only divide a report, or head a column. */
export function isStructure(text: string): boolean {
  return (
    /^[-=\s]{5,}$/.test(text) ||
    /^#? ?Section: /.test(text) ||
    /^Rule Name {2,}Severity Level/.test(text) ||
    /^Property: +Expected/.test(text) ||
    /^(?:Added|Removed|Modified) Objects: \d+$/.test(text) ||
    /^(?:Added|Removed|Modified):$/.test(text) ||
    /^Remove the "x" from the adjacent box/.test(text) ||
    /^that you do not want updated/i.test(text) ||
    text === '*** End of report ***'
  );
}

/** What the lines below `Added:` are. */
export function headingChange(text: string): ChangeKind | undefined {
  return changes[/^(Added|Removed|Modified):$/.exec(text)?.[1] ?? ''];
}

/** `"/etc/passwd"`, also behind the box of an update, `[x] "/etc/passwd"`. */
export function quotedPath(text: string): string | undefined {
  const [, path] = /^(?:\[[xX ]?\] )?"(.*)"$/s.exec(text) ?? [];
  return path === undefined ? undefined : decodePath(path);
}

/** A line of level 1: `Modified:<tab>"/etc/passwd"`. */
export function parseableChange(text: string): { readonly change: ChangeKind; readonly path: string } | undefined {
  const [, word, path] = /^(Added|Removed|Modified):\t"(.*)"$/s.exec(text) ?? [];
  return path === undefined ? undefined : { change: changes[word!]!, path: decodePath(path) };
}

/** `Modified object name:  /etc/passwd` */
export function objectName(text: string): { readonly change: ChangeKind; readonly path: string } | undefined {
  const [, word, path] = /^(Added|Removed|Modified) object name: {1,2}(.+)$/s.exec(text) ?? [];
  return path === undefined ? undefined : { change: changes[word!]!, path: decodePath(path) };
}

/** `TWReport vm 20261121064026 V:5 S:100 A:1 R:1 C:3`: violations, highest severity, added, removed, changed. */
export interface OneLine {
  readonly host: string;
  readonly time: string;
  readonly violations: number;
  readonly severity: number;
  readonly counts: Readonly<Record<ChangeKind, number>>;
}

export function oneLineReport(text: string): OneLine | undefined {
  const found = /^TWReport (\S+) (\d{14}) V:(\d{1,12}) S:(\d{1,12}) A:(\d{1,12}) R:(\d{1,12}) C:(\d{1,12})$/.exec(text);
  if (!found) return undefined;
  const [violations, severity, added, removed, changed] = found.slice(3).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { host: found[1]!, time: found[2]!, violations, severity, counts: { added, removed, changed } };
}

/** `Rule Name: Config files (/etc)` */
export function ruleName(text: string): { readonly rule: string; readonly start: string | undefined } | undefined {
  const [, name] = /^Rule Name: (.+)$/s.exec(text) ?? [];
  if (name === undefined) return undefined;
  const [, rule, start] = /^(.*) \((\/.*)\)$/s.exec(name) ?? [];
  return { rule: rule ?? name, start };
}

export function severityLevel(text: string): string | undefined {
  return /^Severity Level: (\d{1,10})$/.exec(text)?.[1];
}

/** What the columns of a rule say: `* Config files     100      1        1        3`. */
export interface RuleLine {
  readonly rule: string;
  readonly severity: string;
  readonly counts: Readonly<Record<ChangeKind, number>>;
}

/** The columns of a rule; its name is empty where it stands in the line before, being long. */
export function ruleColumns(line: string): RuleLine | undefined {
  const found = /^(?:\*\s)?\s*(.*?)\s+(\d{1,10})\s+(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})$/.exec(line.trimEnd());
  if (!found) return undefined;
  const [, rule, severity, added, removed, changed] = found as unknown as readonly [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return { rule, severity, counts: { added: Number(added), removed: Number(removed), changed: Number(changed) } };
}

/** A line `Name:   value` at the head of a report, by the name. */
export function headValue(text: string): { readonly name: string; readonly value: string } | undefined {
  const [, name, value] =
    /^(Report generated by|Report created on|Database last updated on|Database generated on|Host name|Host IP address|Host ID|Policy file used|Configuration file used|Database file used|Command line used|Total objects scanned|Total violations found): *(.*)$/s.exec(
      text,
    ) ?? [];
  return name === undefined ? undefined : { name, value: value!.trim() };
}

/** What Tripwire says before and after a report. */
export function isNote(text: string): boolean {
  return /^(?:Note: |Parsing policy file: |\*\*\* Processing |Performing integrity check|### |Wrote (?:report|database|policy|configuration) file: |Integrity check (?:complete|failed)|Open Source Tripwire|Tripwire\(R\)|trademark of Tripwire|Portions copyright|for details use|or modified only under|All rights reserved|No violations|No Errors|Beginning|Emailing|Email )/.test(
    text,
  );
}

const ESCAPE = /\\(x[0-9a-fA-F]{2}|["\\nrt])/g;
const single: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', n: '\n', r: '\r', t: '\t' };

/** Names are shown with a backslash before what is no printable character. */
function decodePath(written: string): string {
  if (!written.includes('\\')) return written;
  const latin1 = Buffer.from(written, 'utf8').toString('latin1');
  const decoded = latin1.replace(ESCAPE, (_all, code: string) =>
    code.startsWith('x') && code.length === 3 ? String.fromCharCode(parseInt(code.slice(1), 16)) : single[code]!,
  );
  return Buffer.from(decoded, 'latin1').toString('utf8').replaceAll('\0', '\ufffd');
}
