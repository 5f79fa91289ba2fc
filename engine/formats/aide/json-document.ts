/**
 * A report as JSON: one object (report_format=json, since 0.18), or a line of it at a time (ndjson, since 0.20).
 *
 *   {"start_time":..., "outline":..., "number_of_entries":{...}, "changed":{"/etc/passwd":"f > ... mc..H     "},
 *    "details":{"/etc/passwd":{"size":{"old":18,"new":23}}}, "databases":{...}, "end_time":...}
 *   { "type": "change","/etc/passwd": "f > ... mc..H     " }
 */
import { at, firstText, shown } from '../event-records/values.ts';
import type { ScanTimes } from '../check-results/scan-times.ts';
import type { AttributeChange, Attributes, ChangeKind } from '../integrity-checks/found-changes.ts';
import { changedByFlags, changeOfFlags, kindOfFlags, kindOfWord } from './attributes.ts';
import type { AideReport } from './report.ts';

type Members = Readonly<Record<string, unknown>>;

const lineTypes: Readonly<Record<string, ChangeKind>> = { addition: 'added', removal: 'removed', change: 'changed' };
const otherLineTypes: ReadonlySet<string> = new Set([
  ...['startup', 'outline', 'config', 'number_of_entries', 'details', 'databases', 'new_database', 'shutdown'],
  'different_attributes',
]);

export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a line of a report in ndjson. */
export function isReportLine(value: unknown): value is Members {
  const type = isObject(value) ? value['type'] : undefined;
  return typeof type === 'string' && (Object.hasOwn(lineTypes, type) || otherLineTypes.has(type));
}

/** True for a report as one object. */
export function isReport(value: unknown): value is Members {
  if (!isObject(value)) return false;
  const told = firstText(value, 'outline')?.startsWith('AIDE') === true;
  const timed = firstText(value, 'aide_version') !== undefined && firstText(value, 'start_time') !== undefined;
  return told || timed;
}

/** Puts what a document, or a line of one, says into a report. Gives a sentence where a time is none. */
export class DocumentParts {
  constructor(
    private readonly times: ScanTimes,
    private readonly assume: (statement: string) => void,
  ) {}

  document(report: AideReport, value: Members, record: number): string | undefined {
    const trouble = this.#times(report, value);
    if (trouble !== undefined) return trouble;
    this.#head(report, value);
    for (const change of ['added', 'removed', 'changed'] as const)
      this.#entries(report, value[change], { change, record });
    this.#entries(report, value['entries'], { change: undefined, record });
    if (isObject(value['details'])) this.#details(report, value['details'], record);
    return undefined;
  }

  /** A line of ndjson; its members are those of the document, but for the files, which each have a line. */
  line(report: AideReport, value: Members, record: number): string | undefined {
    const { type, ...members } = value;
    const change = typeof type === 'string' && Object.hasOwn(lineTypes, type) ? lineTypes[type] : undefined;
    if (change !== undefined) this.#entries(report, members, { change, record });
    else if (type === 'details') this.#details(report, members, record);
    else if (type === 'databases') return undefined;
    else if (type === 'number_of_entries') this.#head(report, { number_of_entries: members });
    else {
      const trouble = this.#times(report, members);
      if (trouble !== undefined) return trouble;
      this.#head(report, members);
    }
    return undefined;
  }

  #times(report: AideReport, value: Members): string | undefined {
    for (const [member, column] of [
      ['start_time', 'started'],
      ['end_time', 'finished'],
    ] as const) {
      const written = value[member];
      if (written === undefined) continue;
      const time = typeof written === 'string' ? this.times.read(written) : undefined;
      if (time === undefined) return `${member} ${shown(written)} is not a time.`;
      report[column] = time;
    }
    return undefined;
  }

  #head(report: AideReport, value: Members): void {
    report.version ??= firstText(value, 'aide_version');
    report.outline ??= firstText(value, 'outline');
    for (const name of ['config_version', 'limit', 'root_prefix', 'report_level']) {
      const text = firstText(value, name);
      if (text !== undefined) report.options.set(name, text);
    }
    for (const name of ['total', 'added', 'removed', 'changed'] as const) {
      const count = at(value['number_of_entries'], name);
      if (typeof count === 'number' && Number.isSafeInteger(count)) report.counts[name] = count;
    }
  }

  /** An object of paths and flags (or what was done), or a list of paths. */
  #entries(
    report: AideReport,
    value: unknown,
    { change, record }: { change: ChangeKind | undefined; record: number },
  ): void {
    const entries: readonly (readonly [string, unknown])[] = Array.isArray(value)
      ? value.map((path) => [String(path), undefined])
      : isObject(value)
        ? Object.entries(value)
        : [];
    for (const [path, written] of entries) {
      const text = typeof written === 'string' ? written : '';
      const flags = /^\S[ +\-.:=<>a-zA-Z]{8,24}$/.test(text) ? text : undefined;
      const done = change ?? (flags === undefined ? wordOf(text) : changeOfFlags(flags));
      const attributes = flags !== undefined && done === 'changed' ? changedByFlags(flags) : undefined;
      const kind = flags === undefined ? undefined : kindOfFlags(flags);
      report.changes.add({ record, path: path.toWellFormed(), change: done, kind, attributes });
    }
  }

  #details(report: AideReport, value: Members, record: number): void {
    for (const [path, members] of Object.entries(value)) {
      if (!isObject(members)) continue;
      const details = new Map(Object.entries(members).map(([name, sides]) => [name, this.#sides(sides)]));
      const known = report.changes.named(path.toWellFormed());
      const type = details.get('file_type')?.new ?? details.get('file_type')?.old;
      const kind = known?.kind ?? (type === undefined ? undefined : kindOfWord(type));
      const attributes: Attributes = details;
      const change = known?.change ?? changeBySides([...details.values()]);
      report.changes.add({ record, path: path.toWellFormed(), change, kind, attributes });
    }
  }

  #sides(value: unknown): AttributeChange {
    return { old: this.#text(at(value, 'old')), new: this.#text(at(value, 'new')) };
  }

  /** Numbers as text, as the reports in text have them; the values of a list below each other. */
  #text(value: unknown): string | undefined {
    if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
      this.assume('Whole numbers above 9007199254740991 are given as the nearest 64-bit float has them.');
    if (typeof value === 'string') return value.toWellFormed();
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return Array.isArray(value) ? value.map((each) => String(each).toWellFormed()).join('\n') : undefined;
  }
}

function wordOf(text: string): ChangeKind {
  return text === 'added' || text === 'removed' ? text : 'changed';
}

function changeBySides(sides: readonly AttributeChange[]): ChangeKind {
  if (sides.every((side) => side.old === undefined)) return 'added';
  return sides.every((side) => side.new === undefined) ? 'removed' : 'changed';
}
