import { basename } from 'node:path';
import { z } from 'zod';
import { nmap as format } from '../../../engine/formats/nmap/nmap.ts';
import type { CollectedRow } from '../../engine/formats/collect-rows.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { asNumber, asText, secondsAsMicros } from '../normal.ts';
import { oraclesBeside } from '../oracles.ts';
import { memberAt, readEvidence } from '../reading.ts';

/** nmap's XML: its other two outputs of the same scan, jc, and DefectDojo. */
export const nmap: Adapter = {
  folders: ['nmap'],
  compare: (folder) =>
    Promise.resolve([
      ...compareGreppable(folder),
      ...compareNormal(folder),
      ...compareJc(folder),
      ...compareDefectDojo(folder),
    ]),
};

const beside = (folder: CorpusFolder, ending: RegExp) => oraclesBeside(folder, ending, (stem) => [`${stem}.xml`]);

function portsOf(folder: CorpusFolder, file: string): readonly CollectedRow[] {
  return readEvidence(format, folder, file).all.rows('open_ports');
}

interface Port {
  readonly address?: string;
  readonly system?: string;
  readonly port: number;
  readonly protocol: string;
  readonly state: string;
  readonly service: string;
  readonly version: string;
}

function comparePorts(count: FieldCount, ours: readonly CollectedRow[], theirs: readonly Port[]): Comparison {
  count.field(0, 'ports', ours.length, theirs.length);
  theirs.forEach(({ version, service, ...port }, index) => {
    count.record();
    const row = ours[index];
    for (const [name, value] of Object.entries(port)) count.field(index + 1, name, row?.[name], asText(value));
    // A question mark stands behind a service that was guessed; TLS before one that was found within it.
    count.field(index + 1, 'service', row?.['service'], asText(service.replace(/^ssl[|/]/, '').replace(/\?$/, '')));
    const found = [row?.['product'], row?.['version']].filter(Boolean).join(' ');
    // Both outputs add what else was found out, in parentheses.
    count.field(index + 1, 'version', asText(found), asText(version.replace(/ ?\([^()]*\)$/, '')));
  });
  return count.result();
}

/** `X.gnmap` beside `X.xml`. */
function compareGreppable(folder: CorpusFolder): readonly Comparison[] {
  return beside(folder, /\.gnmap$/).map(({ file, oracle }) =>
    comparePorts(
      new FieldCount(file, oracle),
      portsOf(folder, file),
      folder.text(oracle).split('\n').flatMap(greppable),
    ),
  );
}

// Host: <address> (<name>)\tPorts: <port>/<state>/<protocol>/<owner>/<service>/<rpc>/<version>/, ...
function greppable(line: string): readonly Port[] {
  const [, address = '', system = '', list = ''] = /^Host: (\S+) \((.*?)\)\tPorts: ([^\t]*)/.exec(line) ?? [];
  const entries = list === '' ? [] : list.split(/, (?=\d+\/)/);
  return entries.map((entry) => {
    const [number, state = '', protocol = '', , service = '', , version = ''] = entry.split('/');
    return { address, system, port: Number(number), state, protocol, service: service.replace('|', '/'), version };
  });
}

/** What nmap prints for people, `X.txt` or `X.nmap` beside `X.xml`. */
function compareNormal(folder: CorpusFolder): readonly Comparison[] {
  return beside(folder, /(?<!\.openssl)\.(txt|nmap)$/).map(({ file, oracle }) =>
    comparePorts(new FieldCount(file, oracle), portsOf(folder, file), printedPorts(folder.text(oracle))),
  );
}

// PORT   STATE  SERVICE [REASON] VERSION, in columns below each other.
function printedPorts(text: string): readonly Port[] {
  let versionAt = -1;
  return text.split('\n').flatMap((line) => {
    if (line.startsWith('PORT ')) versionAt = line.indexOf('VERSION');
    const [, port, protocol = '', state = '', service = ''] = /^(\d+)\/(\w+) +(\S+) +(\S+)/.exec(line) ?? [];
    if (port === undefined) return [];
    return [{ port: Number(port), protocol, state, service, version: versionAt < 0 ? '' : line.slice(versionAt) }];
  });
}

/** `X.json` beside `X.xml`: the elements of the XML as jc has them, attributes with an @. */
function compareJc(folder: CorpusFolder): readonly Comparison[] {
  return beside(folder, /(?<!\.expected)\.json$/).flatMap(({ file, oracle }) => {
    const run = memberAt(folder.json(oracle), 'nmaprun');
    return run === undefined ? [] : [compareRun(folder, new FieldCount(file, oracle), file, run)];
  });
}

function compareRun(folder: CorpusFolder, count: FieldCount, file: string, run: unknown): Comparison {
  const { rows } = readEvidence(format, folder, file).all;
  const at = (...path: readonly string[]): unknown => memberAt(run, ...path);
  const scan = rows('scans')[0];
  count.record();
  for (const [column, member] of [
    ['tool', '@scanner'],
    ['version', '@version'],
    ['arguments', '@args'],
  ] as const)
    count.field(1, column, scan?.[column], at(member));
  count.field(1, 'started', scan?.['started'], secondsAsMicros(at('@start')));
  count.field(1, 'finished', scan?.['finished'], secondsAsMicros(at('runstats', 'finished', '@time')));
  count.field(1, 'completed', scan?.['completed'], at('runstats', 'finished', '@exit') === 'success');
  count.field(1, 'scope', scan?.['scope'], list(at('scaninfo')).map(scopeOf).join('; '));
  const hosts = list(at('host'));
  count.field(1, 'hosts', rows('scan_targets').length, hosts.length);
  hosts.forEach((host, index) => compareHost(count, index + 1, rows('scan_targets')[index], host));
  const ports = hosts.flatMap((host) => list(memberAt(host, 'ports', 'port')).map((port) => ({ host, port })));
  count.field(1, 'ports', rows('open_ports').length, ports.length);
  ports.forEach(({ host, port }, index) => compareElement(count, index + 1, rows('open_ports')[index], { host, port }));
  return count.result();
}

/** jc gives one element as an object and several as a list. */
function list(value: unknown): readonly unknown[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}

function scopeOf(scaninfo: unknown): string {
  const [protocol, type, services] = ['@protocol', '@type', '@services'].map((name) => memberAt(scaninfo, name));
  return `${String(protocol)}/${String(type)} ${String(services)}`;
}

function addressOf(host: unknown): unknown {
  const addresses = list(memberAt(host, 'address'));
  const isIp = (address: unknown): boolean => memberAt(address, '@addrtype') !== 'mac';
  return memberAt(addresses.find(isIp) ?? addresses[0], '@addr');
}

/** The name that was scanned, else the one from reverse look-up. */
function nameOf(host: unknown): unknown {
  const names = list(memberAt(host, 'hostnames', 'hostname'));
  return memberAt(names.find((name) => memberAt(name, '@type') === 'user') ?? names[0], '@name');
}

function compareHost(count: FieldCount, at: number, row: CollectedRow | undefined, host: unknown): void {
  count.field(at, 'host.address', row?.['address'], addressOf(host));
  count.field(at, 'host.name', row?.['system'], nameOf(host));
  count.field(at, 'host.state', row?.['state'], memberAt(host, 'status', '@state'));
  count.field(at, 'host.reason', row?.['reason'], memberAt(host, 'status', '@reason'));
  const time = memberAt(host, '@endtime') ?? memberAt(host, '@starttime');
  if (time !== undefined) count.field(at, 'host.time', row?.['time'], secondsAsMicros(time));
}

function compareElement(
  count: FieldCount,
  at: number,
  row: CollectedRow | undefined,
  { host, port }: { host: unknown; port: unknown },
): void {
  count.record();
  count.field(at, 'address', row?.['address'], addressOf(host));
  count.field(at, 'port', row?.['port'], asNumber(memberAt(port, '@portid')));
  count.field(at, 'protocol', row?.['protocol'], memberAt(port, '@protocol'));
  count.field(at, 'state', row?.['state'], memberAt(port, 'state', '@state'));
  for (const [column, member] of [
    ['service', '@name'],
    ['product', '@product'],
    ['version', '@version'],
  ] as const)
    count.field(at, column, row?.[column], memberAt(port, 'service', member));
}

const assertedSchema = z.array(
  z.object({
    file: z.string(),
    expr: z.string().optional(),
    assign: z.string().optional(),
    expected: z.unknown().optional(),
  }),
);
type Asserted = z.infer<typeof assertedSchema>;

/** DefectDojo makes a finding of each open port, in the order of the file: `X.expected.json`, and `X-FILE` or `dd-FILE`. */
function compareDefectDojo(folder: CorpusFolder): readonly Comparison[] {
  return folder.entries
    .filter((entry) => entry.endsWith('.expected.json'))
    .flatMap((oracle) => {
      const asserted = assertedSchema.safeParse(folder.json(oracle)).data ?? [];
      return [...new Set(asserted.map(({ file }) => file))].flatMap((name) => {
        const file = [`dd-${basename(name)}`, basename(name)].find((each) => folder.entries.includes(each));
        const ofFile = asserted.filter((one) => one.file === name);
        return file === undefined ? [] : [compareFindings(folder, new FieldCount(file, oracle), file, ofFile)];
      });
    });
}

function compareFindings(folder: CorpusFolder, count: FieldCount, file: string, asserted: Asserted): Comparison {
  const open = portsOf(folder, file).filter(({ state }) => state === 'open');
  open.forEach(() => count.record());
  let index = 0;
  for (const { expr, assign, expected } of asserted) {
    // finding = findings[3]
    index = Number(/findings\[(\d+)\]/.exec(assign ?? '')?.[1] ?? index);
    if (expr === undefined) continue;
    const ours = findingOf(open, index)[expr];
    if (ours !== 'skip') count.field(index + 1, expr, ours, expected);
  }
  return count.result();
}

function findingOf(open: readonly CollectedRow[], index: number): Readonly<Record<string, unknown>> {
  const row = open[index];
  return {
    'len(findings)': open.length,
    'finding.title': `Open port: ${String(row?.['port'])}/${String(row?.['protocol'])}`,
    'location.host': row?.['system'] ?? row?.['address'],
    'location.port': row?.['port'],
    'location.protocol': row?.['protocol'],
    // How DefectDojo grades and stores what it finds.
    'finding.severity': 'skip',
    'len(self.get_unsaved_locations(finding))': 'skip',
    'len(finding.unsaved_locations)': 'skip',
    'len(finding.unsaved_endpoints)': 'skip',
  };
}
