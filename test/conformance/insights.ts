/** Assertions of Insights' tests about lists of records: `found = logs.get('sshd')`, `found[0].get('message') == '...'`. */
import type { FieldCount } from './adapter.ts';
import type { PythonAsserts } from './oracles.ts';

/** A record as Insights has it: its members by name. */
export type InsightsRecord = Readonly<Record<string, unknown>>;

export interface InsightsParser {
  /** The records of the parser itself: `logs`, `parser.data`. */
  readonly records: readonly InsightsRecord[];
  /** `logs.get('text')`: the records whose line holds a text. */
  readonly search: (text: string) => readonly InsightsRecord[];
}

/** Gives the list that an expression stands for. */
type ListOf = (expression: string) => readonly InsightsRecord[];

const LIST = String.raw`([\w.]+?(?:\.get\('[^']*'\))?)`;
const SEARCH = /^[\w.]+\.get\('([^']*)'\)$/;
const ASSIGNED = /^(\w+) = (.*)$/;
const LENGTH = new RegExp(`^len\\(${LIST}\\) == (\\d+)$`);
const MEMBER = new RegExp(`^${LIST}\\[(\\d+)\\]\\.get\\('(\\w+)'\\) == ['"](.*)['"]$`);
const ATTRIBUTE = /^\w+\.(\w+) == ['"](.*)['"]$/;
const WHOLE = new RegExp(`^${LIST} == \\[(\\{.*\\})\\]$`);

/** Compares every assertion of these kinds. Others, of a date or of an error message, have nothing that is read. */
export function compareAsserts(count: FieldCount, expected: PythonAsserts, parser: InsightsParser): void {
  const variables = new Map<string, readonly InsightsRecord[]>();
  const listOf: ListOf = (expression) => {
    const text = SEARCH.exec(expression)?.[1];
    return text === undefined ? (variables.get(expression) ?? parser.records) : parser.search(text);
  };
  for (const { assert = '', assign = '' } of expected) {
    const [, name, assigned = ''] = ASSIGNED.exec(assign) ?? [];
    if (name !== undefined && SEARCH.test(assigned)) variables.set(name, listOf(assigned));
    compareAssert(count, oneWay(assert), listOf);
  }
}

/** `5 == len(x)`, `'z' == x[0].get('y')` and `x[0]['y']` in the other way of writing the same. */
function oneWay(assert: string): string {
  const turned = assert.replace(/^(\d+|'[^']*'|"[^"]*") == ([\w.]+[([].*)$/, '$2 == $1');
  return turned.replace(/\['(\w+)'\] ==/, ".get('$1') ==");
}

function compareAssert(count: FieldCount, assert: string, listOf: ListOf): void {
  const [, list, length] = LENGTH.exec(assert) ?? [];
  if (list !== undefined) count.field(0, `len(${list})`, listOf(list).length, Number(length));
  const [, of = '', index, member = '', value] = MEMBER.exec(assert) ?? [];
  if (index !== undefined) compareMembers(count, Number(index), listOf(of)[Number(index)], [[member, value]]);
  const [, attribute, text] = ATTRIBUTE.exec(assert) ?? [];
  if (attribute !== undefined) compareMembers(count, 0, listOf('')[0], [[attribute, text]]);
  const [, searched, objects = ''] = WHOLE.exec(assert) ?? [];
  if (searched === undefined) return;
  const theirs = [...objects.matchAll(/\{([^{}]*)\}/g)].map(([, members = '']) => members);
  count.field(0, `len(${searched})`, listOf(searched).length, theirs.length);
  theirs.forEach((members, at) => {
    const pairs = [...members.matchAll(/'(\w+)': '([^']*)'/g)].map(([, name = '', text]) => [name, text] as const);
    compareMembers(count, at, listOf(searched)[at], pairs);
  });
}

function compareMembers(
  count: FieldCount,
  at: number,
  ours: InsightsRecord | undefined,
  theirs: readonly (readonly [string, unknown])[],
): void {
  count.record();
  for (const [name, value] of theirs) count.field(at + 1, name, ours?.[name], value);
}
