import { numberOrText, type Fact, type Fields, type ReportKind } from './kind.ts';

/** `ip addr`, `ip -d link`: an interface begins with its number at the start of a line. ip-address(8). */
const FIRST = /^(\d+): ([^\s:@]+)(?:@(\S+?))?: <([^>]*)> (.*)$/;
const INNER =
  /^ {4,}(?:link\/|inet6? |valid_lft |altname |vlan |vxlan |bridge|bond|veth|RX|TX|tun |macvlan|promiscuity |alias )/;

export const ipAddr: ReportKind = {
  id: 'ip addr',
  as: 'as ip addr or ip link prints them',
  framing: 'report',
  signOf: (line) => (FIRST.test(line) ? 'sure' : INNER.test(line) || /^ {4,}\S/.test(line) ? 'fits' : 'other'),
  begins: (line) => FIRST.test(line),
  read: readInterface,
};

function readInterface(lines: readonly string[]): readonly Fact[] | string {
  const [, index, ifname = '', link, flags = '', rest = ''] = FIRST.exec(lines[0] ?? '') ?? [];
  if (ifname === '') return 'The lines do not begin with the number and the name of an interface.';
  const after = (word: string): string | undefined => new RegExp(String.raw`(?:^|\s)${word} (\S+)`).exec(rest)?.[1];
  const all = lines.slice(1).join('\n');
  const [, linkType, address] = /^\s+link\/(\S+)(?: (\S+))?/m.exec(all) ?? [];
  const names = { ifindex: Number(index), ifname, link, flags: flags.split(',') };
  const state = {
    mtu: numberOrText(after('mtu') ?? ''),
    operstate: after('state'),
    master: after('master'),
    group: after('group'),
  };
  const fields = { ...names, ...state, link_type: linkType, address, addr_info: addresses(all), ...virtual(all) };
  return [{ type: 'network_interface', id: ifname, name: ifname, fields: { ...fields, text: lines.join('\n') } }];
}

function addresses(text: string): readonly Fields[] {
  return [...text.matchAll(/^\s+(inet6?) ([^\s/]+)(?:\/(\d+))?(?: (.*))?$/gm)].map(
    ([, family, local, prefix, rest = '']) => ({
      family,
      local,
      prefixlen: prefix === undefined ? undefined : Number(prefix),
      scope: /(?:^|\s)scope (\S+)/.exec(rest)?.[1],
    }),
  );
}

/** `vlan protocol 802.1Q id 20`, `vxlan id 42 remote ...`: as `ip -j` names them. */
function virtual(text: string): Fields {
  const vlan = /^\s+vlan protocol (\S+) id (\d+)/m.exec(text);
  if (vlan) return { linkinfo: { info_kind: 'vlan', info_data: { protocol: vlan[1], id: Number(vlan[2]) } } };
  const vxlan = /^\s+vxlan id (\d+)/m.exec(text);
  return vxlan ? { linkinfo: { info_kind: 'vxlan', info_data: { id: Number(vxlan[1]) } } } : {};
}
