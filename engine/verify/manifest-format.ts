/**
 * The format of manifest.json inside a binder, version 1: docs/formats/manifest.md.
 * This is all that the maker and the verifier of a binder have in common.
 */
import { z } from 'zod';
import { controlDayStates } from '../../shared/states.ts';

export const MANIFEST_SCHEMA = 'fieldwork-binder-manifest';
export const MANIFEST_VERSION = 1;
export const MANIFEST_NAME = 'manifest.json';

/** The attachment with every control-day of every control. */
export const CONTROL_DAYS_NAME = 'control-days.csv';

const count = z.int().min(0);
const text = z.string();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

const evidenceFile = z.strictObject({
  source_id: count,
  name: text,
  member: text.nullable(),
  sha256,
  bytes: count,
  content_sha256: sha256.nullable(),
  format: text,
  importer_version: count,
  records: count,
  rejected: count,
  /** The files of a source that is a folder; `sha256` is then that of the lines `<sha256>  <path>` of all of them. */
  files: z.array(z.strictObject({ path: text, sha256, bytes: count })).optional(),
});

const control = z.strictObject({
  id: text,
  pack: text,
  parameters: z.record(text, text),
  population_hash: sha256,
  days_hash: sha256,
  population: count,
  tested: count,
  deviations: count,
  /** Days in each state; states without a day are left out. */
  states: z.partialRecord(z.enum(controlDayStates), count),
  /** Attachment with the results; `complete` is false where rows that are `ok` were left out of it. */
  results: z.strictObject({ attachment: text, rows: count, complete: z.boolean() }).nullable(),
  /** Attachment with the query. */
  sql: text,
});

export const manifestSchema = z.strictObject({
  schema: z.literal(MANIFEST_SCHEMA),
  version: z.literal(MANIFEST_VERSION),
  generator: z.strictObject({ name: text, version: text }),
  binder_id: text,
  made_at: text,
  engagement: z.strictObject({
    entity: text,
    first_day: day,
    last_day: day,
    days: count,
    zone: text,
    criteria: z.array(text),
  }),
  evidence: z.array(evidenceFile),
  packs: z.array(z.strictObject({ id: text, version: text, sha256, shipped: z.boolean() })),
  controls: z.array(control),
  ledger: z.strictObject({ entries: count, seq: count, hash: sha256 }),
  /** Every file in the binder but the manifest itself, by name. */
  attachments: z.array(z.strictObject({ name: text, type: text, bytes: count, sha256 })),
});

export type Manifest = z.infer<typeof manifestSchema>;

const HEADER_ROW =
  'control,day,state,all_states,reasons,population,tested,deviations,systems_expected,systems_seen' as const;

/** Columns of control-days.csv; lists are JSON arrays. */
export const controlDaysColumns = HEADER_ROW.split(',') as readonly string[];

/** Columns of a results file; `dimensions` is a JSON object, `time` is RFC 3339 in UTC, empty where there is none. */
export const resultsColumns = 'day,time,system,resource,status,reason,source_id,record,dimensions'.split(',');
