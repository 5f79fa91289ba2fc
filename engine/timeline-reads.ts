/** The timeline of a case in the shapes of the contract: gaps by rank, coverage, clocks and expectations. */
import type { Citation, Input, Output } from '../shared/contract.ts';
import { formatInstant, MICROS_PER_SECOND, type Interval, type UtcMicros } from '../shared/time.ts';
import type { EvidenceCase } from './intake/evidence-case.ts';
import { readCaseTimeline } from './read-timeline.ts';
import { byCodeUnits } from './timeline/coverage.ts';
import { gapCauses, type CitedRecord, type Gap } from './timeline/gap.ts';
import { readStoredClocks, readStoredExpectations } from './timeline/timeline-rows.ts';

export type GapFilter = Omit<Input<'gaps.list'>, 'after' | 'limit'>;
export type GapLine = Output<'gaps.list'>['rows'][number];

/** A case, and the instant at which it is judged whether an acceptance has expired. */
export interface TimelineOf {
  readonly target: EvidenceCase;
  readonly asOf: UtcMicros;
}

/** Gives the gaps that pass the filter, those of the gravest cause first. */
export async function readGaps({ target, asOf }: TimelineOf, filter: GapFilter): Promise<readonly GapLine[]> {
  const { gaps } = await readCaseTimeline(target, asOf);
  return gaps
    .filter((gap) => passes(gap, filter))
    .sort(byRank)
    .map(gapLine);
}

function byRank(a: Gap, b: Gap): number {
  const rank = gapCauses.indexOf(a.cause) - gapCauses.indexOf(b.cause);
  const names = byCodeUnits(a.stream, b.stream) || byCodeUnits(a.system, b.system);
  return rank || names || (a.from < b.from ? -1 : a.from > b.from ? 1 : 0);
}

/** The same, a page at a time. */
export async function readGapPage(of: TimelineOf, input: Input<'gaps.list'>): Promise<Output<'gaps.list'>> {
  const { after, limit, ...filter } = input;
  const all = await readGaps(of, filter);
  return { total: all.length, rows: all.slice(after, after + limit) };
}

function passes(gap: Gap, { stream, system, kind, state }: GapFilter): boolean {
  return (
    (stream === undefined || gap.stream === stream) &&
    (system === undefined || gap.system === system) &&
    (kind === undefined || gap.kind === kind) &&
    (state === undefined || gap.state === state)
  );
}

/** A gap in the shape of the contract. */
export function gapLine(gap: Gap): GapLine {
  const { id, system, stream, target = null, kind, state, ticket, cause, missing, usual, accepted } = gap;
  return {
    ...{ id, system, stream, target, kind, ...times(gap), state, ticket, cause, missing },
    because: gap.corroboration.map(({ says, cites }) => ({ says, cites: cites.map((one) => citation(one)!) })),
    lengthS: Number(gap.to - gap.from) / Number(MICROS_PER_SECOND),
    usualS: usual?.usualS ?? null,
    allowedS: usual?.allowedS ?? null,
    likelihood: usual?.likelihood ?? null,
    before: citation(gap.before),
    after: citation(gap.after),
    proposals: gap.proposals.map((one) => ({
      ...{ ticket: one.ticket, overlap: times(one.overlap), hasRootCause: one.hasRootCause },
      ...{ explains: one.explains, rejected: one.rejected === null ? null : { ...one.rejected } },
      cites: citation(one.cites)!,
    })),
    accepted: accepted === null ? null : { ...accepted, at: formatInstant(accepted.at) },
  };
}

/** A gap as `fieldwork gaps --json` gives it. */
export function gapJson(gap: GapLine): Record<string, unknown> {
  const { system, stream, kind, from, to, state, ticket, id, target, cause, missing, likelihood } = gap;
  return {
    ...{
      system,
      stream,
      kind,
      from,
      to,
      state,
      ticket,
      id,
      target,
      cause,
      because: gap.because.map(({ says }) => says),
    },
    ...{ length_s: gap.lengthS, usual_s: gap.usualS, allowed_s: gap.allowedS, likelihood, missing },
    ...{ before: gap.before, after: gap.after, proposals: gap.proposals, accepted: gap.accepted },
  };
}

/** Gives what is known of each moment of each stream: the intervals of one partition the window. */
export async function readCoverageIntervals(
  { target, asOf }: TimelineOf,
  { stream, system }: Pick<GapFilter, 'stream' | 'system'>,
): Promise<Output<'coverage.intervals'>['rows']> {
  const { streams } = await readCaseTimeline(target, asOf);
  return streams
    .map(({ coverage, intervals }) => ({ system: coverage.system, stream: coverage.stream, intervals }))
    .filter((one) => (stream === undefined || one.stream === stream) && (system === undefined || one.system === system))
    .flatMap(({ intervals, ...names }) => intervals.map((one) => ({ ...names, state: one.state, ...times(one) })));
}

/** The same, a page at a time. */
export async function readCoveragePage(
  of: TimelineOf,
  { after, limit, ...filter }: Input<'coverage.intervals'>,
): Promise<Output<'coverage.intervals'>> {
  const all = await readCoverageIntervals(of, filter);
  return { total: all.length, rows: all.slice(after, after + limit) };
}

/** Gives how far each clock can be trusted, by system and start. */
export async function readClocks(
  { target, asOf }: TimelineOf,
  { system }: Input<'clock.list'>,
): Promise<Output<'clock.list'>> {
  await readCaseTimeline(target, asOf);
  const clocks = await readStoredClocks(target.database);
  return clocks
    .filter((one) => system === undefined || one.system === system)
    .map(({ from, to, cites, ...one }) => ({ ...one, ...times({ from, to }), cites: citation(cites) }));
}

/** Gives how often each stream should speak, and on what that rests. */
export async function listExpectations({ target, asOf }: TimelineOf): Promise<Output<'expectations.list'>> {
  await readCaseTimeline(target, asOf);
  return [...(await readStoredExpectations(target.database))];
}

function times({ from, to }: Interval): { from: string; to: string } {
  return { from: formatInstant(from), to: formatInstant(to) };
}

function citation(cited: CitedRecord | null): Citation | null {
  return cited === null ? null : { sourceId: cited.sourceId, record: cited.record };
}
