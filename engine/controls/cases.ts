/** `<id>.cases.yaml`: small engagements whose outcome is known. See docs/recipes/write-a-control.md. */
import { z } from 'zod';
import { controlDayStates } from '../../shared/states.ts';
import { isDay, isTimeZone } from '../../shared/time.ts';
import type { Control } from './pack.ts';
import { readPlainYaml } from './plain-yaml.ts';

const day = z.string().refine(isDay, 'is not a day written YYYY-MM-DD');
const state = z.enum(controlDayStates);
/** Some columns of a row, as text; columns that are not named are not compared. */
const rowSchema = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));

const expectSchema = z
  .strictObject({
    /** The state of each day; `others` stands for every day that is not named. */
    days: z.record(z.union([day, z.literal('others')]), state).optional(),
    /** Every row, in order. */
    rows: z.array(rowSchema).optional(),
    /** Every row with the status `alarm`, in order. */
    deviations: z.array(rowSchema).optional(),
  })
  .refine(({ days }) => days !== undefined, 'says nothing about days');
export type Expectation = z.infer<typeof expectSchema>;

const caseSchema = z.strictObject({
  name: z.string().min(1).max(300),
  window: z.strictObject({ from: day, to: day, zone: z.string().refine(isTimeZone, 'is not a time zone') }),
  parameters: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.array(z.string())])).default({}),
  /** CSV text a table. */
  evidence: z.record(z.string(), z.string()),
  expect: expectSchema,
});
export type ControlCase = z.infer<typeof caseSchema>;

/** A change to the evidence of a case that the control must notice. */
const plantSchema = z.strictObject({
  name: z.string().min(1).max(300),
  /** Name of the case whose evidence is changed. */
  case: z.string(),
  /** Statements on the tables of the schema `evidence`. */
  sql: z.array(z.string()).min(1),
  /** The state that some day must have afterwards and none had before. */
  gives: state,
});

const casesSchema = z.strictObject({ cases: z.array(caseSchema).min(1), plant: z.array(plantSchema).default([]) });
export type ControlCases = z.infer<typeof casesSchema>;

/** Reads the cases of a control; `null` where it has none. Fails with `pack_invalid`. */
export function readCases(control: Pick<Control, 'id' | 'cases'>): ControlCases | null {
  return control.cases === null ? null : readPlainYaml(control.cases, casesSchema, `${control.id}.cases.yaml`);
}
