/** The files inside a binder: results and control-days as CSV, the queries. The manifest is added by the renderer. */
import type { Citation } from '../../shared/contract.ts';
import { formatInstant } from '../../shared/time.ts';
import { canonicalJson, type Json } from '../core/canonical-json.ts';
import type { ResultRow } from '../core/result-hash.ts';
import { CONTROL_DAYS_NAME, controlDaysColumns, resultsColumns } from '../verify/manifest-format.ts';
import type { BinderAttachment } from './attachment.ts';
import type { BinderContent } from './content.ts';
import { csvLine } from '../core/csv-line.ts';
import { oscalAttachment } from './oscal.ts';

/** A result with the day it counts for. */
export interface DatedResultRow extends ResultRow {
  readonly day: string | null;
}

/** The results of one control, in pieces of any size. `complete` is false where rows that are `ok` were left out. */
export interface ResultSet {
  readonly control: string;
  readonly pieces: () => Iterable<readonly DatedResultRow[]> | AsyncIterable<readonly DatedResultRow[]>;
  readonly complete: boolean;
}

/** control-days.csv, gaps.csv, clock.csv, for each control its results and its query in the order of the content, and the OSCAL file. */
export async function buildAttachments(
  content: BinderContent,
  results: readonly ResultSet[],
): Promise<readonly BinderAttachment[]> {
  const names = fileNames(content.controls.map(({ id }) => id));
  const attachments = [controlDaysAttachment(content), gapsAttachment(content), clockAttachment(content)];
  for (const control of content.controls) {
    const set = results.find((candidate) => candidate.control === control.id);
    const name = names.get(control.id)!;
    if (set) attachments.push(await resultsAttachment(name, set));
    attachments.push(sqlAttachment(name, control.id, control.sql));
  }
  return [...attachments, oscalAttachment(content, attachments)];
}

/** A file name for each control: ids are ASCII by rule, other characters become `_`, and a clash gets a number. */
export function fileNames(ids: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const id of ids) {
    const plain = id.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '_') || '_';
    let name = plain;
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${plain}_${number}`;
    taken.add(name.toLowerCase());
    names.set(id, name);
  }
  return names;
}

function sqlAttachment(name: string, control: string, sql: string): BinderAttachment {
  return {
    name: `${name}.sql`,
    type: 'application/sql',
    relationship: 'Source',
    description: `Query of ${control}`,
    bytes: Buffer.from(sql, 'utf8'),
    of: { control, what: 'sql' },
  };
}

async function resultsAttachment(name: string, { control, pieces, complete }: ResultSet): Promise<BinderAttachment> {
  // Text becomes bytes piece by piece: half the memory, and no string too long for the engine.
  const written = [Buffer.from(csvLine(resultsColumns), 'utf8')];
  let rows = 0;
  for await (const piece of pieces()) {
    written.push(Buffer.from(piece.map(resultLine).join(''), 'utf8'));
    rows += piece.length;
  }
  return {
    name: `${name}.results.csv`,
    type: 'text/csv',
    relationship: 'Supplement',
    description: `${complete ? 'Every item' : 'Every item that is not ok'} of the population of ${control}`,
    bytes: Buffer.concat(written),
    of: { control, what: 'results', rows, complete },
  };
}

function resultLine(row: DatedResultRow): string {
  return csvLine([
    row.day,
    row.time === null ? null : formatInstant(row.time),
    row.system,
    row.resource,
    row.status,
    row.reason,
    row.sourceId,
    row.record,
    canonicalJson(row.dimensions as Json),
  ]);
}

function controlDaysAttachment({ controls }: BinderContent): BinderAttachment {
  const lines = controls.flatMap(({ id, days }) =>
    days.map((day) =>
      csvLine([
        id,
        day.day,
        day.state,
        canonicalJson(day.allStates),
        canonicalJson(day.reasons),
        day.population,
        day.tested,
        day.deviations,
        canonicalJson(day.systemsExpected),
        canonicalJson(day.systemsSeen),
      ]),
    ),
  );
  return {
    name: CONTROL_DAYS_NAME,
    type: 'text/csv',
    relationship: 'Data',
    description: 'State of every control on every day of the window',
    bytes: Buffer.from([csvLine(controlDaysColumns), ...lines].join(''), 'utf8'),
  };
}

const gapColumns = [
  ...['gap', 'system', 'stream', 'target', 'kind', 'cause', 'from', 'to', 'length_s', 'missing', 'state', 'ticket'],
  ...['accepted_by', 'accepted_at', 'accepted_until', 'accepted_reason', 'usual_s', 'allowed_s', 'likelihood'],
  ...['before_source_id', 'before_record', 'after_source_id', 'after_record', 'because'],
];

function gapsAttachment({ gaps }: BinderContent): BinderAttachment {
  const lines = gaps.map((gap) =>
    csvLine([
      ...[gap.id, gap.system, gap.stream, gap.target, gap.kind, gap.cause, gap.from, gap.to],
      ...[gap.lengthS, gap.missing, gap.state, gap.ticket],
      ...[gap.acceptedBy, gap.acceptedAt, gap.acceptedUntil, gap.acceptedReason],
      ...[gap.usualS, gap.allowedS, gap.likelihood, ...cited(gap.before), ...cited(gap.after)],
      canonicalJson(gap.because),
    ]),
  );
  return {
    name: 'gaps.csv',
    type: 'text/csv',
    relationship: 'Data',
    description: 'Every stretch of the window without evidence that was expected',
    bytes: Buffer.from([csvLine(gapColumns), ...lines].join(''), 'utf8'),
  };
}

const clockColumns = [
  'system',
  'state',
  'from',
  'to',
  'length_s',
  'max_abs_offset_s',
  'because',
  'source_id',
  'record',
];

function clockAttachment({ clocks }: BinderContent): BinderAttachment {
  const lines = clocks.map((clock) =>
    csvLine([
      ...[clock.system, clock.state, clock.from, clock.to, clock.lengthS, clock.maxAbsOffsetS, clock.because],
      ...cited(clock.citation),
    ]),
  );
  return {
    name: 'clock.csv',
    type: 'text/csv',
    relationship: 'Data',
    description: 'How far the clock of each system can be trusted, over the whole window',
    bytes: Buffer.from([csvLine(clockColumns), ...lines].join(''), 'utf8'),
  };
}

function cited(citation: Citation | null): readonly [number | null, number | null] {
  return citation === null ? [null, null] : [citation.sourceId, citation.record];
}
