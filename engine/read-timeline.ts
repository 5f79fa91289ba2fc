/** The timeline of a case, brought up to date: as values, and in the shapes of the contract. */
import type { Citation, Input, Output } from '../shared/contract.ts';
import { fail } from '../shared/problem.ts';
import { formatInstant, MICROS_PER_SECOND, type Interval, type UtcMicros } from '../shared/time.ts';
import type { EvidenceCase } from './intake/evidence-case.ts';
import { byCodeUnits } from './timeline/coverage.ts';
import type { Expectation } from './timeline/expectations.ts';
import { rankGaps } from './timeline/corroboration.ts';
import type { CitedRecord, Gap } from './timeline/gap.ts';
import { refreshTimeline, type Timeline } from './timeline/stored-timeline.ts';
import { readStoredExpectations } from './timeline/timeline-rows.ts';
import { timelineRequestOf } from './timeline-request.ts';

export interface CaseTimeline extends Timeline {
  /** By stream, then system. */
  readonly expectations: readonly Expectation[];
}

/** Gives the timeline of a case; `asOf` is the instant at which the expiry of acceptances is judged. */
export async function readCaseTimeline(target: EvidenceCase, asOf: UtcMicros): Promise<CaseTimeline> {
  const request = await timelineRequestOf(target, { upToSeq: target.ledger.head.seq, asOf });
  const timeline = await refreshTimeline(target.database, request);
  return { ...timeline, expectations: timeline.streams.map(({ expectation }) => expectation) };
}

export type GapFilter = Omit<Input<'gaps.list'>, 'after' | 'limit'>;
export type GapLine = Output<'gaps.list'>['rows'][number];

/** A case, and the instant at which it is judged whether an acceptance has expired. */
export interface TimelineOf {
  readonly target: EvidenceCase;
  readonly asOf: UtcMicros;
}

/** Gives the gaps that pass the filter, those of the gravest cause first. */
export async function readGaps({ target, asOf }: TimelineOf, filter: GapFilter): Promise<readonly GapLine[]> {
  const { gaps, streams } = await readCaseTimeline(target, asOf);
  checkNames([...streams.map(({ coverage }) => coverage), ...gaps], filter);
  return rankGaps(gaps.filter((gap) => passes(gap, filter))).map(gapLine);
}

/** Gives one gap by its name, or by enough of its beginning to be the only one. Fails as `findGap` does. */
export async function readGap({ target, asOf }: TimelineOf, name: string): Promise<GapLine> {
  return gapLine(findGap((await readCaseTimeline(target, asOf)).gaps, name));
}

/** The gap of this name. Fails with `not_found`, or `bad_request` when the beginning of a name fits several. */
export function findGap(gaps: readonly Gap[], name: string): Gap {
  const asked = name.trim().toLowerCase();
  const beginning = asked.startsWith('gap-') ? asked : `gap-${asked}`;
  const found = asked === '' ? [] : gaps.filter(({ id }) => id.toLowerCase().startsWith(beginning));
  if (found.length === 1) return found[0]!;
  if (found.length === 0)
    return fail({
      code: 'not_found',
      message: `There is no gap ${name} in this case, which has ${gaps.length}.`,
      remedy: '`fieldwork gaps` lists them; more evidence may have moved the beginning of one, and its name with it.',
    });
  const names = found.slice(0, 5).map(({ id }) => id);
  return fail({
    code: 'bad_request',
    message: `${found.length} gaps begin with ${name}: ${names.join(', ')}${found.length > 5 ? ', ...' : ''}.`,
    remedy: 'Give more of its name.',
  });
}

/** Fails with `not_found` for a stream or system that the timeline does not have: a mistyped name has no gaps either. */
export function checkNames(
  known: readonly { readonly stream: string; readonly system: string }[],
  { stream, system }: Pick<GapFilter, 'stream' | 'system'>,
): void {
  checkName('stream', stream, new Set(known.map((one) => one.stream)));
  checkName('system', system, new Set(known.map((one) => one.system)));
}

const MOST_NAMES = 20;

/** The same for one name. */
export function checkName(what: 'stream' | 'system', name: string | undefined, known: ReadonlySet<string>): void {
  if (name === undefined || known.has(name)) return;
  const names = [...known].sort(byCodeUnits);
  const shown = names.slice(0, MOST_NAMES).join(', ');
  fail({
    code: 'not_found',
    message: `The case has no evidence of a ${what} ${name}, and nothing asks for it.`,
    remedy:
      names.length === 0
        ? 'Import evidence or an inventory first.'
        : `Give one of ${shown}${names.length > MOST_NAMES ? `, or of ${names.length - MOST_NAMES} more` : ''}.`,
  });
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
    because: sentences(gap.corroboration),
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

/** What is said of a gap; what several records say is one sentence that cites all of them. */
function sentences(corroboration: Gap['corroboration']): GapLine['because'] {
  const cited = new Map<string, Citation[]>();
  for (const { says, cites } of corroboration) {
    const own = cited.get(says) ?? [];
    cited.set(says, [...own, ...cites.map((one) => citation(one)!)]);
  }
  return [...cited].map(([says, cites]) => ({ says, cites }));
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
  checkNames(
    streams.map(({ coverage }) => coverage),
    { ...(stream === undefined ? {} : { stream }), ...(system === undefined ? {} : { system }) },
  );
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
  const { clocks } = await readCaseTimeline(target, asOf);
  checkName('system', system, new Set(clocks.map((one) => one.system)));
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
