/** The engagement: whose controls, over which window, under which criteria and parameters. Kept as engagement.yaml. */
import { isAlias, parseDocument, stringify, visit } from 'yaml';
import { z } from 'zod';
import { fail } from '../../shared/problem.ts';
import { isDay, isTimeZone, type AuditWindow } from '../../shared/time.ts';
import { durationSeconds } from '../core/duration.ts';
import { knownStreams } from '../core/known-streams.ts';

const parameterValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);

const expectationSchema = z.strictObject({
  stream: z
    .string()
    .refine((stream) => knownStreams.includes(stream), { error: ({ input }) => `${input} is no stream that is known` }),
  /** Names as the inventory has them, or `*` for every system that needs the stream or was heard in it. */
  systems: z.array(z.string().trim().min(1)).min(1).default(['*']),
  longest_silence: z.string().refine((text) => durationSeconds(text) !== undefined, {
    error: ({ input }) => `${input} is no length such as 30m, 6h or 2d`,
  }),
});
export type EngagementExpectation = z.infer<typeof expectationSchema>;

const engagementSchema = z.strictObject({
  entity: z.string().trim().min(1).max(500),
  window: z.strictObject({ from: z.string(), to: z.string(), zone: z.string().default('UTC') }),
  criteria: z
    .array(z.string().regex(/^(CC|A|C|PI|P)\d\.\d{1,2}$/, 'is no id of a criterion, such as CC6.1'))
    .default([]),
  /** Values that replace a pack's defaults, by control id, or `*` for every control that has the parameter. */
  parameters: z.record(z.string(), z.record(z.string(), parameterValue)).default({}),
  /** How long streams may be silent, where that is agreed and not to be learned. */
  expectations: z.array(expectationSchema).max(1000).optional(),
  /** How far a clock may be off, where it is not 50 ms. */
  clock: z.strictObject({ threshold_ms: z.number().positive().max(86_400_000) }).optional(),
});

export type Engagement = z.infer<typeof engagementSchema>;

const LONGEST_WINDOW_DAYS = 731;
const LARGEST_FILE = 1 << 20;

/** Reads and checks an engagement. Fails with `bad_request`, naming what is wrong. */
export function parseEngagement(text: string, file: string): Engagement {
  if (text.length > LARGEST_FILE)
    failEngagement(`The file has ${text.length} characters; at most ${LARGEST_FILE} are read.`, file);
  const document = parseDocument(text, { customTags: [], schema: 'core' });
  const firstError = document.errors[0];
  if (firstError) failEngagement(firstError.message.split('\n')[0] ?? 'The file is not YAML.', file);
  visit(document, {
    Alias: (_key, node) =>
      isAlias(node) ? failEngagement('The file has YAML aliases, which are not read.', file) : undefined,
  });
  const parsed = engagementSchema.safeParse(document.toJS());
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`);
    failEngagement(`${issues.join('; ')}.`, file);
  }
  return checkedEngagement(parsed.data, file);
}

/** Checks an engagement that was put together from arguments. */
export function checkedEngagement(engagement: Engagement, file?: string): Engagement {
  const { from, to, zone } = engagement.window;
  for (const day of [from, to]) {
    if (!isDay(day)) failEngagement(`The day ${day} is not a day of the calendar written YYYY-MM-DD.`, file);
  }
  if (!isTimeZone(zone)) failEngagement(`The time zone ${zone} is not known.`, file);
  if (to < from) failEngagement(`The window ends on ${to}, before it begins on ${from}.`, file);
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
  if (days > LONGEST_WINDOW_DAYS)
    failEngagement(`The window has ${days} days; at most ${LONGEST_WINDOW_DAYS} are possible.`, file);
  return engagement;
}

/** The text of engagement.yaml; the same engagement gives the same text. */
export function engagementText({ entity, window, criteria, parameters, ...rest }: Engagement): string {
  return stringify({ entity, window, criteria, parameters, ...rest }, { lineWidth: 0 });
}

/** The audit window of an engagement. */
export function auditWindow({ window }: Engagement): AuditWindow {
  return { firstDay: window.from, lastDay: window.to, zone: window.zone };
}

function failEngagement(message: string, file: string | undefined): never {
  return fail({
    code: 'bad_request',
    message,
    ...(file === undefined ? {} : { where: { file } }),
    remedy: 'Correct the engagement: entity, and a window of days from, to (included) and an IANA time zone.',
  });
}
