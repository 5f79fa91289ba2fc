import { fact, heading, numberOrText, rejected, type LineKind } from './kind.ts';

/** `netstat -g`: the multicast groups that interfaces are in. A long name of an interface is cut by netstat. */
const HEADING = /^(?:IPv6\/IPv4 Group Memberships|Interface\s+RefCnt\s+Group|-{5,}\s+-{3,}\s+-{5,})$/;
const MEMBER = /^(\S+)\s+(\d+)\s+([0-9a-f:.]+|[\w.-]+)$/;

export const netstatGroups: LineKind = {
  id: 'netstat -g',
  as: 'as netstat -g prints them',
  framing: 'lines',
  signOf: (line) => (HEADING.test(line) ? 'sure' : MEMBER.test(line) ? 'fits' : 'other'),
  open: () => (line) => {
    if (HEADING.test(line)) return heading;
    const [, name, references = '', group = ''] = MEMBER.exec(line) ?? [];
    if (name === undefined)
      return rejected('The line is no membership as netstat -g lists them: it is cut off or damaged.');
    const fields = { interface: name, refcnt: numberOrText(references), group };
    return fact({ type: 'multicast_group', id: `${name} ${group}`, fields });
  },
};
