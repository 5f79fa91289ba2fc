import type { JsonKind } from './json-kind.ts';
import { memberOf, textOf } from './json-values.ts';

/** `ip -j addr`, `ip -d -j link`: a list of interfaces. An interface that is not shown is an empty object. */
export const ipJson: JsonKind = {
  id: 'ip -j',
  as: 'as ip -j addr or ip -j link prints them',
  fits: (record) => textOf(record, 'ifname') !== undefined && typeof memberOf(record, 'ifindex') === 'number',
  read: (record) => {
    if (Object.keys(record).length === 0)
      return 'The object is empty: ip prints one for an interface that it leaves out.';
    const name = textOf(record, 'ifname');
    if (name === undefined) return 'The interface has no name (ifname).';
    return { facts: [{ type: 'network_interface', id: name, fields: record }] };
  },
};
