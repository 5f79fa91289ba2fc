/**
 * Paths to a member of a JSON record, as a mapping writes them.
 *
 *   path = step *( "." name / step )          user.name    records[0].x    ["a.b"].c    [0]
 *   step = name / "[" digits "]" / "[" JSON string "]"
 *   name = 1*(any character but "." "[" "]" and quotes)
 *
 * A path leads through members that the record itself has, never through what every object inherits.
 */
import { rawMember, readJsonRecord } from '../framing/json-members.ts';
import { JsonRecordScanner, type JsonRecord } from '../framing/json-records.ts';

export type Step = string | number;

const MAX_STEPS = 64;
const NAME = /[^.[\]"']+/y;
const INDEX = /\[(\d{1,9})\]/y;
const QUOTED = /\["((?:[^"\\]|\\.)*)"\]/y;

/** The steps of a path. `undefined` for text that is none. */
export function parsePath(text: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  let at = 0;
  while (at < text.length && steps.length < MAX_STEPS) {
    if (text[at] === '.' && steps.length > 0) at++;
    else if (steps.length > 0 && text[at] !== '[') return undefined;
    const step = stepAt(text, at);
    if (step === undefined) return undefined;
    steps.push(step.step);
    at = step.end;
  }
  return steps.length > 0 && at === text.length ? steps : undefined;
}

function stepAt(text: string, at: number): { step: Step; end: number } | undefined {
  for (const pattern of [INDEX, QUOTED, NAME]) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) continue;
    const end = pattern.lastIndex;
    if (pattern === NAME) return { step: match[0], end };
    if (pattern === INDEX) return { step: Number(match[1]), end };
    const name = unquoted(match[1]!);
    return name === undefined ? undefined : { step: name, end };
  }
  return undefined;
}

function unquoted(inside: string): string | undefined {
  try {
    return JSON.parse(`"${inside}"`) as string;
  } catch {
    return undefined;
  }
}

/** A path as text that `parsePath` reads again. */
export function pathText(steps: readonly Step[]): string {
  const parts = steps.map((step, i) => {
    if (typeof step === 'number') return `[${step}]`;
    if (!/^[^.[\]"'\s]+$/u.test(step)) return `[${JSON.stringify(step)}]`;
    return i === 0 ? step : `.${step}`;
  });
  return parts.join('');
}

/** The value that a path leads to; `undefined` where the record has no such member. */
export function valueAt(value: unknown, steps: readonly Step[]): unknown {
  let at = value;
  for (const step of steps) {
    if (typeof at !== 'object' || at === null || Array.isArray(at) !== (typeof step === 'number')) return undefined;
    if (!Object.hasOwn(at, step)) return undefined;
    at = (at as Record<Step, unknown>)[step];
  }
  return at;
}

/**
 * The text of that value as it is written in the record, so that large numbers keep all their digits. `undefined` where
 * there is none.
 */
export function rawAt(record: JsonRecord, steps: readonly Step[]): string | undefined {
  let raw: string | undefined;
  for (const [i, step] of steps.entries()) {
    if (i > 0 && raw === undefined) return undefined;
    if (typeof step === 'number') raw = rawElement(raw === undefined ? record.bytes : Buffer.from(raw), step);
    else {
      const owner = raw === undefined ? record : readJsonRecord(raw);
      raw = owner && rawOfMember(owner, step);
    }
  }
  return raw;
}

/** `rawMember` finds names of ASCII; others are found by what they spell. */
function rawOfMember(record: JsonRecord, name: string): string | undefined {
  if (/^[\x20-\x7e]*$/.test(name)) return rawMember(record, name);
  const { bytes, members } = record;
  const text = (from: number, to: number): string => Buffer.from(bytes.subarray(from, to)).toString('utf8');
  for (let i = members.length - 4; i >= 0; i -= 4)
    if (JSON.parse(text(members[i]!, members[i + 1]!)) === name) return text(members[i + 2]!, members[i + 3]!).trim();
  return undefined;
}

/** The elements of a list are the records of a document that is one. */
function rawElement(list: Uint8Array, index: number): string | undefined {
  let count = 0;
  let raw: string | undefined;
  const scanner = new JsonRecordScanner(
    { lists: [], firstKeys: [] },
    {
      record: ({ bytes }) => {
        if (count++ === index) raw = Buffer.from(bytes).toString('utf8');
      },
      damaged: () => undefined,
    },
  );
  scanner.push(list);
  scanner.finish();
  return raw;
}
