/** Assertions of Insights' tests of its parsers for outputs of commands, as far as they are about what is in a file. */
import { FieldCount, type Comparison, type CorpusFolder } from '../../adapter.ts';
import { insightsAsserts } from '../../oracles.ts';
import { readFacts, type Item } from './read-facts.ts';

/** A file as Insights sees it: names with values, and the lines. */
interface View {
  readonly values: ReadonlyMap<string, readonly unknown[]>;
  readonly lines: readonly string[];
  /** Items in their order, in Insights' words. */
  readonly records: readonly Readonly<Record<string, unknown>>[];
  readonly items: readonly Item[];
}

export function compareHostAsserts(folder: CorpusFolder): readonly Comparison[] {
  return insightsAsserts(folder).flatMap(({ oracle, file, expected }) => {
    const count = new FieldCount(file, oracle);
    const { reading, items } = readFacts(folder, file);
    const view = viewOf(items);
    for (const { assert = '' } of expected) compareAssert(count, assert, view, reading.all.problem === undefined);
    if (count.result().fields === 0) return [];
    count.record();
    count.field(0, 'rejects', reading.all.rejects.length, 0);
    return [count.result()];
  });
}

const REPORTS = ['mandatory_access_control', 'audit_status'];

function viewOf(items: readonly Item[]): View {
  const values = new Map<string, readonly unknown[]>();
  const add = (name: string, value: unknown): void => void values.set(name, [...(values.get(name) ?? []), value]);
  for (const { type, fields } of items) {
    if (REPORTS.includes(type)) for (const [name, value] of Object.entries(fields)) add(plainName(name), value);
    else if (fields['keyword'] !== undefined) add(String(fields['keyword']), fields['value']);
    else if (fields['name'] !== undefined) add(String(fields['name']), fields['value']);
  }
  return { values, lines: items.map(({ fields }) => String(fields['text'])), records: items.map(asNetstat), items };
}

/** Insights calls members `loaded_policy_name`; SELINUX and SELINUXTYPE stay. */
const plainName = (name: string): string =>
  /^SELINUX/.test(name) && !/ /.test(name) ? name : name.toLowerCase().replaceAll(' ', '_');

function asNetstat({ fields }: Item): Readonly<Record<string, unknown>> {
  const local = `${String(fields['local_address'])}:${String(fields['local_port'])}`;
  const peer = `${String(fields['peer_address'])}:${String(fields['peer_port'] ?? '*')}`;
  const owner = fields['pid'] === undefined ? '-' : `${String(fields['pid'])}/${String(fields['process'])}`;
  return {
    Proto: fields['protocol'],
    'Recv-Q': fields['recv_q'],
    'Send-Q': fields['send_q'],
    'Local Address': local,
    'Local IP': fields['local_address'],
    Port: fields['local_port'],
    'Foreign Address': peer,
    State: fields['state'],
    User: fields['user'],
    Inode: fields['inode'],
    'PID/Program name': owner,
    PID: fields['pid'],
    'Program name': fields['process'],
    Timer: fields['timer'],
  };
}

const NAMED = String.raw`\w+(?:\.\w+)?(?:\[|\.get\(|\.last\(|\.get_active_setting_value\()['"]([^'"]+)['"](?:, '[^']*')?[\])]`;
const EQUAL = new RegExp(`^${NAMED} == (.*)$`);
const EQUAL_TURNED = new RegExp(`^(.*) == ${NAMED}$`);
const IN =
  /^['"]([^'"]+)['"] (not )?in (sshd_config|config|auds|perm_info|result\.active_settings|r\.data|r|audit_rules|result\.active_lines_unparsed|ns\.running_processes)$/;
const KEYS_IN = /^keys_in\(\[([^\]]*)\], \S+\)$/;
const LENGTH = /^len\((sudo\.lines|audit_rules|selinux_conf|nsdl)\) == (\d+)$/;
const RECORD = /^nsdl\[(\d+)\] == \{(.*)\}$/;
const LISTENER = /^ns\.listening_pid\['(\d+)'\] == \{(.*)\}$/;
const DEFAULTED = /, '[^']*'\) ==/;

function compareAssert(count: FieldCount, assert: string, view: View, isRead: boolean): void {
  const turned = EQUAL_TURNED.exec(assert);
  const [, name = turned?.[2], value = turned?.[1]] = EQUAL.exec(assert) ?? [];
  if (/in str\(exc\)$/.test(assert)) return;
  if (name !== undefined && !name.includes('/') && !/^ns\b|get_original_line|listening_pid|^sudo\.get/.test(assert))
    return compareValue(count, { assert, name, value: value ?? '' }, view);
  const [, text = '', negated, where = ''] = IN.exec(assert) ?? [];
  if (text !== '') return count.field(0, assert, isIn(text, where, view), negated === undefined);
  const keys = KEYS_IN.exec(assert)?.[1];
  if (keys !== undefined) for (const key of quotedIn(keys)) count.field(0, `has ${key}`, view.values.has(key), true);
  const [, list, length] = LENGTH.exec(assert) ?? [];
  if (list !== undefined) count.field(0, assert, lengthOf(list, view), Number(length));
  const [, at, members = ''] = RECORD.exec(assert) ?? [];
  if (at !== undefined && isRead) compareRecord(count, Number(at), members, view);
  const [, pid = '', listener = ''] = LISTENER.exec(assert) ?? [];
  if (pid !== '') compareListener(count, pid, listener, view);
}

interface Value {
  readonly assert: string;
  readonly name: string;
  readonly value: string;
}

function compareValue(count: FieldCount, { assert, name, value }: Value, { values, lines, items }: View): void {
  if (assert.startsWith('sudo.last')) return count.field(0, assert, lines.at(-1), literal(value));
  const found = values.get(name) ?? values.get(name.toLowerCase()) ?? values.get(plainName(name));
  const theirs = literal(value);
  if (assert.includes('refcnt')) return compareGroups(count, name, theirs, items);
  if (DEFAULTED.test(assert) && found === undefined) return;
  const ours = Array.isArray(theirs) ? found : found?.at(-1);
  count.field(0, assert, asWritten(ours), asWritten(theirs));
}

/** `result['lo'] == [{'refcnt': '1', 'group': '224.0.0.1'}, ...]` */
function compareGroups(count: FieldCount, name: string, theirs: unknown, items: readonly Item[]): void {
  const ours = items.filter(({ fields }) => fields['interface'] === name);
  const groups = ours.map(({ fields: { refcnt, group } }) => ({ refcnt: String(refcnt), group }));
  count.field(0, name, JSON.stringify(groups), JSON.stringify(theirs));
}

function isIn(text: string, where: string, { values, lines, items }: View): boolean {
  if (/lines_unparsed|audit_rules/.test(where)) return lines.includes(text);
  const listening = (process: unknown): boolean =>
    items.some(({ fields }) => fields['listening'] === true && fields['process'] === process);
  if (where === 'ns.running_processes')
    return listening(text) || items.some(({ fields }) => fields['process'] === text);
  return values.has(text) || values.has(text.toLowerCase());
}

function lengthOf(list: string, { lines, items, values }: View): number {
  if (list === 'nsdl') return items.filter(({ fields }) => fields['protocol'] !== 'unix').length;
  return list === 'selinux_conf'
    ? [...values.keys()].filter((name) => name.startsWith('SELINUX')).length
    : lines.length;
}

function compareRecord(count: FieldCount, at: number, members: string, { records }: View): void {
  count.record();
  for (const [, name = '', value] of members.matchAll(/'([^']+)': '([^']*)'/g))
    count.field(at + 1, name, records[at]?.[name], value);
}

function compareListener(count: FieldCount, pid: string, members: string, { items }: View): void {
  const item = items.find(({ fields }) => String(fields['pid']) === pid && fields['listening'] === true);
  const words: Readonly<Record<string, string>> = { addr: 'local_address', name: 'process', port: 'local_port' };
  for (const [, name = '', value] of members.matchAll(/'([^']+)': '([^']*)'/g))
    count.field(0, `${pid}.${name}`, item?.fields[words[name] ?? name], value);
}

const quotedIn = (text: string): readonly string[] => [...text.matchAll(/'([^']*)'/g)].map(([, each = '']) => each);

/** A literal of Python, as a value. */
function literal(text: string): unknown {
  try {
    const json = text
      .replaceAll("'", '"')
      .replaceAll('True', 'true')
      .replaceAll('False', 'false')
      .replaceAll('None', 'null');
    return JSON.parse(json) as unknown;
  } catch {
    return text;
  }
}

/** Numbers as text, on and off as Insights has them. */
function asWritten(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return JSON.stringify(value.map(String));
  if (typeof value !== 'object') return String(value);
  const members = Object.entries(value).map(([name, each]) => [
    name,
    each === 'on' ? true : each === 'off' ? false : (each as unknown),
  ]);
  return JSON.stringify(Object.fromEntries(members));
}
