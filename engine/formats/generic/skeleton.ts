/** What a person is given who has no mapping yet: one to begin with, made of the names in the file. */
import type { Problem } from '../../../shared/problem.ts';
import { plainName } from '../framing/csv-table.ts';

const MOST_NAMES = 100;
const LONGEST_NAME = 200;

// Columns of `events`, and what sources often call what belongs there (names without signs, in lower case).
const usual: readonly (readonly [column: string, names: RegExp])[] = [
  ['time', /^(?:.*time(?:stamp)?|.*timestamp|ts|.*date|date.*|.*createdat|.*occurredat|when)$/],
  ['system', /^(?:host|hostname|system|server|computer|device|node)$/],
  ['code', /^(?:event|eventid|eventtype|eventname|action|operation|code|type)$/],
  ['actor', /^(?:user|username|actor|account|login|principal|who|userid|useremail|email|username|usrname)$/],
  ['target', /^(?:target|object|resource|subject|entity)$/],
  ['src_ip', /^(?:ip|ipaddress|srcip|sourceip|clientip|remoteip|remoteaddr|sourceaddress|srcaddr)$/],
  ['severity', /^(?:severity|level|priority|loglevel)$/],
  ['message', /^(?:message|msg|description|text|summary|details)$/],
];

/**
 * A mapping of these columns (or paths) to `events`, as YAML that can be used once a person has read it. `list` is where
 * the records of a JSON document are.
 */
export function mappingSkeleton(names: readonly string[], list?: string): string {
  const usable = names.filter((name) => name !== '' && name.length <= LONGEST_NAME).slice(0, MOST_NAMES);
  const rules = new Map<string, string>();
  for (const [column, pattern] of usual) {
    const found = usable.find((name) => pattern.test(plainName(name)) && ![...rules.values()].includes(name));
    if (found !== undefined) rules.set(column, found);
  }
  if (!rules.has('time')) rules.set('time', usable[0] ?? 'NAME OF THE TIME');
  const left = usable.filter((name) => ![...rules.values()].includes(name));
  return [
    'table: events',
    'stream: my-stream',
    ...(list === undefined ? [] : [`list: ${JSON.stringify(list)}`]),
    'columns:',
    `  time: { from: ${JSON.stringify(rules.get('time'))}, as: rfc3339 }`,
    ...[...rules]
      .filter(([column]) => column !== 'time')
      .map(([column, name]) => `  ${column}: ${JSON.stringify(name)}`),
    ...left.map((name) => `  # not mapped yet: ${JSON.stringify(name)}`),
    ...(names.length > usable.length ? [`  # and ${names.length - usable.length} more`] : []),
    '',
  ].join('\n');
}

/** Why a file is not read without a mapping, and one to begin with. */
export function noMapping(file: string, skeleton: string): Problem {
  return {
    code: 'bad_request',
    message: 'A file of a format that Fieldwork does not know is read with a mapping only, and none was given.',
    where: { file },
    remedy:
      'Save a mapping such as the one below, correct what it says of table, stream, time and columns ' +
      `(docs/formats/generic.md), and import the file again with --mapping FILE.\n\n${skeleton}`,
  };
}
