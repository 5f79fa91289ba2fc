/** The numbers and names a reviewer may want to change: values of the engagement over the defaults of the pack. */
import { fail } from '../../shared/problem.ts';
import type { Control, ParameterDefinition, ParameterValue } from './pack.ts';

/** By control id, or `*` for every control that has the parameter; then by name. */
export type ParameterOverrides = Readonly<Record<string, Readonly<Record<string, ParameterValue>>>>;

/** Gives the value of every parameter of a control. Fails with `bad_request` on a value of another type. */
export function parameterValues(
  control: Pick<Control, 'id' | 'parameters'>,
  overrides: ParameterOverrides,
): Readonly<Record<string, ParameterValue>> {
  const entries = Object.entries(control.parameters).map(([name, definition]) => {
    const value = overrides[control.id]?.[name] ?? overrides['*']?.[name] ?? definition.default;
    if (!hasType(value, definition)) failType(control.id, name, definition);
    return [name, value] as const;
  });
  return Object.fromEntries(entries);
}

/** True when the value is of the parameter's type; a number is finite. */
export function hasType(value: ParameterValue, { type }: Pick<ParameterDefinition, 'type'>): boolean {
  switch (type) {
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'text':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'texts':
      return Array.isArray(value);
  }
}

/** A value for people: lists with commas, an empty one as `none`. */
export function valueText(value: ParameterValue): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  return String(value);
}

function failType(control: string, name: string, { type, unit }: ParameterDefinition): never {
  return fail({
    code: 'bad_request',
    message: `The parameter ${name} of ${control} is not ${type === 'texts' ? 'a list of texts' : `a ${type}`}.`,
    remedy: `Give it a value of type ${type}${unit === undefined ? '' : ` in ${unit}`} in the engagement.`,
  });
}

/**
 * Checks that every control and parameter that the engagement names is there: a name that is mistyped would leave the
 * default in force without a word. Fails with `bad_request`.
 */
export function checkOverrides(
  known: readonly Pick<Control, 'id' | 'parameters'>[],
  overrides: ParameterOverrides,
): void {
  for (const [id, values] of Object.entries(overrides)) {
    const controls = id === '*' ? known : known.filter((control) => control.id === id);
    if (controls.length === 0) failUnknown(`No pack has a control ${id}, which the engagement gives parameters for.`);
    for (const name of Object.keys(values)) {
      if (controls.some((control) => Object.hasOwn(control.parameters, name))) continue;
      failUnknown(
        `${id === '*' ? 'No control has' : `${id} does not have`} a parameter ${name}, which the engagement gives a value.`,
      );
    }
  }
}

function failUnknown(message: string): never {
  return fail({
    code: 'bad_request',
    message,
    remedy: 'Correct the name under parameters in the engagement; docs/controls.md lists the controls that ship.',
  });
}
