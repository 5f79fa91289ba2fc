/**
 * Lines of a report of AIDE as text.
 *
 *   Start timestamp: 2026-11-21 06:40:13 +0000 (AIDE 0.18.3)       no offset and no version before 0.16
 *   AIDE found differences between database and filesystem!!
 *   Added entries:      2                                          "files" before 0.16
 *   f > ... mc..H     : /etc/passwd                                or `changed: /etc/passwd`
 *   End timestamp: 2026-11-21 06:40:13 +0000 (run time: 0m 0s)
 */
import { changeOfFlags } from './attributes.ts';

const START = /^Start timestamp: (.+?)(?: \(AIDE (.+)\))?$/;
const END = /^End timestamp: (.+?)(?: \(run time: .*\))?$/;
const OUTLINE =
  /^(?:AIDE(?: \d\S*)? (?:found (?:NO )?differences|successfully initialized|initialized)|### All files match AIDE database|### AIDE database at .* initialized)/;
const COUNT = /^(Total number of|Number of|Added|Removed|Changed) (?:entries|files):\s*(\d{1,15})$/;
const HEADING =
  /^(?:(Added|Removed|Changed|Added, removed and changed|Added and removed|Added and changed|Removed and changed) (?:entries|files)|Detailed information about (?:changes|.* files)|The attributes of the \(uncompressed\) database\(s\)):$/;
const FLAGS = /^([fdlLpFscCbBDP!?])([ +\-.:=<>a-zA-Z]{8,24}): (\/.*)$/s;
const WORD = /^(added|removed|changed): (\/.*)$/s;
const OBJECT = /^(File|Directory|FIFO|Link|Block device|Character device|Socket|Door|Port|Unknown file type): (\/.*)$/s;
const OPTION_NAMES = String.raw`Config version used|Config version|Limit|Root prefix|Report level|Verbose level|Ignored? [\w ]{1,60}|Forced? [\w ]{1,40}`;
const OPTION = new RegExp(`^(${OPTION_NAMES}): (.*)$`, 's');
// Config version used: 7 | Limit: ^/etc | Report level: summary
const OPTION_JOINT = new RegExp(String.raw` \| (?=(?:${OPTION_NAMES}): )`);
const WRITTEN = /^New AIDE database written to (.+)$/s;
const DIFFERENT = /^(?:Entry|File) (\/.*) in databases has different attributes[:,] ?(.*)$/s;
const NOTE =
  /^(?:\w+: )?(?:WARNING|ERROR|NOTICE|INFO|DEBUG|CRITICAL)\b|^AIDE (?:returned|exited|ended|run|returns|, version|\d)|^AIDE, version|(?:exit|return)(?:ed)?(?: with)?(?: exit)? ?(?:code|status|value|rc)\b|^(?:exit|rc)(?: ?[:=] ?| )\d+$|^(?:real|user|sys)\s+\d+m|^[^:]{0,80}[#$] .*\baide\b|^This is an automated report|^Environment on |^Running aide|^added: THERE WERE ALSO|^Not enough parameters/i;

export type Section = 'head' | 'entries' | 'details' | 'databases' | 'after';

export type Line =
  | { readonly kind: 'start'; readonly time: string; readonly version: string | undefined }
  | { readonly kind: 'end'; readonly time: string }
  | { readonly kind: 'outline'; readonly text: string }
  | { readonly kind: 'count'; readonly of: 'total' | 'added' | 'removed' | 'changed'; readonly count: number }
  | { readonly kind: 'heading'; readonly section: Section }
  | { readonly kind: 'rule' }
  | { readonly kind: 'entry'; readonly flags: string | undefined; readonly change: Change; readonly path: string }
  | { readonly kind: 'object'; readonly type: string; readonly path: string }
  | { readonly kind: 'options'; readonly options: readonly (readonly [name: string, value: string])[] }
  | { readonly kind: 'written'; readonly path: string }
  | { readonly kind: 'different'; readonly path: string; readonly attributes: string }
  | { readonly kind: 'note'; readonly text: string };
type Change = 'added' | 'removed' | 'changed';

const counted = {
  'Total number of': 'total',
  'Number of': 'total',
  Added: 'added',
  Removed: 'removed',
  Changed: 'changed',
} as const;

/** What a line is, whatever stands above it; `undefined` where AIDE writes none like it. */
export function readLine(written: string): Line | undefined {
  // Reports are pasted and mailed with spaces before every line.
  const text = written.trim();
  if (/^-{10,}$/.test(text) || text === 'Summary:') return { kind: 'rule' };
  return ofTimes(text) ?? ofEntries(text) ?? ofHead(text);
}

function ofTimes(text: string): Line | undefined {
  const [, start, version] = START.exec(text) ?? [];
  if (start !== undefined) return { kind: 'start', time: start, version };
  const [, end] = END.exec(text) ?? [];
  if (end !== undefined) return { kind: 'end', time: end };
  const [, name, digits] = COUNT.exec(text) ?? [];
  if (name !== undefined) return { kind: 'count', of: counted[name as keyof typeof counted], count: Number(digits) };
  return OUTLINE.test(text) ? { kind: 'outline', text } : undefined;
}

function ofEntries(text: string): Line | undefined {
  if (HEADING.test(text)) return { kind: 'heading', section: sectionOf(text) };
  const [, object, of] = OBJECT.exec(text) ?? [];
  if (of !== undefined) return { kind: 'object', type: object!, path: of };
  const [, type, marks, path] = FLAGS.exec(text) ?? [];
  if (path !== undefined) {
    const flags = `${type}${marks}`;
    return { kind: 'entry', flags, change: changeOfFlags(flags), path };
  }
  const [, word, named] = WORD.exec(text) ?? [];
  if (named !== undefined) return { kind: 'entry', flags: undefined, change: word as Change, path: named };
  return undefined;
}

function ofHead(text: string): Line | undefined {
  const [, database] = WRITTEN.exec(text) ?? [];
  if (database !== undefined) return { kind: 'written', path: database };
  const [, differs, attributes = ''] = DIFFERENT.exec(text) ?? [];
  if (differs !== undefined) return { kind: 'different', path: differs, attributes };
  if (OPTION.test(text)) return { kind: 'options', options: text.split(OPTION_JOINT).map(readOption) };
  return NOTE.test(text) ? { kind: 'note', text } : undefined;
}

/** `Config version used` is `config_version`, as the JSON of a report has it. */
function readOption(text: string): readonly [string, string] {
  const [, name = '', value = ''] = OPTION.exec(text) ?? [];
  return [name.toLowerCase().replace(' used', '').replaceAll(' ', '_'), value];
}

function sectionOf(heading: string): Section {
  if (heading.startsWith('Detailed')) return 'details';
  return heading.startsWith('The attributes') ? 'databases' : 'entries';
}
