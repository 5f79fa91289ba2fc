import { sslscan as format } from '../../../engine/formats/sslscan/sslscan.ts';
import type { CollectedRow } from '../../engine/formats/collect-rows.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { assertedFiles } from '../defect-dojo.ts';
import { asNumber } from '../normal.ts';
import { oraclesBeside } from '../oracles.ts';
import { readEvidence, type Reading } from '../reading.ts';

/** sslscan's XML: what the terminal showed of the same scan, and DefectDojo. */
export const sslscan: Adapter = {
  folders: ['sslscan'],
  compare: (folder) => Promise.resolve([...compareShown(folder), ...compareDefectDojo(folder)]),
};

// The file has no time; a test has to say one.
const takenAt = 1_700_000_000_000_000n;
const COLOURS = /\u001b\[[\d;]*m/g;

function read(folder: CorpusFolder, file: string): Reading {
  return readEvidence(format, folder, file, { takenAt });
}

function compareShown(folder: CorpusFolder): readonly Comparison[] {
  return oraclesBeside(folder, /\.txt$/, (stem) => [`${stem}.xml`]).map(({ file, oracle }) => {
    const count = new FieldCount(file, oracle);
    const text = folder.text(oracle).replace(COLOURS, '');
    const { rows } = read(folder, file).all;
    const first = (pattern: RegExp): string | undefined => pattern.exec(text)?.[1]?.trim();
    count.field(0, 'version', rows('scans')[0]?.['version'], first(/^Version: (\S+)/m));
    count.field(0, 'port', rows('open_ports')[0]?.['port'], asNumber(first(/^Testing SSL server \S+ on port (\d+)/m)));
    compareVersions(count, rows('config_checks'), text);
    compareSuites(count, rows('tls_endpoints'), text);
    compareCertificate(count, rows('certificates')[0], first);
    return count.result();
  });
}

function compareVersions(count: FieldCount, checks: readonly CollectedRow[], text: string): void {
  for (const [, version, shown] of text.matchAll(/^((?:SSL|TLS)v[\d.]+) +(enabled|disabled) *$/gm)) {
    count.record();
    const check = checks.find(({ title }) => title === `protocol ${version}`);
    count.field(0, `protocol ${version}`, check?.['status_text'], shown);
  }
  for (const [, version, shown] of text.matchAll(/^((?:SSL|TLS)v[\d.]+) (not vulnerable|vulnerable) to heartbleed/gm)) {
    const check = checks.find(({ title }) => title === `heartbleed ${version}`);
    count.field(0, `heartbleed ${version}`, check?.['status_text'], shown);
  }
}

function compareSuites(count: FieldCount, ours: readonly CollectedRow[], text: string): void {
  const theirs = [...text.matchAll(/^(?:Preferred|Accepted) +(\S+) +\S+ bits +(\S+)/gm)];
  count.field(0, 'suites', ours.filter(({ cipher }) => cipher !== undefined).length, theirs.length);
  theirs.forEach(([, version, cipher], index) => {
    count.record();
    count.field(index + 1, 'tls_version', ours[index]?.['tls_version'], version);
    count.field(index + 1, 'cipher', ours[index]?.['cipher'], cipher);
  });
}

function compareCertificate(
  count: FieldCount,
  row: CollectedRow | undefined,
  first: (pattern: RegExp) => string | undefined,
): void {
  const micros = (text: string | undefined): bigint | undefined =>
    text === undefined ? undefined : BigInt(Date.parse(text)) * 1000n;
  count.record();
  count.field(0, 'subject', row?.['subject'], first(/^ {4}Subject: (.*)$/m) ?? first(/^Subject: +(.*)$/m));
  count.field(0, 'issuer', row?.['issuer'], first(/^ {4}Issuer: (.*)$/m) ?? first(/^Issuer: +(.*)$/m));
  count.field(0, 'serial', row?.['serial'], first(/^ {4}Serial Number: (.*)$/m)?.replaceAll(':', ''));
  count.field(0, 'signature', row?.['signature'], first(/^Signature Algorithm: (\S+)/m));
  count.field(0, 'key_bits', row?.['key_bits'], asNumber(first(/^\w+ Key Strength: +(\d+)/m)));
  count.field(0, 'not_before', row?.['not_before'], micros(first(/^Not valid before: (.*)$/m)));
  count.field(0, 'not_after', row?.['not_after'], micros(first(/^Not valid after: +(.*)$/m)));
}

/** DefectDojo makes a finding of each heartbleed and each suite that is neither acceptable nor strong. */
function compareDefectDojo(folder: CorpusFolder): readonly Comparison[] {
  return assertedFiles(folder).map(({ file, oracle, assertions }) => {
    const count = new FieldCount(file, oracle);
    const { rows } = read(folder, file).all;
    // It counts a suite that was not accepted as well; that is a check here, with the attributes as its detail.
    const grades = [
      ...rows('tls_endpoints').map(({ strength }) => strength),
      ...rows('config_checks')
        .filter(({ rule_id }) => rule_id === 'cipher')
        .map(({ detail }) => /strength="([^"]*)"/.exec(String(detail))?.[1]),
    ];
    const weak = grades.filter((grade) => grade !== 'acceptable' && grade !== 'strong');
    const found = rows('vulnerabilities').length + weak.length;
    count.record();
    for (const { expr, expected } of assertions) if (expr === 'len(findings)') count.field(0, expr, found, expected);
    return count.result();
  });
}
