/** Ways into the JSON of trackers: members that an object itself has, and the text that stands for a value. */

export type Members = Readonly<Record<string, unknown>>;

/** An object with members; `undefined` for everything else. */
export function membersOf(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined;
}

/** The member that a path of own members leads to. */
export function memberAt(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (const name of path) {
    const members = membersOf(at);
    if (members === undefined || !Object.hasOwn(members, name)) return undefined;
    at = members[name];
  }
  return at;
}

/** The elements of a list, or of the list that GraphQL keeps under `nodes`; none for everything else. */
export function elementsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const nodes = memberAt(value, 'nodes');
  return Array.isArray(nodes) ? nodes : [];
}

// What stands for a nested object, most readable first. Jira links hold the other issue under these names.
const tellingMembers = [
  ...['displayName', 'display_value', 'name', 'login', 'key', 'value', 'iso8601'],
  ...['inwardIssue', 'outwardIssue', 'url'],
];
const DEEPEST_DOCUMENT = 32;

/** The text that stands for a value: of a list that of its elements, of an object that of its most telling member. */
export function textOf(value: unknown, depth = 0): string {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object' || value === null || depth > 3) return '';
  if (Array.isArray(value)) return value.map((each) => textOf(each, depth + 1)).join(';');
  if (memberAt(value, 'type') === 'doc') return documentText(value, 0).trim();
  for (const name of tellingMembers) {
    const text = textOf(memberAt(value, name), depth + 1);
    if (text !== '') return text;
  }
  return '';
}

/** Text written in Jira Cloud is a tree: {"type":"doc","content":[{"type":"paragraph","content":[{"text":"..."}]}]}. */
function documentText(node: unknown, depth: number): string {
  if (depth > DEEPEST_DOCUMENT) return '';
  const text = memberAt(node, 'text');
  if (typeof text === 'string') return text.toWellFormed();
  const type = memberAt(node, 'type');
  if (type === 'hardBreak') return '\n';
  if (type === 'mention' || type === 'inlineCard')
    return textOf(memberAt(node, 'attrs', 'text') ?? memberAt(node, 'attrs', 'url'));
  const content = memberAt(node, 'content');
  const inside = Array.isArray(content) ? content.map((each) => documentText(each, depth + 1)).join('') : '';
  return ['paragraph', 'heading', 'listItem', 'codeBlock'].includes(String(type)) ? `${inside}\n` : inside;
}

/** Names and texts of a ticket, like the header and a row of a table. What stands first counts first. */
export type FlatTicket = readonly (readonly [name: string, text: string])[];

/** All members with the texts that stand for them. */
export function flatten(members: Members): [string, string][] {
  return Object.entries(members).map(([name, value]) => [name, textOf(value)]);
}
