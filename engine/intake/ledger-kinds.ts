/** What the entries of the ledger hold, by kind. An entry that does not fit was not written by this program. */
import { z } from 'zod';
import { fail } from '../../shared/problem.ts';
import { formatInstant, parseInstant, type UtcMicros } from '../../shared/time.ts';
import { lengthInWords } from '../core/duration.ts';
import type { Json } from '../core/canonical-json.ts';
import type { LedgerEntry } from './ledger.ts';

const instantText = z.string().nullable();

export const caseCreatedSchema = z.object({
  entity: z.string(),
  first_day: z.string(),
  last_day: z.string(),
  zone: z.string(),
  engagement_sha256: z.string(),
  fieldwork: z.string(),
});

export const sourceImportedSchema = z.object({
  source_id: z.int().min(1),
  sha256: z.string(),
  bytes: z.int().min(0),
  name: z.string(),
  original_path: z.string(),
  member: z.string().nullable(),
  content_sha256: z.string(),
  content_bytes: z.int().min(0),
  format: z.string(),
  importer_version: z.int(),
  time_zone: z.string(),
  system: z.string().nullable(),
  provided_by: z.string().nullable(),
  obtained_how: z.string().nullable(),
  recognised: z.string(),
  records: z.int().min(0),
  rejected: z.int().min(0),
  rows: z.record(z.string(), z.int()),
  first_time: instantText,
  last_time: instantText,
  assumptions: z.array(z.string()),
  /** The files of a source that is a folder. */
  files: z
    .array(z.object({ path: z.string(), sha256: z.string(), bytes: z.int().min(0) }))
    .nullable()
    .default(null),
  /** Selectors of the series whose samples are kept; null: of all. */
  series: z.array(z.string()).nullable().default(null),
  taken_at: instantText.default(null),
  /** The mapping as YAML, for formats that have none of their own. */
  mapping: z.string().nullable().default(null),
});
export type SourceImported = z.infer<typeof sourceImportedSchema>;

export const sourceRefusedSchema = z.object({
  original_path: z.string(),
  code: z.string(),
  message: z.string(),
});
export type SourceRefused = z.infer<typeof sourceRefusedSchema>;

export const runFinishedSchema = z.object({
  run_id: z.string(),
  evidence_hash: z.string(),
  /** When acceptances with an expiry were judged; null in entries of before there were any. */
  as_of: instantText.default(null),
  packs: z.array(z.object({ id: z.string(), version: z.string(), hash: z.string(), shipped: z.boolean() })),
  /** Controls that were asked for by name; empty means all of the packs. */
  only: z.array(z.string()),
  controls: z.array(
    z.object({
      control: z.string(),
      population_hash: z.string(),
      days_hash: z.string(),
      error: z.string().nullable(),
    }),
  ),
});
export type RunFinished = z.infer<typeof runFinishedSchema>;

export const binderMadeSchema = z.object({
  binder_id: z.string(),
  file: z.string(),
  sha256: z.string(),
  bytes: z.int(),
  pages: z.int(),
  signer: z.string(),
  run_id: z.string(),
});
export type BinderMade = z.infer<typeof binderMadeSchema>;

/** What a person decided about a gap, with the gap as it stood then. */
export const gapDecidedSchema = z.object({
  gap: z.string(),
  action: z.enum(['accept', 'link', 'not', 'withdraw']),
  system: z.string(),
  stream: z.string(),
  gap_kind: z.enum(['silence', 'missing', 'sequence-loss', 'scrape', 'scan-missed', 'truncated']),
  target: z.string().nullable(),
  from: z.string(),
  to: z.string(),
  ticket: z.string().nullable(),
  reason: z.string().nullable(),
  /** The last day on which an acceptance counts. */
  until: z.string().nullable(),
  /** What the gap said when it was decided on. */
  said: z.object({
    state: z.string(),
    cause: z.string(),
    corroboration: z.array(z.string()),
    likelihood: z.number().nullable(),
    missing: z.number().nullable(),
  }),
});
export type GapDecided = z.infer<typeof gapDecidedSchema>;

const HOURS_OF_WEEK = 168;

/** What a person decided about how long a stream may be silent. */
export const expectationDecidedSchema = z.object({
  action: z.enum(['declare', 'confirm', 'withdraw']),
  stream: z.string(),
  /** `*`: every system. */
  system: z.string(),
  reason: z.string().nullable(),
  /** Declared: the longest silence, seconds. */
  longest_silence_s: z.number().positive().nullable(),
  /** Confirmed: what was learned, as it stood, by hour of the week from Monday 00:00; seconds. */
  usual_s: z.array(z.number()).length(HOURS_OF_WEEK).nullable(),
  allowed_s: z.array(z.number()).length(HOURS_OF_WEEK).nullable(),
});
export type ExpectationDecided = z.infer<typeof expectationDecidedSchema>;

const schemas = {
  'case-created': caseCreatedSchema,
  'source-imported': sourceImportedSchema,
  'source-refused': sourceRefusedSchema,
  'run-finished': runFinishedSchema,
  'binder-made': binderMadeSchema,
  'gap-decided': gapDecidedSchema,
  'expectation-decided': expectationDecidedSchema,
  sealed: z.object({ files: z.int(), bytes: z.int() }),
} as const;

export type EntryKind = keyof typeof schemas;
export type EntryData<K extends EntryKind> = z.infer<(typeof schemas)[K]>;

/** The data of an entry of this kind. Fails with `case_damaged` when it has another shape. */
export function entryData<K extends EntryKind>(entry: LedgerEntry, kind: K): EntryData<K> {
  const parsed = schemas[kind].safeParse(entry.data);
  if (entry.kind === kind && parsed.success) return parsed.data as EntryData<K>;
  return fail({
    code: 'case_damaged',
    message: `Ledger entry ${entry.seq} (${entry.kind}) does not have the members that ${kind} has.`,
    remedy: 'Open the case with the version of Fieldwork that wrote it.',
  });
}

/** All entries of one kind, in order, with their data. */
export function entriesOf<K extends EntryKind>(
  entries: readonly LedgerEntry[],
  kind: K,
): readonly { readonly entry: LedgerEntry; readonly data: EntryData<K> }[] {
  return entries.filter((entry) => entry.kind === kind).map((entry) => ({ entry, data: entryData(entry, kind) }));
}

/** The run that each control was last run in: what the tables of results hold. */
export function latestRuns(entries: readonly LedgerEntry[]): ReadonlyMap<string, RunFinished> {
  const latest = new Map<string, RunFinished>();
  for (const { data } of entriesOf(entries, 'run-finished')) {
    for (const { control } of data.controls) latest.set(control, data);
  }
  return latest;
}

/** One line for people about an entry of any kind. */
export function describeEntry(entry: LedgerEntry): string {
  switch (entry.kind as EntryKind) {
    case 'case-created': {
      const data = entryData(entry, 'case-created');
      return `Case created for ${data.entity}, ${data.first_day} to ${data.last_day} (${data.zone}).`;
    }
    case 'source-imported': {
      const data = entryData(entry, 'source-imported');
      const path = data.member === null ? data.original_path : `${data.original_path}!${data.member}`;
      return `S${data.source_id} imported as ${data.format}: ${path}, ${data.records} records, ${data.rejected} rejected.`;
    }
    case 'source-refused': {
      const data = entryData(entry, 'source-refused');
      return `Not imported: ${data.original_path}. ${data.message}`;
    }
    case 'run-finished': {
      const data = entryData(entry, 'run-finished');
      return `Run ${data.run_id}: ${data.controls.length} controls of ${data.packs.map((pack) => pack.id).join(', ')}.`;
    }
    case 'binder-made': {
      const data = entryData(entry, 'binder-made');
      return `Binder ${data.file}, ${data.pages} pages, signed by ${data.signer}, SHA-256 ${data.sha256}.`;
    }
    case 'gap-decided':
      return describeGapDecision(entryData(entry, 'gap-decided'));
    case 'expectation-decided':
      return describeExpectationDecision(entryData(entry, 'expectation-decided'));
    case 'sealed': {
      const data = entryData(entry, 'sealed');
      return `Sealed as a BagIt bag: ${data.files} files, ${data.bytes} bytes.`;
    }
    default:
      return entry.kind;
  }
}

function describeGapDecision(data: GapDecided): string {
  const gap = `${data.gap} (${data.system}, ${data.stream}, ${data.gap_kind}, ${data.from} to ${data.to})`;
  const because = data.reason === null ? '' : ` Reason: ${data.reason}`;
  switch (data.action) {
    case 'accept':
      return `Gap ${gap} accepted${data.until === null ? '' : ` until ${data.until}`}.${because}`;
    case 'link':
      return `Gap ${gap} explained by ticket ${data.ticket}.${because}`;
    case 'not':
      return `Ticket ${data.ticket} does not explain gap ${gap}.${because}`;
    case 'withdraw':
      return `What was decided about gap ${gap} is withdrawn.${because}`;
  }
}

function describeExpectationDecision(data: ExpectationDecided): string {
  const whose = `${data.stream} of ${data.system === '*' ? 'every system' : data.system}`;
  const because = data.reason === null ? '' : ` Reason: ${data.reason}`;
  switch (data.action) {
    case 'declare':
      return `Longest silence of ${whose} declared: ${lengthInWords(data.longest_silence_s ?? 0)}.${because}`;
    case 'confirm':
      return `Expectation of ${whose} confirmed as it was learned.${because}`;
    case 'withdraw':
      return `What was decided about the expectation of ${whose} is withdrawn.${because}`;
  }
}

/** An instant as the ledger writes it, or null. */
export function ledgerInstant(micros: UtcMicros | null): string | null {
  return micros === null ? null : formatInstant(micros);
}

/** The time of an entry, UTC microseconds. */
export function entryTime(entry: LedgerEntry): UtcMicros {
  return parseInstant(entry.at) ?? 0n;
}

/** The data of an entry as it goes into the ledger. */
export function ledgerData(data: Readonly<Record<string, unknown>>): Readonly<Record<string, Json>> {
  return data as Readonly<Record<string, Json>>;
}
