import type { Output } from '../../shared/contract.ts';
import type { Control, ParameterValue } from './pack.ts';
import { valueText } from './parameters.ts';

/** A control for people, in the shape of the contract's `control.get`. */
export type ControlDescription = Output<'control.get'>;

/** Describes a control with the parameter values it was run with. */
export function describeControl(
  control: Control,
  values: Readonly<Record<string, ParameterValue>>,
): ControlDescription {
  const { pack, id, title, why, criteria, per, kind, severity, maturity, population, streams, limits, sql } = control;
  const parameters = Object.entries(control.parameters).map(([name, definition]) => ({
    name,
    value: valueText(values[name] ?? definition.default),
    default: valueText(definition.default),
    unit: definition.unit ?? null,
    means: definition.means,
  }));
  const about = { pack, control: id, title, why, criteria, per, kind, severity, maturity };
  return { ...about, population, streams, limits, parameters, sql };
}

/** What `run_controls.definition` holds: the description without the SQL, which has a column of its own. */
export function definitionText({ sql: _sql, ...definition }: ControlDescription): string {
  return JSON.stringify(definition);
}

/** Reads a description back from the columns `definition` and `sql` of `run_controls`. */
export function describedControl(definition: string, sql: string): ControlDescription {
  return { ...(JSON.parse(definition) as Omit<ControlDescription, 'sql'>), sql };
}
