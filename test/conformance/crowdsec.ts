import type { Format } from '../../engine/formats/format.ts';
import { FieldCount, type Comparison, type CorpusFolder } from './adapter.ts';
import { crowdsecValues, oraclesBeside, type CrowdsecValues, type Pair } from './oracles.ts';
import { readEvidence, type Reading } from './reading.ts';

/** A value that CrowdSec's parser gave for a line. */
export interface LineValue {
  readonly stage: string;
  /** Line of the log, from 1, and its record here; 0 for none. */
  readonly line: number;
  readonly record: number;
  readonly reading: Reading;
  /** The last part of the path: `source_ip` of `Evt.Meta["source_ip"]`, also of `...[4:]`, a value without its beginning. */
  readonly name: string;
  readonly value: unknown;
}

export interface LineReader {
  readonly format: Format | ((file: string) => Format);
  readonly compareValue: (count: FieldCount, value: LineValue) => void;
  /** Compares `Success` and `message`; unless given, that the line is read, and its whole text. */
  readonly compareLine?: (count: FieldCount, value: LineValue) => void;
}

/** Compares every log with CrowdSec's values beside it. */
export function compareCrowdsec(folder: CorpusFolder, reader: LineReader): readonly Comparison[] {
  const { format, compareValue, compareLine = compareWholeLine } = reader;
  return crowdsecValues(folder).map(({ oracle, file, expected }) => {
    const reading = readEvidence(typeof format === 'function' ? format(file) : format, folder, file);
    const lineOf = linesOf(expected, folder.text(file).split('\n'));
    const count = new FieldCount(file, oracle);
    new Set(expected.map(lineOf)).forEach(() => count.record());
    for (const one of expected) {
      const { stage, path, expected: value } = one;
      const line = lineOf(one);
      const record = reading.recordOnLine(line) ?? 0;
      const name = nameOf(path);
      const found = { stage, line, record, reading, name, value };
      if (name === 'Success' || name === 'message') compareLine(count, found);
      else compareValue(count, found);
    }
    return count.result();
  });
}

function nameOf(path: string): string {
  return /\["([^"]+)"\](?:\[\d+:\])?$/.exec(path)?.[1] ?? path;
}

type Value = CrowdsecValues[number];

/**
 * Gives the line of a value, from 1. A stage counts the lines that reached it, so it may number a line lower than the
 * file; the message says which one it is.
 */
function linesOf(expected: CrowdsecValues, lines: readonly string[]): (value: Value) => number {
  const groupOf = ({ stage, parser }: Value): string => `${stage} ${parser}`;
  const found = new Map<string, number>();
  const next = new Map<string, number>();
  const messages = expected.filter(({ path }) => nameOf(path) === 'message');
  for (const one of [...messages].sort((a, b) => a.line - b.line)) {
    const message = String(one.expected).trim();
    const from = Math.max(one.line, next.get(groupOf(one)) ?? 0);
    const at = lines.findIndex((text, index) => index >= from && text.includes(message));
    if (at < 0) continue;
    found.set(`${groupOf(one)} ${one.line}`, at);
    next.set(groupOf(one), at + 1);
  }
  return (one) => (found.get(`${groupOf(one)} ${one.line}`) ?? one.line) + 1;
}

function compareWholeLine(count: FieldCount, { stage, line, record, reading, name, value }: LineValue): void {
  if (name === 'message') count.field(line, name, reading.rawText(record), value);
  // Whether the first stage takes a line says nothing of its format.
  else if (stage !== 's00-raw') count.field(line, name, reading.fate(record) === 'read', value);
}

/** Meta fields of an event, by name. */
export type Metas = ReadonlyMap<string, string>;

/** The events of detections, `X.scenario.assert.txt` beside `X.log`. */
export function crowdsecScenarios(folder: CorpusFolder): readonly Pair<readonly Metas[]>[] {
  return oraclesBeside(folder, /\.scenario\.assert\.txt$/, (stem) => [`${stem}.log`, `${stem}.jsonl`]).map((pair) => ({
    ...pair,
    expected: metasByEvent(folder.text(pair.oracle)),
  }));
}

// results[0].Overflow.Alert.Events[1].GetMeta("ppid") == "26843"
function metasByEvent(text: string): readonly Metas[] {
  const events = new Map<string, Map<string, string>>();
  const metas = /^(.*Events\[\d+\])\.GetMeta\("(\w+)"\) == "(.*)"$/gm;
  for (const [, event = '', name = '', value = ''] of text.matchAll(metas))
    events.set(event, (events.get(event) ?? new Map<string, string>()).set(name, value));
  return [...events.values()];
}
