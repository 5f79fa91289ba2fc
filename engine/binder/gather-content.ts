/** Fills the content of a binder from a case: its ledger, its evidence, and the latest run of each control. */
import { controlDayStates, type ControlDayState, type RowStatus } from '../../shared/states.ts';
import {
  dayOf,
  formatInstant,
  MICROS_PER_SECOND,
  windowDays,
  windowInterval,
  type AuditWindow,
  type Interval,
  type UtcMicros,
} from '../../shared/time.ts';
import { stopIfCancelled } from '../core/cancelled.ts';
import { describedControl } from '../controls/describe-control.ts';
import { findOutdatedControls } from '../controls/outdated-controls.ts';
import { readUnmeasuredClocks } from '../controls/run-timeline.ts';
import { rollUp } from '../controls/roll-up.ts';
import { auditWindow } from '../intake/engagement.ts';
import type { EvidenceCase } from '../intake/evidence-case.ts';
import type { LedgerEntry } from '../intake/ledger.ts';
import { describeEntry, entriesOf, entryData, latestRuns } from '../intake/ledger-kinds.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import type { SqlRow, SqlValue } from '../store/sql-values.ts';
import { coverageLetters, findCoverage, type StreamCoverage } from '../timeline/coverage.ts';
import { readStoredClocks, readStoredGaps } from '../timeline/timeline-rows.ts';
import { MOST_ROWS } from './control-section.ts';
import type { BinderContent, Completeness, ControlContent, ControlDayContent, Generator, ItemLine } from './content.ts';
import { standardGlossary } from './glossary.ts';
import { NOT_MADE } from './heed-signal.ts';
import type { Identity } from './identity.ts';

export interface BinderRequest {
  readonly binderId: string;
  readonly madeAt: UtcMicros;
  readonly generator: Generator;
  /** Who will sign; `null` for a draft. */
  readonly identity: Identity | null;
  readonly signal?: AbortSignal;
}

/** What is needed of a case; nothing of it is changed. */
export type CaseToPrint = Pick<EvidenceCase, 'database' | 'ledger' | 'engagement'>;

/**
 * Reads everything that a binder prints. The results themselves are read by `gatherResults`, piece by piece.
 * Fails (throws) with `cancelled` once the signal says so.
 */
export async function gatherContent(target: CaseToPrint, request: BinderRequest): Promise<BinderContent> {
  const { database, engagement } = target;
  const window = auditWindow(engagement);
  const days = windowDays(window).map(({ day }) => day);
  const coverage = await findCoverage(database, window);
  const evidence = await readEvidence(target);
  const controls = await readControls(database, request.signal);
  return {
    binderId: request.binderId,
    entity: engagement.entity,
    window: { ...window, days },
    ...criteriaOf(engagement.criteria, controls),
    madeAt: formatInstant(request.madeAt),
    generator: request.generator,
    signer: signerNotice(request.identity),
    systems: await readSystems(database, window),
    completeness: completenessOf(target, {
      ...{ window, days, coverage, evidence, asOf: request.madeAt },
      unmeasuredClocks: await readUnmeasuredClocks(database),
    }),
    controls,
    coverage: coverage.map((row) => ({
      stream: row.stream,
      system: row.system,
      days: coverageLetters(row),
      records: row.records,
    })),
    gaps: await readGaps(database),
    clocks: await readClocks(database),
    evidence,
    packs: usedPacks(target),
    ledger: ledgerDigest(target),
    glossary: standardGlossary,
  };
}

function signerNotice(identity: Identity | null): BinderContent['signer'] {
  if (!identity) return null;
  const { name, certificateSha256, rootSha256, notAfter } = identity;
  return { name, certificateSha256, rootSha256, notAfter: notAfter.toISOString().replace('.000Z', 'Z') };
}

async function readSystems(database: CaseDatabase, window: AuditWindow): Promise<BinderContent['systems']> {
  const { from, to } = windowInterval(window);
  const dayWithin = (value: SqlValue | undefined): string | null => {
    const instant = typeof value === 'bigint' || typeof value === 'number' ? BigInt(value) : null;
    return instant !== null && instant > from && instant < to ? dayOf(instant, window.zone) : null;
  };
  const rows = await database.query(
    'SELECT * FROM systems WHERE system IS NOT NULL ORDER BY system, source_id, record',
  );
  return rows.map((row) => ({
    system: String(row['system']),
    role: textOf(row['role']),
    environment: textOf(row['environment']),
    criticality: textOf(row['criticality']),
    owner: textOf(row['owner']),
    scopeFrom: dayWithin(row['scope_from']),
    scopeTo: dayWithin(row['scope_to']),
    needs: listOf(row['needs']),
  }));
}

async function readGaps(database: CaseDatabase): Promise<BinderContent['gaps']> {
  const gaps = await readStoredGaps(database);
  return gaps.map(({ from, to, acceptedAt, ...gap }) => ({
    ...{ ...gap, ...stretch({ from, to }) },
    acceptedAt: acceptedAt === null ? null : formatInstant(acceptedAt),
  }));
}

async function readClocks(database: CaseDatabase): Promise<BinderContent['clocks']> {
  const clocks = await readStoredClocks(database);
  return clocks.map((clock) => {
    const { system, state, maxAbsOffsetS, because, cites } = clock;
    return { system, state, ...stretch(clock), maxAbsOffsetS, because, citation: cites };
  });
}

function stretch({ from, to }: Interval): { readonly from: string; readonly to: string; readonly lengthS: number } {
  const lengthS = Number(to - from) / Number(MICROS_PER_SECOND);
  return { from: formatInstant(from), to: formatInstant(to), lengthS };
}

async function readEvidence({ database, ledger }: CaseToPrint): Promise<BinderContent['evidence']> {
  const files = new Map(
    entriesOf(ledger.entries, 'source-imported').map(({ data }) => [data.source_id, data.files ?? []]),
  );
  const rows = await database.query('SELECT * FROM sources ORDER BY source_id');
  return rows.map((row) => ({
    sourceId: Number(row['source_id']),
    name: String(row['name']),
    member: textOf(row['member']),
    format: String(row['format']),
    importerVersion: Number(row['importer_version']),
    sha256: String(row['sha256']),
    bytes: Number(row['bytes']),
    contentSha256: row['content_sha256'] === row['sha256'] ? null : textOf(row['content_sha256']),
    records: Number(row['records']),
    rejected: Number(row['rejected']),
    firstTime: instantOf(row['first_time']),
    lastTime: instantOf(row['last_time']),
    zone: String(row['time_zone']),
    providedBy: textOf(row['provided_by']),
    obtainedHow: textOf(row['obtained_how']),
    assumptions: listOf(row['assumptions']),
    files: files.get(Number(row['source_id'])) ?? [],
  }));
}

interface Facts {
  readonly window: AuditWindow;
  readonly days: readonly string[];
  readonly coverage: readonly StreamCoverage[];
  readonly evidence: BinderContent['evidence'];
  readonly unmeasuredClocks: readonly string[];
  readonly asOf: UtcMicros;
}

function completenessOf({ ledger }: CaseToPrint, facts: Facts): Completeness {
  const { window, days, coverage, evidence, unmeasuredClocks, asOf } = facts;
  const sum = (column: 'records' | 'rejected'): number => evidence.reduce((total, file) => total + file[column], 0);
  // Members of one archive share its bytes.
  const files = new Map(evidence.map(({ sha256, bytes }) => [sha256, bytes]));
  return {
    sources: evidence.length,
    records: sum('records'),
    rejected: sum('rejected'),
    bytes: [...files.values()].reduce((total, bytes) => total + bytes, 0),
    refused: entriesOf(ledger.entries, 'source-refused').map(({ data }) => ({
      name: data.original_path,
      reason: data.message,
    })),
    notCovering: coverage.flatMap((stream) => spanNotice(stream, days)),
    outsideWindow: evidence.flatMap((file) => outsideNotice(file, window)),
    neverSeen: coverage
      .filter(({ neverSeen, expected }) => neverSeen && expected.includes(true))
      .map(({ stream, system }) => ({ stream, system })),
    outdated: findOutdatedControls(ledger.entries, { asOf, zone: window.zone }),
    unmeasuredClocks,
  };
}

function spanNotice(
  { stream, system, expected, seen }: StreamCoverage,
  days: readonly string[],
): Completeness['notCovering'] {
  const seenDays = days.filter((_, place) => seen[place]);
  const expectedDays = days.filter((_, place) => expected[place]);
  const [firstSeen, lastSeen] = [seenDays[0], seenDays.at(-1)];
  const [firstExpected, lastExpected] = [expectedDays[0], expectedDays.at(-1)];
  if (!firstSeen || !lastSeen || !firstExpected || !lastExpected) return [];
  if (firstSeen <= firstExpected && lastSeen >= lastExpected) return [];
  return [{ stream, system, firstExpected, firstSeen, lastExpected, lastSeen }];
}

function outsideNotice(
  { sourceId, name, firstTime, lastTime }: BinderContent['evidence'][number],
  window: AuditWindow,
): Completeness['outsideWindow'] {
  const { from, to } = windowInterval(window);
  if (firstTime === null || lastTime === null) return [];
  // Both are RFC 3339 in UTC; cut to the second they compare as text.
  const outside =
    lastTime.slice(0, 19) < formatInstant(from).slice(0, 19) ||
    firstTime.slice(0, 19) >= formatInstant(to).slice(0, 19);
  return outside ? [{ sourceId, name, firstTime, lastTime }] : [];
}

function usedPacks({ ledger }: CaseToPrint): BinderContent['packs'] {
  const packs = [...latestRuns(ledger.entries).values()].flatMap((run) => run.packs);
  const distinct = new Map(packs.map((pack) => [`${pack.id}\n${pack.hash}`, pack]));
  return [...distinct.entries()].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, pack]) => pack);
}

function ledgerDigest({ ledger }: CaseToPrint): BinderContent['ledger'] {
  return {
    entries: ledger.entries.length,
    headSeq: ledger.head.seq,
    headHash: ledger.head.hash,
    lines: ledger.entries.map((entry) => {
      const { seq, at, kind, by, hash } = entry;
      return { seq, at, kind, by, what: entryLine(entry), hash };
    }),
  };
}

/** What the controls touch, and what is in scope of the engagement without a control here that touches it. */
function criteriaOf(
  inScope: readonly string[],
  controls: readonly ControlContent[],
): Pick<BinderContent, 'criteria' | 'criteriaWithoutControl'> {
  const touched = new Set(controls.flatMap(({ criteria }) => criteria));
  const without = [...new Set(inScope)].filter((id) => !touched.has(id));
  return { criteria: [...touched].sort(), criteriaWithoutControl: without.sort() };
}

/** One line of print: an import by its source and file name, as the register has the rest. */
function entryLine(entry: LedgerEntry): string {
  if (entry.kind !== 'source-imported') return describeEntry(entry);
  const { source_id, format, name, member, records } = entryData(entry, 'source-imported');
  return `S${source_id} ${format}, ${records} records: ${member ?? name}`;
}

async function readControls(
  database: CaseDatabase,
  signal: AbortSignal | undefined,
): Promise<readonly ControlContent[]> {
  const rows = await database.query('SELECT * FROM run_controls ORDER BY pack, control');
  const controls: ControlContent[] = [];
  for (const row of rows) {
    if (signal) stopIfCancelled(signal, NOT_MADE);
    controls.push(await readControl(database, row));
  }
  return controls;
}

async function readControl(database: CaseDatabase, row: SqlRow): Promise<ControlContent> {
  const control = String(row['control']);
  const { population: populationSentence, ...described } = describedControl(
    String(row['definition']),
    String(row['sql']),
  );
  const days = await readDays(database, control);
  const counts = await countResults(database, control);
  const sum = (column: 'tested' | 'deviations'): number => days.reduce((total, day) => total + day[column], 0);
  const { overall, conclusion } = rollUp(days, counts.outside);
  const { id, pack, title, criteria, per, kind, severity, maturity, why, streams, limits, parameters, sql } = {
    ...described,
    id: control,
  };
  return {
    ...{ id, pack, title, criteria, per, kind, severity, maturity, why, streams, limits, parameters, sql },
    populationSentence,
    error: textOf(row['error']),
    days,
    overall,
    conclusion,
    population: counts.all,
    tested: sum('tested'),
    deviations: sum('deviations'),
    items: await readItems(database, control),
    itemCount: counts.items,
    explanations: [],
    populationHash: String(row['population_hash']),
    daysHash: String(row['days_hash']),
  };
}

async function readDays(database: CaseDatabase, control: string): Promise<readonly ControlDayContent[]> {
  const rows = await database.query('SELECT * FROM control_days WHERE control = $control ORDER BY day', { control });
  return rows.map((row) => ({
    day: String(row['day']),
    state: stateOf(row['state']),
    allStates: listOf(row['all_states']).map(stateOf),
    reasons: listOf(row['reasons']),
    population: Number(row['population']),
    tested: Number(row['tested']),
    deviations: Number(row['deviations']),
    systemsExpected: listOf(row['systems_expected']),
    systemsSeen: listOf(row['systems_seen']),
  }));
}

interface Counts {
  readonly all: number;
  /** Items on no day of the window. */
  readonly outside: number;
  /** Deviating and undecidable ones. */
  readonly items: number;
}

async function countResults(database: CaseDatabase, control: string): Promise<Counts> {
  const [row] = await database.query(
    `SELECT count(*) AS n, count(*) FILTER (WHERE day IS NULL) AS outside,
       count(*) FILTER (WHERE status IN ('alarm', 'undecidable')) AS items FROM results WHERE control = $control`,
    { control },
  );
  return { all: Number(row?.['n']), outside: Number(row?.['outside']), items: Number(row?.['items']) };
}

async function readItems(database: CaseDatabase, control: string): Promise<readonly ItemLine[]> {
  const rows = await database.query(
    `SELECT time, system, resource, status, reason, source_id, record FROM results
     WHERE control = $control AND status IN ('alarm', 'undecidable')
     ORDER BY time NULLS LAST, item LIMIT ${MOST_ROWS}`,
    { control },
  );
  return rows.map((row) => ({
    time: instantOf(row['time']),
    system: textOf(row['system']),
    resource: textOf(row['resource']),
    status: String(row['status']) as RowStatus,
    reason: String(row['reason']),
    citation:
      typeof row['source_id'] === 'number' ? { sourceId: row['source_id'], record: Number(row['record']) } : null,
  }));
}

function stateOf(value: SqlValue | undefined): ControlDayState {
  const found = controlDayStates.find((state) => state === value);
  if (!found) throw new Error(`"${String(value)}" is no state of a control-day`);
  return found;
}

function textOf(value: SqlValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

function instantOf(value: SqlValue | undefined): string | null {
  return value === null || value === undefined ? null : formatInstant(BigInt(value as bigint | number));
}

function listOf(value: SqlValue | undefined): readonly string[] {
  return [...((value ?? []) as readonly string[])];
}
