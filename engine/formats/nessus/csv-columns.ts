/** Columns of the tables that Nessus, Tenable Security Center and Tenable Vulnerability Management export. */
import { plainName } from '../framing/csv-table.ts';

/** Names in lower case without spaces and signs, the one to prefer first. */
const names = {
  plugin: ['pluginid', 'plugin', 'definitionid'],
  name: ['name', 'pluginname', 'definitionname'],
  family: ['family', 'pluginfamily', 'definitionfamily'],
  cve: ['cve', 'definitioncve', 'cves'],
  risk: ['severity', 'risk', 'riskfactor'],
  address: ['ipaddress', 'ipv4address', 'assetdisplayipv4address', 'assetipv4addresses', 'hostip', 'ip', 'assetipv4'],
  host: ['host', 'hostname', 'dnsname', 'fqdn', 'assetfqdn', 'assetname', 'assethostname', 'netbiosname'],
  otherName: ['dnsname', 'fqdn', 'hostfqdn', 'assetfqdn', 'netbiosname', 'assetnetbiosname'],
  hardware: ['macaddress'],
  protocol: ['protocol'],
  port: ['port'],
  output: ['pluginoutput', 'plugintext', 'output'],
  description: ['description', 'definitiondescription'],
  cpe: ['cpe', 'definitioncpe'],
  cvss4: ['cvssv40basescore', 'cvssv4basescore', 'cvss4basescore', 'definitioncvss4basescore'],
  cvss4Vector: ['cvssv40vector', 'cvssv4vector', 'cvss4vector', 'definitioncvss4basevector'],
  cvss3: ['cvssv30basescore', 'cvssv3basescore', 'cvss3basescore', 'definitioncvss3basescore'],
  cvss3Vector: ['cvssv30vector', 'cvssv3vector', 'cvss3vector', 'definitioncvss3basevector'],
  cvss2: ['cvssv20basescore', 'cvssv2basescore', 'cvss2basescore', 'definitioncvss2basescore', 'cvssbasescore', 'cvss'],
  cvss2Vector: ['cvssv20vector', 'cvssv2vector', 'cvss2vector', 'definitioncvss2basevector', 'cvssvector'],
  bugs: ['bid', 'definitionbid'],
  references: ['xref', 'crossreferences', 'xrefs', 'mskb'],
  time: ['lastobserved', 'lastseen', 'lastfound', 'hostend', 'hostendtimestamp', 'hoststart', 'hoststarttimestamp'],
  state: ['vulnerabilitystate', 'vulnstate', 'state'],
  accepted: ['acceptriskcomment'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type CsvColumn = keyof typeof names;

/** Which fields of a row hold a column, in order of preference. */
export type CsvPlaces = Readonly<Record<CsvColumn, readonly number[]>>;

export function placesOf(header: readonly string[]): CsvPlaces {
  const plain = header.map(plainName);
  const places = Object.entries(names).map(([column, wanted]) => [
    column,
    wanted.flatMap((name) => plain.flatMap((each, i) => (each === name ? [i] : []))),
  ]);
  return Object.fromEntries(places) as CsvPlaces;
}

/** Columns without which a table is none of findings. */
export const neededColumns: readonly (readonly CsvColumn[])[] = [['plugin'], ['name'], ['risk'], ['host', 'address']];

/** What the table lacks, in words. */
export function missingColumns(places: CsvPlaces): readonly string[] {
  return neededColumns
    .filter((some) => some.every((column) => places[column].length === 0))
    .map((some) => some.join(' or '));
}
