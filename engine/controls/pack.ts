/** What a pack is: its files as values. See DESIGN "Query packs" and docs/recipes/write-a-control.md. */
import { z } from 'zod';
import { frequencies, severities } from '../../shared/states.ts';

const line = z.string().trim().min(1).max(2000);
const name = z.string().regex(/^[a-z_][a-z0-9_]*$/);

/** `CC6.6-port-unauthorised`: a criterion or a firm's own letters, then words. It is also the file's name. */
export const controlIdSchema = z.string().regex(/^[A-Z][A-Z0-9]{0,5}\d*(\.\d+)?(-[a-z0-9]+)+$/);

export const parameterTypes = ['number', 'text', 'boolean', 'texts'] as const;
const parameterValueSchema = z.union([z.number(), z.string(), z.boolean(), z.array(z.string())]);
export type ParameterValue = z.infer<typeof parameterValueSchema>;

const parameterSchema = z.strictObject({
  type: z.enum(parameterTypes),
  unit: z.string().optional(),
  default: parameterValueSchema,
  means: line,
});
export type ParameterDefinition = z.infer<typeof parameterSchema>;

export const frontMatterSchema = z.strictObject({
  id: controlIdSchema,
  title: line,
  criteria: z.array(z.string()).min(1),
  why: line,
  per: z.enum(frequencies),
  kind: z.enum(['operating', 'state']),
  severity: z.enum(severities),
  maturity: z.enum(['experimental', 'test', 'stable', 'retired']),
  population: line,
  /** Tables that it reads, with the columns it reads of them. */
  needs: z.record(name, z.array(name).min(1)),
  /** Those of the tables that may be empty; one of the others without a row makes every day `no evidence`. */
  optional: z.array(name).default([]),
  /** Selectors of the metric series whose samples it reads: they are kept when a snapshot is imported. */
  metrics: z.array(line).default([]),
  /** Streams whose coverage decides "no evidence". `a or b`: a system gives those of the two that it needs. */
  streams: z.array(line).default([]),
  parameters: z.record(name, parameterSchema).default({}),
  limits: z.array(line).min(1),
});
export type FrontMatter = z.infer<typeof frontMatterSchema>;

export const packFileSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  title: line,
  authors: z.array(line).min(1),
  licence: line,
  /** Version of the evidence tables it was written for. */
  evidence_schema: z.int().min(1),
});
export type PackFile = z.infer<typeof packFileSchema>;

export interface Control extends FrontMatter {
  /** The id of its pack. */
  readonly pack: string;
  /** File name within the pack. */
  readonly file: string;
  /** The whole file: the front matter is a comment. */
  readonly sql: string;
  /** Text of `<id>.cases.yaml`; `null` where there is none. */
  readonly cases: string | null;
}

export interface Pack extends PackFile {
  /** SHA-256 over its files: a line `<sha256>  <name>` each, sorted by name. */
  readonly hash: string;
  /** Every file of the pack, sorted by name, so that the pack can be kept as it was when run. */
  readonly files: readonly { readonly name: string; readonly content: Uint8Array }[];
  /** Sorted by id. */
  readonly controls: readonly Control[];
}

/** The alternatives of one entry of `streams`. */
export function streamAlternatives(entry: string): readonly string[] {
  return entry.split(/\s+or\s+/).map((stream) => stream.trim().toLowerCase());
}
