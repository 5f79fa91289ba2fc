/**
 * The calls that bring evidence in. A window names no path: files and folders are opaque keys that the host gave out,
 * with names for people to read. A plan comes first; nothing is imported but by a plan.
 */
import { z } from 'zod';
import { problemCodes } from './problem.ts';
import { progressSchema } from './progress.ts';

z.config({ jitless: true });

const instant = z.string();
const count = z.int().min(0);
const key = z.string().min(1).max(100);
const MOST_CHOSEN = 1000;
/** Files of one plan. */
export const MOST_PLANNED = 5000;
const LONGEST_TEXT = 2000;
/** Characters of a mapping. */
export const LONGEST_MAPPING = 1 << 20;

/** A file or folder that may be imported. */
export const evidenceEntrySchema = z.object({
  key,
  name: z.string(),
  kind: z.enum(['file', 'folder']),
  /** Of a file. */
  bytes: count.nullable(),
  modifiedAt: instant.nullable(),
});

/** A problem of one file, as it is shown. */
export const fileProblemSchema = z.object({
  code: z.enum(problemCodes),
  message: z.string(),
  /** File, record, line: where in it. */
  place: z.string().nullable(),
  remedy: z.string(),
  /** A mapping to begin with, where the file needs one. */
  mapping: z.string().nullable(),
});

/** A format that could be a file's. `confidence` is 0 (certainly not) to 1 (certain). */
export const formatCandidateSchema = z.object({
  format: z.string(),
  title: z.string(),
  confidence: z.number().min(0).max(1),
  reason: z.string(),
});

export const plannedStates = ['recognised', 'ambiguous', 'unknown', 'archive', 'already there', 'refused'] as const;

/** A file, archive or folder of the plan, and what would become of it. */
export const plannedFileSchema = z.object({
  /** Its place in the plan, from 0. */
  file: count,
  name: z.string(),
  /** The file of the plan that is the archive it lies in. Members are planned only where a word on them is needed. */
  archive: count.nullable(),
  /** The folder it lies in, from the chosen one on; empty for a file that was chosen itself. */
  folder: z.string(),
  bytes: count.nullable(),
  container: z.string().nullable(),
  state: z.enum(plannedStates),
  format: z.string().nullable(),
  reason: z.string().nullable(),
  confidence: z.number().min(0).max(1).nullable(),
  /** Formats that are not certain it is not theirs, surest first. */
  candidates: z.array(formatCandidateSchema),
  /** The system that its path names, for records that name none. */
  system: z.string().nullable(),
  /** The source that is the same file. */
  sourceId: count.nullable(),
  problem: fileProblemSchema.nullable(),
  /** A person may name its format. */
  mayChoose: z.boolean(),
});

/** What a person says about a file. What is left out is decided as on the command line. */
export const fileSettingsSchema = z.object({
  as: z.string().max(100).optional(),
  /** IANA zone of times without an offset. */
  zone: z.string().max(100).optional(),
  system: z.string().max(300).optional(),
  /** RFC 3339. */
  takenAt: z.string().max(100).optional(),
  /** YAML that says which columns are what. */
  mapping: z.string().max(LONGEST_MAPPING).optional(),
});

/** Settings for every file; those of a file itself come before them. */
const settingsForAllSchema = fileSettingsSchema.omit({ as: true });

const taken = {
  sourceId: count,
  format: z.string(),
  recognised: z.string(),
  sha256: z.string(),
  bytes: count,
  records: count,
  rejected: count,
  /** Rows by table. */
  rows: z.record(z.string(), count),
  firstTime: instant.nullable(),
  lastTime: instant.nullable(),
  assumptions: z.array(z.string()),
};
const place = { file: count, name: z.string() };

/** What became of a file of the plan, or of a member of an archive. */
export const fileOutcomeSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('imported'), ...place, ...taken }),
  z.object({
    outcome: z.literal('would be imported'),
    ...place,
    ...taken,
    /** The first rows of each table, as they would land. */
    preview: z.array(z.object({ table: z.string(), rows: z.array(z.record(z.string(), z.string().nullable())) })),
  }),
  z.object({ outcome: z.literal('already there'), ...place, sourceId: count.nullable() }),
  z.object({ outcome: z.literal('refused'), ...place, problem: fileProblemSchema }),
  z.object({ outcome: z.literal('left out'), ...place }),
  /** The import ended before it. */
  z.object({ outcome: z.literal('not reached'), ...place }),
]);

/** The account of an import: every file of the plan, and why it ended early if it did. */
export const importAccountSchema = z.object({
  files: z.array(fileOutcomeSchema),
  imported: count,
  alreadyThere: count,
  refused: count,
  leftOut: count,
  notReached: count,
  records: count,
  rejected: count,
  stopped: fileProblemSchema.nullable(),
});

export const importCalls = {
  /** How evidence is chosen: in a dialog of the host, among its places, or not at all. */
  'evidence.places': {
    kind: 'call',
    in: z.object({}),
    out: z.object({ chooser: z.enum(['dialog', 'browse', 'none']), places: z.array(evidenceEntrySchema) }),
  },
  /** What lies in a folder: folders first, each by name. */
  'evidence.list': {
    kind: 'call',
    in: z.object({ key, after: count.default(0), limit: z.int().min(1).max(1000).default(200) }),
    out: z.object({
      /** The folders above it and itself, from the place on. */
      trail: z.array(z.object({ key, name: z.string() })),
      total: count,
      rows: z.array(evidenceEntrySchema),
      /** Links, devices and names that are not UTF-8: they are not offered. */
      notOffered: count,
      /** The folder holds more than is listed. */
      isCut: z.boolean(),
    }),
  },
  /** Shows the host's dialog; empty when the person chose nothing. */
  'evidence.choose': {
    kind: 'call',
    in: z.object({ what: z.enum(['files', 'folders']) }),
    out: z.object({ entries: z.array(evidenceEntrySchema) }),
  },
  /** What was dropped on the window just now, as its host saw it. */
  'evidence.dropped': { kind: 'call', in: z.object({}), out: z.object({ entries: z.array(evidenceEntrySchema) }) },
  /** The text of a mapping file. */
  'mapping.read': { kind: 'call', in: z.object({ key }), out: z.object({ name: z.string(), text: z.string() }) },
  'formats.list': {
    kind: 'call',
    in: z.object({}),
    out: z.array(z.object({ id: z.string(), title: z.string(), usesMapping: z.boolean() })),
  },
  /** Looks at files and folders and says what would become of each. Changes nothing. */
  'import.plan': {
    kind: 'call',
    in: z.object({ keys: z.array(key).min(1).max(MOST_CHOSEN) }),
    out: z.object({
      planId: z.string(),
      files: z.array(plannedFileSchema),
      bytes: count,
      /** The zone that times without an offset are read in when nobody says otherwise. */
      zone: z.string(),
      /** Systems of the inventory. */
      systems: z.array(z.string()),
    }),
    progress: progressSchema,
  },
  /** Reads one file of the plan as it would be imported, and keeps nothing. */
  'import.preview': {
    kind: 'call',
    in: z.object({ planId: z.string(), file: count, settings: fileSettingsSchema, forAll: settingsForAllSchema }),
    out: z.object({ files: z.array(fileOutcomeSchema) }),
    progress: progressSchema,
  },
  /**
   * Imports a plan. Fails with `bad_request` while an ambiguous file is neither decided nor left out, and with `differs`
   * when a file changed since the plan. One that is cancelled under way gives the account of what was finished.
   */
  'import.start': {
    kind: 'call',
    in: z.object({
      planId: z.string(),
      /** Files that something is said of; the others are imported as planned. */
      files: z
        .array(
          z.object({ file: count, leaveOut: z.boolean().default(false), settings: fileSettingsSchema.default({}) }),
        )
        .max(MOST_PLANNED),
      forAll: settingsForAllSchema,
      providedBy: z.string().max(LONGEST_TEXT).optional(),
      obtainedHow: z.string().max(LONGEST_TEXT).optional(),
    }),
    out: importAccountSchema,
    progress: progressSchema,
  },
} as const;

export type EvidenceEntry = z.infer<typeof evidenceEntrySchema>;
export type PlannedEvidence = z.infer<typeof plannedFileSchema>;
export type FileSettings = z.infer<typeof fileSettingsSchema>;
export type SettingsForAll = z.infer<typeof settingsForAllSchema>;
export type FileProblem = z.infer<typeof fileProblemSchema>;
export type FileOutcome = z.infer<typeof fileOutcomeSchema>;
export type ImportAccount = z.infer<typeof importAccountSchema>;
