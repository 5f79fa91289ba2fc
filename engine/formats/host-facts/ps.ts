import { fact, heading, numberOrText, rejected, wordsOf, type LineKind, type LineReading } from './kind.ts';

/**
 * `ps aux`, `ps -ef`, `ps -eo ...`: columns as the heading names them. The command takes what is left of the line; where
 * it is not the last column, it takes what the columns on both sides leave.
 */
const HEADING =
  /^\s*(?:[A-Z%][A-Z0-9%+:_-]*\s+)*(?:PID|SPID)\s+(?:[A-Z%][A-Z0-9%+:_-]*\s+)*(?:COMMAND|CMD|ARGS)(?:\s+[A-Z%][A-Z0-9%+:_-]*)*$/;
const isHeading = (line: string): boolean => line.length < 1000 && HEADING.test(line);
const COMMANDS = ['COMMAND', 'CMD', 'ARGS'];
/** Started, with `lstart`: `Wed Nov 25 17:00:00 2026` are five words. */
const LONG_START = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \w{3} {1,2}\d{1,2} \d\d:\d\d:\d\d \d{4}$/;

export const ps: LineKind = {
  id: 'ps',
  hasLongLines: true,
  as: 'as ps prints them',
  framing: 'lines',
  signOf: (line) => (isHeading(line) ? 'sure' : /^\s*[\w+.-]+\s+(?:\d+|-)\s.*\S/.test(line) ? 'fits' : 'other'),
  open: ({ head }) => {
    let columns = wordsOf(head.find((line) => isHeading(line)) ?? '');
    return (line) => {
      if (!isHeading(line)) return readProcess(line, columns);
      columns = wordsOf(line);
      return heading;
    };
  },
};

function readProcess(line: string, columns: readonly string[]): LineReading {
  const at = columns.findIndex((name) => COMMANDS.includes(name));
  if (at < 0) return rejected('No heading names the columns of this line.');
  const after = columns.length - at - 1;
  const words = joinedStart(line, columns);
  if (words.length < columns.length)
    return rejected(`The line has ${words.length} columns of ${columns.length}: it is cut off.`);
  const last = words.length - after;
  const command = after === 0 ? restAfter(line, words, at) : words.slice(at, last).join(' ');
  const values = [...words.slice(0, at), command, ...words.slice(last)];
  const fields = new Map(columns.map((name, index) => [fieldName(name), value(name, values[index] ?? '')]));
  const pid = fields.get('pid');
  // With m, the threads of a process stand below it and have none.
  if (pid !== undefined && pid !== '-' && typeof pid !== 'number')
    return rejected('The process id is no number: the line is damaged.');
  return fact({ type: 'process', id: command, name: command, fields: Object.fromEntries(fields) });
}

/** Words of the line, a start time of five words joined to one. */
function joinedStart(line: string, columns: readonly string[]): readonly string[] {
  const words = [...wordsOf(line)];
  const at = columns.findIndex((name) => ['STARTED', 'LSTART', 'START'].includes(name));
  const long = words.slice(at, at + 5).join(' ');
  if (at >= 0 && LONG_START.test(long)) words.splice(at, 5, long);
  return words;
}

/** The command with its spaces as they are. */
function restAfter(line: string, words: readonly string[], at: number): string {
  let from = 0;
  for (const word of words.slice(0, at).flatMap((each) => each.split(' ')))
    from = line.indexOf(word, from) + word.length;
  return line.slice(from).trim();
}

const fieldName = (name: string): string => name.replace('%', '').toLowerCase();
const value = (name: string, text: string): number | string =>
  /PID|UID|GID|RSS|VSZ|NLWP/.test(name) ? numberOrText(text) : text;
