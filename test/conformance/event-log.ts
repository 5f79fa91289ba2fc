/**
 * Compares a log whose records are JSON objects with its oracles: the objects themselves as JSON.parse gives them, the
 * verdicts of detection rules about them, and what plaso and CrowdSec made of them.
 */
import type { Format } from '../../engine/formats/format.ts';
import { collectRows } from '../engine/formats/collect-rows.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from './adapter.ts';
import { compareCrowdsec, crowdsecScenarios } from './crowdsec.ts';
import { asFlag, asJson, asLower, asMicros, asNumber, asText } from './normal.ts';
import { pantherTests, plasoTests, type Pair, type PantherTests, type PlasoTest } from './oracles.ts';
import { memberAt, readEvidence, valueAt, type Reading, type RecordRows } from './reading.ts';

const KINDS = { text: asText, lower: asLower, time: asMicros, flag: asFlag, number: asNumber, json: asJson } as const;

/** A value of theirs that one of our columns holds: where it is in the rows (`events.code`), and what kind it is. */
export interface Counterpart {
  readonly column: string;
  readonly kind: keyof typeof KINDS;
}

/** A field that follows from the object of a record. */
export interface Rule extends Counterpart {
  readonly field: string;
  readonly theirs: (event: unknown) => unknown;
  /** Only compared where theirs says something: ours may come from another place. */
  readonly ifSaid?: boolean;
}

export interface EventLog {
  readonly folders: readonly string[];
  readonly format: Format;
  /** When it happened, and what. An object that does not say both is no event. */
  readonly time: (event: unknown) => unknown;
  readonly code: (event: unknown) => unknown;
  readonly rules: readonly Rule[];
  /** The member that an event without a time is given, so that the others of it are compared as well. */
  readonly timeMember?: string;
  /**
   * Members of the object that are in a column only, or nowhere: the rules compare the former. All others must be found
   * in `event_fields`, with the name and the value that the object has.
   */
  readonly notInFields: (name: string) => boolean;
  /** Names of plaso, and of CrowdSec. `skip` stands for those without a counterpart. */
  readonly others: Readonly<Record<string, Counterpart | 'skip'>>;
  /** Oracles that this log alone has. */
  readonly more?: (folder: CorpusFolder, log: EventLog) => readonly Comparison[];
}

export function eventLogAdapter(log: EventLog): Adapter {
  return {
    folders: log.folders,
    compare: (folder) =>
      Promise.resolve([
        ...pantherTests(folder).map((pair) => comparePanther(log, folder, pair)),
        ...plasoTests(folder).map((pair) => comparePlaso(log, folder, pair)),
        ...compareCrowdsec(folder, {
          format: log.format,
          compareValue: (count, { line, record, reading, name, value }) =>
            compareOther(log, count, { record: line, rows: reading.rowsOf(record), name, value }),
        }),
        ...compareScenarios(log, folder),
        ...(log.more?.(folder, log) ?? []),
      ]),
  };
}

/** Compares one object with the rows of its record. `record` is where it stands, from 1. */
export function compareEvent(
  log: EventLog,
  count: FieldCount,
  at: { record: number; event: unknown; rows: RecordRows },
) {
  const { record, event, rows } = at;
  const time = asMicros(log.time(event));
  count.field(record, 'time', valueAt(rows, 'events.time'), time);
  for (const { field, column, kind, theirs, ifSaid } of log.rules) {
    const value = theirs(event);
    if (ifSaid !== true || value !== undefined) compareValue(count, { record, field, rows }, { column, kind }, value);
  }
  if (typeof event !== 'object' || event === null) return;
  const kept = fieldsOf(rows);
  for (const [name, value] of Object.entries(event))
    if (!log.notInFields(name))
      count.field(record, `event_fields.${name}`, asJson(memberAt(kept, name)), asJson(value));
}

interface Place {
  readonly record: number;
  readonly field: string;
  readonly rows: RecordRows;
}

function compareValue(count: FieldCount, at: Place, { column, kind }: Counterpart, theirs: unknown): void {
  const { record, field, rows } = at;
  const ours = valueAt(rows, column);
  const normal = KINDS[kind];
  const parsed = kind === 'json' && typeof ours === 'string' ? (JSON.parse(ours) as unknown) : ours;
  count.field(record, field, normal(parsed), normal(theirs));
}

function fieldsOf(rows: RecordRows): unknown {
  const text = rows['event_fields']?.['fields'];
  return typeof text === 'string' ? JSON.parse(text) : undefined;
}

interface Line {
  readonly event: unknown;
  readonly rows: RecordRows;
}

/**
 * The rules are programs of another project and are not run. What they see is compared, member by member; and where a
 * rule matches one of its lines and not another, our rows of the two must not be the same.
 */
function comparePanther(
  log: EventLog,
  folder: CorpusFolder,
  { oracle, file, expected }: Pair<PantherTests>,
): Comparison {
  const reading = readEvidence(log.format, folder, file);
  const texts = folder.text(file).split('\n');
  const count = new FieldCount(file, oracle);
  const lines = new Map<number, Line>();
  for (const { line } of expected) {
    const text = texts[line - 1] ?? '';
    const found = compareLine(log, count, { reading, line, text });
    if (found) lines.set(line, found);
  }
  compareVerdicts(count, expected, lines);
  return count.result();
}

function compareLine(
  log: EventLog,
  count: FieldCount,
  { reading, line, text }: { reading: Reading; line: number; text: string },
): Line | undefined {
  count.record();
  const record = reading.recordOnLine(line);
  const fate = reading.fate(record);
  const event = parsed(text);
  count.field(line, 'record', fate, isEvent(log, event));
  if (fate !== 'read' || record === undefined) return compareDated(log, count, line, event);
  const rows = reading.rowsOf(record);
  compareEvent(log, count, { record: line, event, rows });
  return { event, rows };
}

/** Rules are tested with parts of events, too; one that lacks nothing but its time is read with another. */
function compareDated(log: EventLog, count: FieldCount, line: number, event: unknown): Line | undefined {
  if (log.timeMember === undefined || isEvent(log, event) !== WITHOUT_TIME) return undefined;
  const dated = { ...(event as object), [log.timeMember]: '2026-03-01T10:00:00Z' };
  const { problem, rejects, tables } = collectRows(log.format, JSON.stringify(dated));
  count.field(line, 'record with a time', problem?.message ?? rejects[0]?.reason ?? 'read', 'read');
  const rows = Object.fromEntries([...tables].map(([table, all]) => [table, all[0]]));
  compareEvent(log, count, { record: line, event: dated, rows });
  return { event, rows };
}

const WITHOUT_TIME = 'an event without a readable time';

function isEvent(log: EventLog, event: unknown): string {
  if (asText(log.code(event)) === undefined) return 'an object without a name of what happened';
  return typeof asMicros(log.time(event)) === 'bigint' ? 'read' : WITHOUT_TIME;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function compareVerdicts(count: FieldCount, expected: PantherTests, lines: ReadonlyMap<number, Line>): void {
  for (const { line, rule } of expected.filter(({ expected_result }) => expected_result)) {
    const ours = lines.get(line);
    if (!ours) continue;
    const others = expected.filter((test) => test.rule === rule && !test.expected_result);
    const same = others.filter(({ line: other }) => {
      const theirs = lines.get(other);
      // Lines that are the same but for what the lake added are told apart by what the test pretends, not by the log.
      return theirs && content(theirs) === content(ours) && withoutLake(theirs.event) !== withoutLake(ours.event);
    });
    count.field(line, 'verdict', same.length === 0 ? 'told apart' : `as line ${same[0]?.line}`, 'told apart');
  }
}

function content({ rows }: Line): string {
  const values = Object.values(rows).map((row) => Object.entries(row ?? {}).filter(([name]) => name !== 'record'));
  return JSON.stringify(values, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

function withoutLake(event: unknown): unknown {
  if (typeof event !== 'object' || event === null) return event;
  return asJson(Object.fromEntries(Object.entries(event).filter(([name]) => !name.startsWith('p_'))));
}

function comparePlaso(log: EventLog, folder: CorpusFolder, { oracle, file, expected }: Pair<PlasoTest>): Comparison {
  const { all, rowsOf } = readEvidence(log.format, folder, file);
  const count = new FieldCount(file, oracle);
  count.field(0, 'events', all.rows('events').length, expected.counts.event_data);
  count.field(0, 'rejects', all.rejects.length, expected.counts.extraction_warning);
  const records = all.rows('events').map(({ record }) => record);
  for (const { event_index, values } of expected.expect) {
    count.record();
    const rows = rowsOf(records[event_index] ?? 0);
    for (const [name, value] of Object.entries(values))
      compareOther(log, count, { record: event_index + 1, rows, name, value });
  }
  return count.result();
}

/** Events of detections, found by their time. */
function compareScenarios(log: EventLog, folder: CorpusFolder): readonly Comparison[] {
  return crowdsecScenarios(folder).map(({ oracle, file, expected }) => {
    const { all, rowsOf } = readEvidence(log.format, folder, file);
    const count = new FieldCount(file, oracle);
    expected.forEach((metas, index) => {
      count.record();
      const time = asMicros(metas.get('timestamp'));
      const rows = rowsOf(all.rows('events').find((row) => row['time'] === time)?.record ?? 0);
      for (const [name, value] of metas) compareOther(log, count, { record: index + 1, rows, name, value });
    });
    return count.result();
  });
}

interface OtherValue {
  readonly record: number;
  readonly rows: RecordRows;
  readonly name: string;
  readonly value: unknown;
}

/** The value of a name that nobody knows must stand somewhere in what is kept of the record. */
function compareOther(log: EventLog, count: FieldCount, { record, rows, name, value }: OtherValue): void {
  const counterpart = log.others[name];
  if (counterpart === 'skip') return;
  if (counterpart === undefined) count.field(record, name, isKept(rows, value) ? value : 'not kept', value);
  else compareValue(count, { record, field: name, rows }, counterpart, value);
}

function isKept(rows: RecordRows, value: unknown): boolean {
  const kept = Object.values(rows).flatMap((row) => Object.values(row ?? {}).map(String));
  return asText(value) === undefined || kept.some((text) => text.includes(String(value)));
}
