import type { JsonKind } from './json-kind.ts';
import { textOf } from './json-values.ts';

/** `rpm -qa --queryformat` with a JSON object a line: name, version, release, arch. */
export const rpmJson: JsonKind = {
  id: 'rpm',
  as: 'packages as rpm -qa was asked for as JSON',
  fits: (record) =>
    ['name', 'version', 'release'].every((name) => textOf(record, name) !== undefined) &&
    (textOf(record, 'arch') ?? textOf(record, 'epoch')) !== undefined,
  read: (record) => {
    const name = textOf(record, 'name');
    if (name === undefined) return 'The package has no name.';
    const arch = textOf(record, 'arch');
    return {
      facts: [
        { type: 'package', id: `${name} ${arch ?? ''}`.trim(), name, fields: { ...record, status: 'installed' } },
      ],
    };
  },
};
