/**
 * Every call that a window may make, in one list: name, input, output. Both hosts and all tests speak it.
 * Values are plain JSON: instants are RFC 3339 text in UTC, days are `YYYY-MM-DD`, counts are safe integers.
 */
import { z } from 'zod';
import { importCalls } from './import-contract.ts';
import { progressSchema } from './progress.ts';
import { controlDayStates, frequencies, rowStatuses, severities } from './states.ts';
import { timelineCalls } from './timeline-contract.ts';

// The renderer runs without `eval`; zod must not probe for it.
z.config({ jitless: true });

const instant = z.string();
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const count = z.int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const state = z.enum(controlDayStates);

export { progressSchema };

/** `source_id` and record: what every figure rests on. */
export const citationSchema = z.object({ sourceId: count, record: count });

export const caseEntrySchema = z.object({
  /** A name the host gave it; a window never names a path. */
  key: z.string(),
  title: z.string(),
  /** Folder, for people to read. */
  location: z.string(),
  kind: z.enum(['sample', 'case']),
  /** The sample engagement is made on first opening. */
  exists: z.boolean(),
});

export const caseSummarySchema = z.object({
  key: z.string(),
  entity: z.string(),
  firstDay: day,
  lastDay: day,
  zone: z.string(),
  criteria: z.array(z.string()),
  days: count,
  systems: count,
  sources: count,
  records: count,
  rejected: count,
  ledgerEntries: count,
  ledgerHead: sha256,
  readOnly: z.boolean(),
  lastRun: z
    .object({
      runId: z.string(),
      finishedAt: instant,
      controls: count,
      packs: z.array(z.object({ id: z.string(), version: z.string(), hash: sha256, shipped: z.boolean() })),
      /** Evidence was added after some control last ran, in this run or an earlier one: its results are stale. */
      stale: z.boolean(),
    })
    .nullable(),
});

export const sourceSchema = z.object({
  sourceId: count,
  name: z.string(),
  originalPath: z.string(),
  member: z.string().nullable(),
  format: z.string(),
  importerVersion: count,
  sha256,
  bytes: count,
  records: count,
  rejected: count,
  firstTime: instant.nullable(),
  lastTime: instant.nullable(),
  importedAt: instant,
  providedBy: z.string().nullable(),
  obtainedHow: z.string().nullable(),
  system: z.string().nullable(),
  zone: z.string(),
  assumptions: z.array(z.string()),
});

export const matrixControlSchema = z.object({
  pack: z.string(),
  control: z.string(),
  title: z.string(),
  criteria: z.array(z.string()),
  per: z.enum(frequencies),
  severity: z.enum(severities),
  /** One state a day, in the order of `days`. */
  states: z.array(state),
  /** Items found deviating on each day, in the same order. */
  deviations: z.array(count),
  /** Items in the population of each day, in the same order. */
  populations: z.array(count),
  totals: z.record(z.string(), count),
  /** Roll-up over the window by the same precedence. */
  overall: state,
  /** A sentence for people: "2 deviation days; 1 day without evidence." */
  conclusion: z.string(),
});

export const resultItemSchema = z.object({
  time: instant.nullable(),
  system: z.string().nullable(),
  resource: z.string(),
  status: z.enum(rowStatuses),
  reason: z.string(),
  citation: citationSchema.nullable(),
  dimensions: z.record(z.string(), z.string().nullable()),
});

export const controlDaySchema = z.object({
  control: z.string(),
  day,
  state,
  /** Every state that applies, the shown one first. */
  allStates: z.array(state),
  /** Why, as sentences. */
  reasons: z.array(z.string()),
  population: count,
  tested: count,
  deviations: count,
  systemsExpected: z.array(z.string()),
  systemsSeen: z.array(z.string()),
});

export const verificationSchema = z.object({
  verdict: z.enum(['valid', 'invalid']),
  file: z.string(),
  sha256,
  bytes: count,
  /** Each check with its outcome, in the order they were made. */
  checks: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      outcome: z.enum(['passed', 'failed', 'not done']),
      detail: z.string(),
    }),
  ),
  signatures: z.array(
    z.object({
      signer: z.string(),
      issuer: z.string(),
      serial: z.string(),
      certificateSha256: sha256,
      /** Claimed by the signer's own clock. */
      claimedTime: instant.nullable(),
      level: z.string(),
      trusted: z.enum(['trusted', 'untrusted', 'no trust list given']),
      coversWholeFile: z.boolean(),
    }),
  ),
});

export const binderSchema = z.object({
  binderId: z.string(),
  fileName: z.string(),
  madeAt: instant,
  bytes: count,
  pages: count,
  sha256,
  signer: z.string(),
});

const page = { after: count.default(0), limit: z.int().min(1).max(1000).default(200) };

export const contract = {
  'app.info': {
    kind: 'call',
    in: z.object({}),
    out: z.object({ host: z.enum(['electron', 'web']), version: z.string(), runtime: z.string(), duckdb: z.string() }),
  },
  'case.list': { kind: 'call', in: z.object({}), out: z.array(caseEntrySchema) },
  /** Opens a case; makes the sample engagement first where it does not exist yet. */
  'case.open': { kind: 'call', in: z.object({ key: z.string() }), out: caseSummarySchema, progress: progressSchema },
  'case.close': { kind: 'call', in: z.object({}), out: z.object({}) },
  /** The case that is open, if one is. */
  'case.summary': { kind: 'call', in: z.object({}), out: caseSummarySchema.nullable() },
  'sources.list': { kind: 'call', in: z.object({}), out: z.array(sourceSchema) },
  'rejects.list': {
    kind: 'call',
    in: z.object({ sourceId: count.optional(), ...page }),
    out: z.object({
      total: count,
      rows: z.array(z.object({ sourceId: count, record: count, reason: z.string(), raw: z.string() })),
    }),
  },
  /** One record as it stands in its file. Bytes that are not UTF-8 are shown as U+FFFD and said to be. */
  'record.get': {
    kind: 'call',
    in: citationSchema,
    out: z.object({
      sourceId: count,
      record: count,
      sourceName: z.string(),
      format: z.string(),
      sha256,
      byte: count,
      length: count,
      text: z.string(),
      truncated: z.boolean(),
      validUtf8: z.boolean(),
    }),
  },
  ...importCalls,
  'run.start': {
    kind: 'call',
    in: z.object({}),
    out: z.object({ runId: z.string(), controls: count, seconds: z.number() }),
    progress: progressSchema,
  },
  'matrix.get': {
    kind: 'call',
    in: z.object({}),
    out: z.object({ days: z.array(day), controls: z.array(matrixControlSchema) }),
  },
  'control.get': {
    kind: 'call',
    in: z.object({ control: z.string() }),
    out: z.object({
      pack: z.string(),
      control: z.string(),
      title: z.string(),
      why: z.string(),
      criteria: z.array(z.string()),
      per: z.enum(frequencies),
      kind: z.enum(['operating', 'state']),
      severity: z.enum(severities),
      maturity: z.string(),
      population: z.string(),
      streams: z.array(z.string()),
      limits: z.array(z.string()),
      parameters: z.array(
        z.object({
          name: z.string(),
          value: z.string(),
          default: z.string(),
          unit: z.string().nullable(),
          means: z.string(),
        }),
      ),
      sql: z.string(),
    }),
  },
  'controlDay.get': { kind: 'call', in: z.object({ control: z.string(), day }), out: controlDaySchema },
  'results.page': {
    kind: 'call',
    in: z.object({
      control: z.string(),
      day: day.optional(),
      status: z.enum(rowStatuses).optional(),
      ...page,
    }),
    out: z.object({ total: count, rows: z.array(resultItemSchema) }),
  },
  /** For each stream and system: one letter a day, `+` seen, `-` expected and silent, `.` not expected. */
  'coverage.get': {
    kind: 'call',
    in: z.object({}),
    out: z.object({
      days: z.array(day),
      rows: z.array(z.object({ stream: z.string(), system: z.string(), days: z.string(), records: count })),
    }),
  },
  ...timelineCalls,
  'ledger.page': {
    kind: 'call',
    in: z.object({ ...page }),
    out: z.object({
      total: count,
      rows: z.array(
        z.object({ seq: count, at: instant, kind: z.string(), by: z.string(), what: z.string(), hash: sha256 }),
      ),
    }),
  },
  'identity.list': {
    kind: 'call',
    in: z.object({}),
    out: z.array(z.object({ key: z.string(), name: z.string(), notAfter: instant.nullable() })),
  },
  'identity.create': {
    kind: 'call',
    in: z.object({ name: z.string().min(1).max(200), passphrase: z.string().min(8).max(1000) }),
    out: z.object({ key: z.string(), name: z.string(), notAfter: instant.nullable() }),
  },
  'binder.list': { kind: 'call', in: z.object({}), out: z.array(binderSchema) },
  'binder.make': {
    kind: 'call',
    in: z.object({ identity: z.string(), passphrase: z.string() }),
    out: z.object({ binder: binderSchema, verification: verificationSchema }),
    progress: progressSchema,
  },
  'binder.verify': { kind: 'call', in: z.object({ binderId: z.string() }), out: verificationSchema },
  /** The PDF in base64 pieces, in order. */
  'binder.read': { kind: 'stream', in: z.object({ binderId: z.string() }), out: z.object({ base64: z.string() }) },
} as const;

export type Contract = typeof contract;
export type MethodName = keyof Contract;
export type Input<N extends MethodName> = z.infer<Contract[N]['in']>;
/** What a caller writes: fields with a default may be left out. */
export type CallerInput<N extends MethodName> = z.input<Contract[N]['in']>;
export type Output<N extends MethodName> = z.infer<Contract[N]['out']>;
export type ProgressOf<N extends MethodName> = Contract[N] extends { progress: infer P extends z.ZodType }
  ? z.infer<P>
  : never;
export type CallName = { [N in MethodName]: Contract[N]['kind'] extends 'call' ? N : never }[MethodName];
export type StreamName = { [N in MethodName]: Contract[N]['kind'] extends 'stream' ? N : never }[MethodName];

export type {
  EvidenceEntry,
  FileOutcome,
  FileProblem,
  FileSettings,
  ImportAccount,
  PlannedEvidence,
  SettingsForAll,
} from './import-contract.ts';
export type CaseSummary = z.infer<typeof caseSummarySchema>;
export type Source = z.infer<typeof sourceSchema>;
export type MatrixControl = z.infer<typeof matrixControlSchema>;
export type ResultItem = z.infer<typeof resultItemSchema>;
export type ControlDay = z.infer<typeof controlDaySchema>;
export type Verification = z.infer<typeof verificationSchema>;
export type BinderEntry = z.infer<typeof binderSchema>;
export type Citation = z.infer<typeof citationSchema>;
