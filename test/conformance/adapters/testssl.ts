import { testssl as format } from '../../../engine/formats/testssl/testssl.ts';
import type { CollectedRow } from '../../engine/formats/collect-rows.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { assertedFiles, dojoSeverity } from '../defect-dojo.ts';
import { asNumber, asText } from '../normal.ts';
import { oraclesBeside } from '../oracles.ts';
import { readEvidence, type Reading } from '../reading.ts';

/** testssl's JSON, flat and pretty: its CSV of the same scan; its CSV: DefectDojo. */
export const testssl: Adapter = {
  folders: ['testssl'],
  compare: (folder) => Promise.resolve([...compareCsv(folder), ...compareDefectDojo(folder)]),
};

// Flat files have no time; a test has to say one.
const takenAt = 1_700_000_000_000_000n;

function read(folder: CorpusFolder, file: string): Reading {
  return readEvidence(format, folder, file, { takenAt });
}

/** Quoted fields, as testssl writes them: no quote and no line end in one. */
function csvRows(text: string): readonly Readonly<Record<string, string>>[] {
  const [header = [], ...rows] = text
    .split('\n')
    .filter((line) => line.startsWith('"'))
    .map((line) => line.replace(/^"|"\r?$/g, '').split('","'));
  return rows.map((fields) => Object.fromEntries(header.map((name, i) => [name, fields[i] ?? ''])));
}

function compareCsv(folder: CorpusFolder): readonly Comparison[] {
  return oraclesBeside(folder, /\.csv$/, (stem) => [`${stem}.json`]).map(({ file, oracle }) => {
    const count = new FieldCount(file, oracle);
    const { rows } = read(folder, file).all;
    const isPretty = folder.text(file).includes('"scanResult"');
    // In the pretty form the service is a member of the endpoint, and in CSV there is no time that the scan took.
    const theirs = csvRows(folder.text(oracle)).filter(({ id }) => !isPretty || id !== 'service');
    const ours = rows('config_checks').filter(({ rule_id }) => rule_id !== 'scanTime');
    count.field(0, 'findings', ours.length, theirs.length);
    theirs.forEach((row, index) => compareFinding(count, index + 1, ours[index], row));
    return count.result();
  });
}

function compareFinding(
  count: FieldCount,
  at: number,
  row: CollectedRow | undefined,
  theirs: Readonly<Record<string, string>>,
): void {
  count.record();
  count.field(at, 'id', row?.['rule_id'], theirs['id']);
  count.field(at, 'severity', row?.['status_text'], theirs['severity']);
  const { finding = '', cve, cwe } = theirs;
  const detail = finding.trim() + (cve ? ` [${cve}]` : '') + (cwe ? ` [${cwe}]` : '');
  count.field(at, 'detail', asText(String(row?.['detail'] ?? '')), asText(detail));
  const address = theirs['fqdn/ip']?.split('/').at(-1);
  // Problems of the scanner itself are about no endpoint.
  if (address) count.field(at, 'endpoint', row?.['resource'], `${address}:${theirs['port']}`);
}

/**
 * DefectDojo makes a finding of each one that is not OK, once for each CVE that it names; of findings with the same
 * words on several endpoints it makes one. Ratings are none.
 */
function dojoFindings(rows: readonly CollectedRow[]): readonly CollectedRow[] {
  const found = new Map<string, CollectedRow>();
  for (const row of rows) {
    if (row['status_text'] === 'OK' || dojoSkips.test(String(row['rule_id']))) continue;
    const detail = String(row['detail']);
    for (const cve of /\[(CVE-[^\]]*)\]/.exec(detail)?.[1]?.split(' ') ?? [''])
      found.set(
        JSON.stringify([cve, row['rule_id'], detail]),
        found.get(JSON.stringify([cve, row['rule_id'], detail])) ?? row,
      );
  }
  return [...found.values()];
}

const dojoSkips = /^(?:rating_|.*_score(?:_weighted)?$|overall_grade$|grade_cap_reason_)/;

function compareDefectDojo(folder: CorpusFolder): readonly Comparison[] {
  return assertedFiles(folder).map(({ file, oracle, assertions }) => {
    const count = new FieldCount(file, oracle);
    const findings = dojoFindings(read(folder, file).all.rows('config_checks'));
    findings.forEach(() => count.record());
    for (const { index, expr, expected } of assertions) {
      const row = findings[index];
      const detail = String(row?.['detail']);
      if (expr === 'len(findings)') count.field(0, expr, findings.length, expected);
      if (expr === 'finding.severity') count.field(index + 1, expr, dojoSeverity(row?.['severity']), expected);
      if (expr === 'finding.cwe') count.field(index + 1, expr, asNumber(/\[CWE-(\d+)\]/.exec(detail)?.[1]), expected);
      if (/^finding\.unsaved_vulnerability_ids\[\d\]$/.test(expr))
        count.field(index + 1, expr, /\[(CVE-[\d-]+)\]/.exec(detail)?.[1], expected);
    }
    return count.result();
  });
}
