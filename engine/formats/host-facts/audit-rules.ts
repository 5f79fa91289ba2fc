/**
 * Rules of the kernel's audit: what `auditctl -l` lists, and rules files (`audit.rules`, `/etc/audit/rules.d/*`).
 *
 *   -w path -p rwxa -k key                                    a watch
 *   -a|-A|-d list,action -S call[,call] -F field=value ...    a rule; list and action in either order
 *   -D -b 8192 -f 1 -r 100 -e 2 -i -c --backlog_wait_time 60000 --loginuid-immutable    controls
 *
 * audit.rules(7), auditctl(8).
 */
import type { Sign } from '../clocks/signs.ts';
import { comment, fact, rejected, type Fact, type KindContext, type LineKind, type LineReading } from './kind.ts';

const WATCH = /^-[wW]\s+\S/;
const RULE = /^-[aAd]\s+\w+,\w+/;
const CONTROL =
  /^(?:-[Dic]|-[bferR]\s+\S+|-[qtm]\s+\S.*|--(?:backlog_wait_time|reset-lost|reset_backlog_wait_time_actual|loginuid-immutable|signal)(?:\s+\S+)?)\s*$/;
const LISTS = ['task', 'exit', 'user', 'exclude', 'filesystem', 'entry', 'io_uring'];
const ACTIONS = ['always', 'never', 'possible'];
const NO_RULES = /^No rules$/;
/** Before version 2.3: `LIST_RULES: exit,always watch=/etc/localtime perm=wa key=time-change`. */
const OLD_LIST = /^LIST_RULES: (\w+),(\w+)\s*(.*)$/;

function signOf(line: string): Sign {
  const text = line.trim();
  if ([WATCH, RULE, NO_RULES, OLD_LIST].some((form) => form.test(text))) return 'sure';
  if (/^(?:-D|-b \d+|-e [012]|--loginuid-immutable|--backlog_wait_time \d+)$/.test(text)) return 'sure';
  return CONTROL.test(text) || text.startsWith('#') ? 'fits' : 'other';
}

export const auditRules: LineKind = {
  id: 'audit-rules',
  as: 'as auditctl -l or a rules file has them',
  framing: 'lines',
  signOf,
  open: (context) => {
    const loaded = isLoaded(context.head);
    context.assume(sayLoaded(loaded));
    return (line) => readRule(line.trim(), loaded, context);
  },
};

/**
 * What auditctl lists is loaded: it writes keys of system calls as `-F key=`. Comments, controls and `-k` behind a rule
 * of system calls are only in files. Watches alone are written the same in both.
 */
function isLoaded(head: readonly string[]): boolean | undefined {
  const lines = head.map((line) => line.trim());
  if (lines.some((line) => line.startsWith('#') || CONTROL.test(line) || (RULE.test(line) && / -k /.test(line))))
    return false;
  return lines.some((line) => NO_RULES.test(line) || OLD_LIST.test(line) || (RULE.test(line) && / -F key=/.test(line)))
    ? true
    : undefined;
}

function sayLoaded(loaded: boolean | undefined): string {
  if (loaded === undefined)
    return 'Whether these audit rules were loaded or stand in a file cannot be seen: both are written the same.';
  return loaded
    ? 'The audit rules are written as auditctl -l lists those that are loaded.'
    : 'The audit rules are those of a file; whether they were loaded is not in it.';
}

function readRule(line: string, loaded: boolean | undefined, { assume }: KindContext): LineReading {
  if (line.startsWith('#')) return comment;
  if (NO_RULES.test(line)) {
    assume('No audit rules were loaded.');
    return fact(item({ kind: 'none', loaded: true }, 'No rules'));
  }
  if (OLD_LIST.test(line)) return readOldRule(line);
  const tokens = line.split(/\s+/);
  if (CONTROL.test(line)) return fact(item({ kind: 'control', loaded, option: tokens[0], value: tokens[1] }, line));
  if (WATCH.test(line)) return readWatch(line, tokens, loaded);
  return RULE.test(line) ? readFilter(line, tokens, loaded) : rejected('The line is no audit rule, and no comment.');
}

const item = (fields: Fact['fields'], id: string): Fact => ({ type: 'audit_rules', id, name: id, fields });

function readWatch(line: string, tokens: readonly string[], loaded: boolean | undefined): LineReading {
  const keys: string[] = [];
  const fields = new Map<string, unknown>([['kind', 'watch']]);
  fields.set('loaded', loaded);
  fields.set('removes', tokens[0] === '-W' ? true : undefined);
  fields.set('path', tokens[1]);
  // Without -p a watch is for all kinds of access.
  fields.set('permissions', 'rwxa');
  for (let at = 2; at < tokens.length; at += 2) {
    const [option, value] = [tokens[at], tokens[at + 1]];
    if (value === undefined)
      return rejected(`The option ${option} at the end of the rule has no value: it is cut off.`);
    if (option === '-p' && !/^[rwxa]{1,4}$/.test(value))
      return rejected('The rule watches for permissions other than r, w, x and a.');
    if (option === '-p') fields.set('permissions', value);
    else if (option === '-k') keys.push(value);
    else if (option === '-F') fields.set('fields', [...((fields.get('fields') as string[] | undefined) ?? []), value]);
    else return rejected(`A watch has no option ${JSON.stringify(option?.slice(0, 40))}.`);
  }
  return fact(item({ ...Object.fromEntries(fields), keys }, line));
}

function readFilter(line: string, tokens: readonly string[], loaded: boolean | undefined): LineReading {
  const words = (tokens[1] ?? '').split(',');
  const list = words.find((word) => LISTS.includes(word));
  const action = words.find((word) => ACTIONS.includes(word));
  if (list === undefined || action === undefined || words.length !== 2)
    return rejected('The rule names no list and action as audit has them.');
  const found = { syscalls: [] as string[], conditions: [] as string[], keys: [] as string[] };
  for (let at = 2; at < tokens.length; at += 2) {
    const [option, value] = [tokens[at], tokens[at + 1]];
    if (value === undefined)
      return rejected(`The option ${option} at the end of the rule has no value: it is cut off.`);
    if (option === '-S') found.syscalls.push(...value.split(','));
    else if (option === '-k') found.keys.push(value);
    else if (option === '-F' && value.startsWith('key=')) found.keys.push(value.slice(4));
    else if (option === '-F' || option === '-C') found.conditions.push(option === '-C' ? `-C ${value}` : value);
    else return rejected(`A rule has no option ${JSON.stringify(option?.slice(0, 40))}.`);
  }
  const of = (field: string): string | undefined =>
    found.conditions.find((each) => each.startsWith(`${field}=`))?.slice(field.length + 1);
  const removes = tokens[0] === '-d' ? { removes: true } : {};
  const fields = { kind: 'syscall', loaded, ...removes, list, action, arch: of('arch'), ...found };
  return fact(item({ ...fields, path: of('path') ?? of('dir'), permissions: of('perm') }, line));
}

function readOldRule(line: string): LineReading {
  const [, list, action, rest = ''] = OLD_LIST.exec(line) ?? [];
  // The architecture has its number behind it in hexadecimal, in brackets.
  const conditions = rest
    .replace(/ \((?:0x)?[0-9a-f]+\)/g, '')
    .split(/\s+/)
    .filter((each) => each !== '');
  const of = (field: string): string | undefined =>
    conditions.find((each) => each.startsWith(`${field}=`))?.slice(field.length + 1);
  const path = of('watch') ?? of('dir');
  const others = conditions.filter((each) => !/^(?:key|syscall|watch|perm)=/.test(each));
  const found = {
    syscalls: of('syscall')?.split(',') ?? [],
    conditions: others,
    keys: of('key') === undefined ? [] : [of('key')],
  };
  const kind = path === undefined || of('syscall') !== undefined ? 'syscall' : 'watch';
  return fact(
    item({ kind, loaded: true, list, action, arch: of('arch'), ...found, path, permissions: of('perm') }, line),
  );
}
