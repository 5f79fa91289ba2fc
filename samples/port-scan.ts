/** The daily port scan of all hosts, in the shape that nmap 7.93 writes with `-sS -sV -oX`. */
import { wallClockMicros, type Day } from '../shared/time.ts';
import { auditedWindow, authorizedPorts, hosts, openedByChange, type Host } from './company.ts';
import { instantAt } from './wall-clock.ts';
import { planted } from './plants.ts';
import type { Chance } from './random.ts';

interface Service {
  readonly name: string;
  /** Attributes that version detection adds. */
  readonly detected: string;
  readonly cpe: string;
}

const serviceOf = new Map<number, Service>([
  [
    22,
    service(
      'ssh',
      'product="OpenSSH" version="9.2p1 Debian 2+deb12u3" extrainfo="protocol 2.0" ostype="Linux"',
      'a:openbsd:openssh:9.2p1',
    ),
  ],
  [80, service('http', 'product="nginx" version="1.22.1"', 'a:igor_sysoev:nginx:1.22.1')],
  [443, service('http', 'product="nginx" version="1.22.1" tunnel="ssl"', 'a:igor_sysoev:nginx:1.22.1')],
  [990, service('ftp', 'product="ProFTPD" version="1.3.8" tunnel="ssl"', 'a:proftpd:proftpd:1.3.8')],
  [3000, service('http', 'product="Grafana http"', 'a:grafana:grafana')],
  [5432, service('postgresql', 'product="PostgreSQL DB" version="15.5"', 'a:postgresql:postgresql:15.5')],
  [6379, { name: 'redis', detected: '', cpe: '' }],
  [6514, service('syslog-tls', 'tunnel="ssl"', 'a:rsyslog:rsyslog')],
  [
    8080,
    service('http', 'product="Golang net/http server" extrainfo="Go-IPFS json-rpc or InfluxDB API"', 'a:golang:go'),
  ],
  [8443, service('http', 'product="Golang net/http server" tunnel="ssl"', 'a:golang:go')],
  [9090, service('http', 'product="Golang net/http server"', 'a:golang:go')],
  [9100, service('http', 'product="Golang net/http server"', 'a:golang:go')],
  [27017, { name: 'mongod', detected: '', cpe: '' }],
]);

function service(name: string, detected: string, cpe: string): Service {
  return { name, detected: ` ${detected}`, cpe: `<cpe>cpe:/${cpe}</cpe>` };
}

const PORTS = [...serviceOf.keys()];

export interface Scan {
  readonly day: Day;
  readonly text: string;
  readonly marks: readonly { readonly plant: string; readonly record: number; readonly text: string }[];
}

/** The scan of a day; `undefined` on the day when none was made. */
export function scanOf(day: Day, chance: Chance): Scan | undefined {
  if (day === planted.missedScan.day) return undefined;
  const targets = hosts.filter(({ leavesOn }) => leavesOn === undefined || day < leavesOn);
  const start = instantAt(day, '04:15:00') + chance.between(2, 40) * 1000;
  const head = headOf(day, start);
  const blocks = targets.map((host, place) => hostBlock(host, day, start + 4000 + place * 23_000, chance));
  if (day === planted.cutScan.day) {
    const { hostsCovered, id } = planted.cutScan;
    const next = blocks[hostsCovered]!;
    // The last thing in the file is the middle of the next host, before its ports.
    const text = `${head}${blocks.slice(0, hostsCovered).join('')}${next.slice(0, next.indexOf('<hostname ') + 24)}`;
    const address = `addr="${targets[hostsCovered]!.address}"`;
    // Records of a scan: its head, then each host and each of its ports.
    const record = 1 + hostsCovered * (1 + PORTS.length) + 1;
    return { day, text, marks: [{ plant: id, record, text: address }] };
  }
  const text = `${head}${blocks.join('')}${footOf(start, start + 4000 + targets.length * 23_000, targets.length)}`;
  return { day, text, marks: marksOf(day, targets) };
}

function marksOf(day: Day, targets: readonly Host[]): Scan['marks'] {
  const { id, system, port, days } = planted.unauthorisedPort;
  if (day < days[0] || day > days[1]) return [];
  const place = targets.findIndex((host) => host.system === system);
  const record = 1 + place * (1 + PORTS.length) + 1 + PORTS.indexOf(port) + 1;
  return [{ plant: id, record, text: openPortText(port) }];
}

function headOf(day: Day, start: number): string {
  const list = PORTS.join(',');
  const args = `nmap -sS -sV -p ${list} -iL /etc/scan/targets.txt -oX ${day}.xml`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE nmaprun>',
    '<?xml-stylesheet href="file:///usr/bin/../share/nmap/nmap.xsl" type="text/xsl"?>',
    `<!-- Nmap 7.93 scan initiated ${ctime(start)} as: ${args} -->`,
    `<nmaprun scanner="nmap" args="${args}" start="${seconds(start)}" startstr="${ctime(start)}" version="7.93" xmloutputversion="1.05">`,
    `<scaninfo type="syn" protocol="tcp" numservices="${PORTS.length}" services="${list}"/>`,
    '<verbose level="0"/>',
    '<debugging level="0"/>',
    '',
  ].join('\n');
}

function hostBlock(host: Host, day: Day, start: number, chance: Chance): string {
  const open = openPorts(host, day);
  const ports = PORTS.map((port) => (open.has(port) ? openPortText(port) : closedPortText(port))).join('\n');
  return [
    `<host starttime="${seconds(start)}" endtime="${seconds(start + 21_000)}"><status state="up" reason="echo-reply" reason_ttl="63"/>`,
    `<address addr="${host.address}" addrtype="ipv4"/>`,
    '<hostnames>',
    `<hostname name="${host.system}" type="PTR"/>`,
    '</hostnames>',
    `<ports>${ports}`,
    '</ports>',
    `<times srtt="${chance.between(180, 900)}" rttvar="${chance.between(40, 300)}" to="100000"/>`,
    '</host>',
    '',
  ].join('\n');
}

/** What is open on a host on a day: what is authorised and in use, and what was planted. */
function openPorts({ system, role }: Host, day: Day): ReadonlySet<number> {
  const open = new Set<number>();
  for (const { systemOrRole, port } of authorizedPorts) {
    const isOpen = systemOrRole !== openedByChange.system || day >= openedByChange.firstDay;
    if (isOpen && ['*', role, system].includes(systemOrRole)) open.add(port);
  }
  const { unauthorisedPort: extra } = planted;
  if (system === extra.system && day >= extra.days[0] && day <= extra.days[1]) open.add(extra.port);
  return open;
}

function openPortText(port: number): string {
  const { name, detected, cpe } = serviceOf.get(port)!;
  const found = `<service name="${name}"${detected} method="probed" conf="10">${cpe}</service>`;
  return `<port protocol="tcp" portid="${port}"><state state="open" reason="syn-ack" reason_ttl="63"/>${found}</port>`;
}

function closedPortText(port: number): string {
  const known = `<service name="${serviceOf.get(port)!.name}" method="table" conf="3"/>`;
  return `<port protocol="tcp" portid="${port}"><state state="closed" reason="reset" reason_ttl="63"/>${known}</port>`;
}

function footOf(start: number, end: number, count: number): string {
  const elapsed = ((end - start) / 1000).toFixed(2);
  const summary = `Nmap done at ${ctime(end)}; ${count} IP addresses (${count} hosts up) scanned in ${elapsed} seconds`;
  const finished = `<finished time="${seconds(end)}" timestr="${ctime(end)}" summary="${summary}" elapsed="${elapsed}" exit="success"/>`;
  return `<runstats>${finished}<hosts up="${count}" down="0" total="${count}"/>\n</runstats>\n</nmaprun>\n`;
}

const seconds = (at: number): number => Math.floor(at / 1000);
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Thu Jan  1 04:15:02 2026`, by the wall clock of the machine that scans. */
function ctime(at: number): string {
  const wall = new Date(Number(wallClockMicros(BigInt(at) * 1000n, auditedWindow.zone) / 1000n));
  const day = String(wall.getUTCDate()).padStart(2);
  const time = wall.toISOString().slice(11, 19);
  return `${WEEKDAYS[wall.getUTCDay()]} ${MONTHS[wall.getUTCMonth()]} ${day} ${time} ${wall.getUTCFullYear()}`;
}
