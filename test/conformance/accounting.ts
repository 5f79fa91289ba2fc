/**
 * The account of a file: every record with content ends in exactly one place, also when a tenth of them is damaged; and
 * a damaged record changes nothing but itself.
 */
import type { Format } from '../../engine/formats/format.ts';
import { isBlank, LineSplitter } from '../../engine/formats/framing/lines.ts';
import { collectRows, type Collected } from '../engine/formats/collect-rows.ts';
import { columnsOfTheFile, neighboursOf, type Span } from './neighbours.ts';
import { startRandom, type Random } from './random.ts';

/** What came of one file. */
export interface Account {
  /** Records that ended in a table, and those that ended in the rejects. */
  readonly records: number;
  readonly rejected: number;
  /** Records that were damaged, and those whose rows depend on one of these. */
  readonly damaged: number;
  readonly dependent: number;
  /** Records that were not, and gave the same rows again. */
  readonly unchanged: number;
  /** Why the damaged file was refused as a whole, as a document may be. */
  readonly refused: string | undefined;
  /** What is wrong, as sentences. */
  readonly failures: readonly string[];
}

const DAMAGED_PART = 0.1;
const MOST_FAILURES = 5;
/** Of files whose records say no time: somebody has to. */
const TAKEN_AT = BigInt(Date.UTC(2026, 5, 1)) * 1000n;

/** Reads a file whole, then with a tenth of its records damaged; the same `seed` damages the same bytes. */
export function accountFor(format: Format, bytes: Uint8Array, path: string, seed = 1): Account {
  const failures: string[] = [];
  const whole = readAccounted(format, bytes, path, failures);
  if (!whole) return { ...nothing, failures };
  if (whole.problem) return { ...nothing, refused: whole.problem.message, failures };
  const rejected = whole.rejects.length;
  const counts = { ...nothing, records: whole.records - rejected, rejected };
  checkFraming(format, bytes, whole, failures);
  const spans = whole.spans.map(({ byte, length }): Span => ({ from: byte, to: byte + length }));
  const { damaged, hit } = damage(format, bytes, spans, startRandom(seed));
  const again = hit.size === 0 ? undefined : readAccounted(format, damaged, path, failures);
  if (!again) return { ...counts, failures };
  if (again.problem) {
    if (format.framing === 'lines')
      failures.push(`Damage in ${hit.size} lines refuses the file: ${again.problem.message}`);
    return { ...counts, damaged: hit.size, refused: again.problem.message, failures };
  }
  if (format.framing === 'lines' && again.records !== whole.records)
    failures.push(`It has ${whole.records} records, and ${again.records} when ${hit.size} of them are damaged.`);
  const dependent = neighboursOf(format.id, { bytes, spans, hit });
  const { same, changed } = compare(whole, again, {
    leftOut: new Set([...hit, ...dependent]),
    columns: columnsOfTheFile(format.id),
  });
  failures.push(...changed.slice(0, MOST_FAILURES));
  if (changed.length > MOST_FAILURES) failures.push(`${changed.length - MOST_FAILURES} more records changed.`);
  return { ...counts, damaged: hit.size, dependent: dependent.size, unchanged: same, failures };
}

const nothing: Account = {
  records: 0,
  rejected: 0,
  damaged: 0,
  dependent: 0,
  unchanged: 0,
  refused: undefined,
  failures: [],
};

/** What a reader gives, or `undefined` and a failure when a record ended nowhere, or twice. */
function readAccounted(format: Format, bytes: Uint8Array, name: string, failures: string[]): Collected | undefined {
  try {
    return collectRows(format, bytes, { name, takenAt: TAKEN_AT });
  } catch (error) {
    failures.push(`${(error as Error).message}.`);
    return undefined;
  }
}

/** Whether the records are what the framing says: every line with content, or stretches one after the other. */
function checkFraming(format: Format, bytes: Uint8Array, { spans }: Collected, failures: string[]): void {
  if (format.framing === 'lines') {
    const lines = linesWithContent(bytes);
    const odd = lines.findIndex((byte, index) => spans[index]?.byte !== byte);
    if (lines.length !== spans.length || odd >= 0)
      failures.push(`It has ${lines.length} lines with content, and the reader declares ${spans.length} records.`);
    return;
  }
  const outside = spans.findIndex(({ byte, length }) => byte < 0 || length < 0 || byte + length > bytes.length);
  if (outside >= 0) failures.push(`Record ${outside + 1} lies outside of the file.`);
}

function linesWithContent(bytes: Uint8Array): readonly number[] {
  const found: number[] = [];
  const splitter = new LineSplitter({
    line: (piece, from, to, byte) => void (isBlank(piece, from, to) || found.push(byte)),
    longLine: (_head, byte) => void found.push(byte),
  });
  splitter.push(bytes);
  splitter.finish();
  return found;
}

interface Damage {
  readonly damaged: Uint8Array;
  /** Records that were damaged. */
  readonly hit: ReadonlySet<number>;
}

/**
 * Damages a tenth of the records, at least one. A line may get any byte but a line end, the first one excepted: it says
 * what the others are where the file is a table. Of a document only letters and digits are put in place of others, in XML
 * only those of attributes, so that it stays one.
 */
function damage(format: Format, bytes: Uint8Array, spans: readonly Span[], random: Random): Damage {
  // Of a Buffer, slice would be a view.
  const damaged = Uint8Array.from(bytes);
  const hit = new Set<number>();
  const last = spans.length;
  const wanted = Math.max(1, Math.round(last * DAMAGED_PART));
  for (let tries = 0; hit.size < wanted && tries < 20 * wanted; tries++) {
    const record = 1 + random.below(last);
    if (record === 1 && format.framing === 'lines') continue;
    const span = spans[record - 1];
    if (span && damageSpan(format, damaged, span, random)) hit.add(record);
  }
  return { damaged, hit };
}

function damageSpan(format: Format, bytes: Uint8Array, { from, to }: Span, random: Random): boolean {
  const places = isXml(format, bytes, from) ? attributePlaces(bytes, { from, to }) : undefined;
  let changed = false;
  for (let i = 1 + random.below(4); i > 0 && to > from && places?.length !== 0; i--) {
    const at = places ? places[random.below(places.length)]! : from + random.below(to - from);
    const before = bytes[at]!;
    bytes[at] = format.framing === 'lines' ? anyByte(before, random) : wordByte(before, random);
    changed ||= bytes[at] !== before;
  }
  return changed;
}

function isXml({ framing }: Format, bytes: Uint8Array, from: number): boolean {
  return framing === 'spans' && /^<[a-zA-Z]/.test(Buffer.from(bytes.subarray(from, from + 2)).toString('latin1'));
}

/** Where the values of attributes stand, references like `&lt;` left out. */
function attributePlaces(bytes: Uint8Array, { from, to }: Span): readonly number[] {
  const text = Buffer.from(bytes.subarray(from, to)).toString('latin1');
  return [...text.matchAll(/="([^"&]*)"/g)].flatMap(({ index, 1: value = '' }) =>
    Array.from(value, (_, i) => from + index + 2 + i),
  );
}

// Blank bytes could make the line a blank one, which is no record.
function anyByte(before: number, random: Random): number {
  const byte = random.below(256);
  return [9, 10, 13, 32].includes(byte) ? before ^ 0x80 : byte;
}

function wordByte(before: number, random: Random): number {
  if (before >= 0x30 && before <= 0x39) return 0x30 + random.below(10);
  if (/[A-Za-z]/.test(String.fromCharCode(before))) return 0x61 + random.below(26);
  return before;
}

interface Comparing {
  /** Records that are not compared. */
  readonly leftOut: ReadonlySet<number>;
  /** Columns that are not. */
  readonly columns: readonly string[];
}

/** Compares what became of each record that stands where it stood before; around damage a report may be cut otherwise. */
function compare(
  before: Collected,
  after: Collected,
  { leftOut, columns }: Comparing,
): { readonly same: number; readonly changed: readonly string[] } {
  const [then, now] = [fates(before, columns), fates(after, columns)];
  const places = new Map(after.spans.map(({ byte, length }, index) => [`${byte} ${length}`, index + 1]));
  const changed: string[] = [];
  let same = 0;
  before.spans.forEach(({ byte, length }, index) => {
    if (leftOut.has(index + 1)) return;
    const place = places.get(`${byte} ${length}`);
    const [a, b] = [then.get(index + 1) ?? '', place === undefined ? 'no record' : (now.get(place) ?? '')];
    if (a === b) same++;
    else changed.push(`Record ${index + 1} was not damaged, and is another: ${firstDifference(a, b)}`);
  });
  return { same, changed };
}

/** What became of each record, as text. */
function fates(all: Collected, leftOut: readonly string[]): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  const add = (record: number, text: string): void => void found.set(record, `${found.get(record) ?? ''}${text}\n`);
  for (const [table, rows] of all.tables)
    for (const { record, ...row } of rows) {
      const kept = Object.entries(row).filter(([name]) => !leftOut.includes(name));
      add(record, `${table} ${JSON.stringify(Object.fromEntries(kept), textOfBigint)}`);
    }
  for (const { record, reason, raw } of all.rejects) add(record, `rejected ${reason} ${raw}`);
  return found;
}

function textOfBigint(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value;
}

function firstDifference(a: string, b: string): string {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const from = Math.max(0, at - 40);
  return `${JSON.stringify(a.slice(from, at + 60))} became ${JSON.stringify(b.slice(from, at + 60))}.`;
}
