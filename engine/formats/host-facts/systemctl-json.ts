import type { JsonKind } from './json-kind.ts';
import { textOf } from './json-values.ts';

/** `systemctl list-units -o json`, `systemctl list-unit-files -o json`. */
export const systemctlJson: JsonKind = {
  id: 'systemctl -o json',
  as: 'as systemctl -o json prints them',
  fits: (record) =>
    (textOf(record, 'unit') !== undefined &&
      textOf(record, 'load') !== undefined &&
      textOf(record, 'active') !== undefined) ||
    (textOf(record, 'unit_file') !== undefined && textOf(record, 'state') !== undefined),
  read: (record) => {
    const id = textOf(record, 'unit') ?? textOf(record, 'unit_file');
    return id === undefined
      ? 'The unit has no name.'
      : { facts: [{ type: 'service', id, fields: { ...record, unit: id } }] };
  },
};
