import { nessus as format } from '../../../engine/formats/nessus/nessus.ts';
import type { CollectedRow } from '../../engine/formats/collect-rows.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { assertedFiles, dojoSeverity, type AssertedFile } from '../defect-dojo.ts';
import { asText } from '../normal.ts';
import { readEvidence } from '../reading.ts';

const takenAt = BigInt(Date.UTC(2026, 0, 1)) * 1000n;

/** Exports of Nessus: what DefectDojo makes of them, and the attributes of every item as they are written. */
export const nessus: Adapter = {
  folders: ['nessus'],
  compare: (folder) =>
    Promise.resolve([
      ...assertedFiles(folder).map((asserted) => compareDojo(folder, asserted)),
      ...folder.entries
        .filter((entry) => /\.(xml|nessus)(\.gz)?$/.test(entry))
        .map((file) => compareItems(folder, file)),
    ]),
};

/**
 * DefectDojo has one finding for all results of a plugin with the same severity, in tables with the same port as well; a
 * row here is one CVE of one result. Ports that were found by a port scanner are one finding there.
 */
function compareDojo(folder: CorpusFolder, { file, oracle, assertions }: AssertedFile): Comparison {
  const count = new FieldCount(file, oracle);
  const findings = new Map<string, CollectedRow[]>();
  const { all } = readEvidence(format, folder, file, { takenAt });
  const told = new Set(all.rows('vulnerabilities').map(({ record }) => record));
  const ports = all.rows('open_ports').filter(({ record }) => !told.has(record));
  for (const row of [...all.rows('vulnerabilities'), ...ports].sort((a, b) => a.record - b.record)) {
    count.record();
    const key = [row['severity'], row['title'], file.endsWith('.csv') ? row['port'] : ''].join(' ');
    findings.set(key, [...(findings.get(key) ?? []), row]);
  }
  const listed = [...findings.values()];
  for (const { index, expr, expected } of assertions) {
    const ours = findingOf(listed[index], listed.length)[expr];
    if (ours !== undefined) count.field(index + 1, expr, ours, asText(expected));
  }
  return count.result();
}

function findingOf(rows: readonly CollectedRow[] | undefined, findings: number): Readonly<Record<string, unknown>> {
  const row = rows?.[0];
  const ids = [...new Set(rows?.map((each) => String(each['vulnerability_id'])) ?? [])].filter((id) =>
    /^CVE-/.test(id),
  );
  return {
    'len(findings)': findings,
    'finding.severity': dojoSeverity(row?.['severity']),
    'finding.title': row?.['title'],
    'finding.component_name': row?.['package'],
    'len(finding.unsaved_vulnerability_ids)': ids.length,
    'finding.unsaved_vulnerability_ids[0]': ids[0],
    'finding.unsaved_vulnerability_ids[1]': ids[1],
    'self.get_unsaved_locations(finding)[0].host': row?.['system'] ?? row?.['address'],
    // DefectDojo puts CVSS:3.0 before the temporal vector; here it is as in the file.
    'finding.cvssv3': row === undefined ? undefined : `CVSS:3.0/${String(row['cvss_vector'])}`,
  };
}

const ITEM = /<ReportItem\s([^>]*)>(.*?)<\/ReportItem>/gs;

/** Attributes and CVEs of every item, found with regular expressions in the text. */
function compareItems(folder: CorpusFolder, file: string): Comparison {
  const count = new FieldCount(file, 'regular expressions');
  const items = [...folder.text(file).matchAll(ITEM)];
  const { all } = readEvidence(format, folder, file, { takenAt });
  const rows = new Map<number, CollectedRow[]>();
  for (const row of [...all.rows('vulnerabilities'), ...all.rows('open_ports')])
    rows.set(row.record, [...(rows.get(row.record) ?? []), row]);
  const ours = [...rows.entries()].sort(([a], [b]) => a - b).map(([, found]) => found);
  count.field(0, 'items', ours.length, items.length);
  items.forEach(([, tag = '', inside = ''], i) => {
    count.record();
    const attribute = (name: string): string => unescaped(new RegExp(`${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
    const row = ours[i]?.find((each) => each['vulnerability_id'] !== undefined);
    if (row === undefined) return count.field(i + 1, 'port', ours[i]?.[0]?.['port'], Number(attribute('port')));
    const cves = [...inside.matchAll(/<cve>([^<]*)<\/cve>/g)].map(([, cve]) => cve!);
    const ids = ours[i]!.flatMap((each) => (each['vulnerability_id'] === undefined ? [] : [each['vulnerability_id']]));
    count.field(i + 1, 'ids', ids, cves.length === 0 ? [attribute('pluginID')] : cves);
    count.field(i + 1, 'pluginName', row['title'], attribute('pluginName'));
    count.field(
      i + 1,
      'severity',
      row['severity'],
      ['info', 'low', 'medium', 'high', 'critical'][Number(attribute('severity'))],
    );
    count.field(i + 1, 'port', row['port'] ?? 0, Number(attribute('port')));
  });
  return count.result();
}

function unescaped(text: string): string {
  const names: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
  return text.replace(/&(lt|gt|amp|quot|apos);/g, (_, name: string) => names[name]!);
}
