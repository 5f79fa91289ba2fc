/** The calls of the timeline: gaps, coverage, clocks and expectations. */
import { z } from 'zod';

const count = z.int().min(0);
const page = { after: count.default(0), limit: z.int().min(1).max(1000).default(200) };
const citation = z.object({ sourceId: count, record: count });
const name = z.string().max(1000);

const gapKind = z.enum(['silence', 'missing', 'sequence-loss', 'scrape', 'scan-missed', 'truncated']);
const gapState = z.enum(['open', 'explained', 'accepted']);
const gapCause = z.enum(['stream-alone', 'file-cut', 'unknown', 'collector-down', 'host-down']);

export const gapSchema = z.object({
  id: z.string(),
  system: z.string(),
  stream: z.string(),
  /** Of a scrape: the job and the instance. Of a sequence: what counts. */
  target: z.string().nullable(),
  kind: gapKind,
  from: z.string(),
  to: z.string(),
  state: gapState,
  /** The ticket that explains it. */
  ticket: z.string().nullable(),
  cause: gapCause,
  /** What other evidence says, as sentences, each with the records that it rests on. */
  because: z.array(z.object({ says: z.string(), cites: z.array(citation) })),
  lengthS: z.number(),
  usualS: z.number().nullable(),
  allowedS: z.number().nullable(),
  /** How often a silence as long would be met by chance; null where nothing was learned. */
  likelihood: z.number().nullable(),
  /** Records that are missing by their numbers. */
  missing: count.nullable(),
  /** The last record before it and the first one after it. */
  before: citation.nullable(),
  after: citation.nullable(),
  /** Tickets of the same system that overlap it. */
  proposals: z.array(
    z.object({
      ticket: z.string(),
      overlap: z.object({ from: z.string(), to: z.string() }),
      hasRootCause: z.boolean(),
      explains: z.boolean(),
      rejected: z.object({ by: z.string(), reason: z.string() }).nullable(),
      cites: citation,
    }),
  ),
  /** Stays when the last day on which it counts is past. */
  accepted: z.object({ by: z.string(), reason: z.string(), at: z.string(), until: z.string().nullable() }).nullable(),
});

const words = z.string().max(10_000);
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

/** What a person decides about a gap. */
const gapChoice = z.discriminatedUnion('action', [
  z.object({ action: z.literal('accept'), reason: words, until: day.optional() }),
  z.object({ action: z.literal('link'), ticket: name, reason: words.optional() }),
  z.object({ action: z.literal('not'), ticket: name, reason: words }),
  z.object({ action: z.literal('withdraw'), reason: words.optional() }),
]);

/** What a person decides about how long a stream may be silent. */
const expectationChoice = z.discriminatedUnion('action', [
  z.object({ action: z.literal('declare'), longestSilence: z.string().max(20), reason: words }),
  z.object({ action: z.literal('confirm'), reason: words.optional() }),
  z.object({ action: z.literal('withdraw'), reason: words.optional() }),
]);

export const timelineCalls = {
  /** Gaps, those of the gravest cause first. */
  'gaps.list': {
    kind: 'call',
    in: z.object({
      stream: name.optional(),
      system: name.optional(),
      kind: gapKind.optional(),
      state: gapState.optional(),
      ...page,
    }),
    out: z.object({ total: count, rows: z.array(gapSchema) }),
  },
  /** What is known of each moment; the intervals of a stream of a system partition the window. */
  'coverage.intervals': {
    kind: 'call',
    in: z.object({ stream: name.optional(), system: name.optional(), ...page }),
    out: z.object({
      total: count,
      rows: z.array(
        z.object({ system: z.string(), stream: z.string(), state: z.string(), from: z.string(), to: z.string() }),
      ),
    }),
  },
  'clock.list': {
    kind: 'call',
    in: z.object({ system: name.optional() }),
    out: z.array(
      z.object({
        system: z.string(),
        from: z.string(),
        to: z.string(),
        state: z.enum(['within', 'out', 'unknown']),
        /** Seconds by which the clock is ahead; null when unknown. */
        offsetS: z.number().nullable(),
        errorS: z.number().nullable(),
        maxAbsOffsetS: z.number().nullable(),
        basis: z.string(),
        because: z.string(),
        cites: citation.nullable(),
      }),
    ),
  },
  'expectations.list': {
    kind: 'call',
    in: z.object({}),
    out: z.array(
      z.object({
        system: z.string(),
        stream: z.string(),
        owedBy: z.string(),
        basis: z.string(),
        usualS: z.number().nullable(),
        shortestAllowedS: z.number().nullable(),
        longestAllowedS: z.number().nullable(),
        looks: count,
        says: z.string(),
      }),
    ),
  },
  /** Writes a decision into the ledger; gives the gap as it stands then. */
  'gap.explain': { kind: 'call', in: z.object({ gap: name, choice: gapChoice }), out: gapSchema },
  /** Writes decisions into the ledger, and says of how many systems. */
  'expectation.decide': {
    kind: 'call',
    in: z.object({ stream: name, system: name.optional(), choice: expectationChoice }),
    out: z.object({ decided: count }),
  },
} as const;
