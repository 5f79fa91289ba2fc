/** The timeline as a run of controls needs it: gaps, agreed expectations, and clocks. */
import type { CaseDatabase } from '../store/case-database.ts';
import { nameOf } from '../timeline/gap.ts';
import { readInventory } from '../timeline/sightings.ts';
import { readStoredClocks, readStoredExpectations, readStoredGaps } from '../timeline/timeline-rows.ts';
import type { DayGround } from './day-evidence.ts';
import { GapsByStream } from './gaps-of-day.ts';
import { judgedClocks, TrustedTime, unmeasuredClocks } from './untrusted-time.ts';

export interface RunTimeline extends Pick<DayGround, 'gaps' | 'isQuietAgreed'> {
  readonly trusted: TrustedTime;
  /** Systems whose clocks nobody measured and nobody asked for. */
  readonly unmeasured: readonly string[];
}

/** The stream that an inventory names when it asks for measurements of a clock. */
const CLOCK = 'clock';

/** Bases of an expectation for which a person stands. */
const AGREED: ReadonlySet<string> = new Set(['declared', 'confirmed']);

/** Reads what the stored timeline says; whoever runs controls has brought it up to date. */
export async function readRunTimeline(database: CaseDatabase): Promise<RunTimeline> {
  const gaps = (await readStoredGaps(database)).map(({ usualS, allowedS, likelihood, ...gap }) => ({
    ...gap,
    usual: usualS === null ? null : { usualS, allowedS: allowedS ?? usualS, likelihood },
  }));
  const agreed = new Set((await readStoredExpectations(database)).filter(({ basis }) => AGREED.has(basis)).map(nameOf));
  return {
    gaps: new GapsByStream(gaps),
    isQuietAgreed: (of) => agreed.has(nameOf(of)),
    ...(await readJudgedClocks(database)),
  };
}

async function readJudgedClocks(database: CaseDatabase): Promise<Pick<RunTimeline, 'trusted' | 'unmeasured'>> {
  const clocks = await readStoredClocks(database);
  const judged = judgedClocks(clocks, {
    owed: (await readInventory(database)).filter(({ needs }) => needs.includes(CLOCK)).map(({ system }) => system),
    measured: await readMeasuredSystems(database),
  });
  return { trusted: new TrustedTime(clocks, judged), unmeasured: unmeasuredClocks(clocks, judged) };
}

/** Reads which systems have clocks that nobody measured and nobody asked for, by name. */
export async function readUnmeasuredClocks(database: CaseDatabase): Promise<readonly string[]> {
  return (await readJudgedClocks(database)).unmeasured;
}

async function readMeasuredSystems(database: CaseDatabase): Promise<readonly string[]> {
  const rows = await database.query('SELECT DISTINCT system FROM clock_samples WHERE system IS NOT NULL');
  return rows.map((row) => String(row['system']));
}
