import { grype as format } from '../../../engine/formats/grype/grype.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { assertedFiles, type AssertedFile } from '../defect-dojo.ts';
import { asText } from '../normal.ts';
import { memberAt, readEvidence } from '../reading.ts';

/** Most reports of tests have no time of their own. */
const takenAt = BigInt(Date.UTC(2026, 0, 1)) * 1000n;

/** Reports of grype: what DefectDojo makes of them, and what JSON.parse gives. */
export const grype: Adapter = {
  folders: ['grype'],
  compare: (folder) =>
    Promise.resolve([
      ...assertedFiles(folder).map((asserted) => compareDojo(folder, asserted)),
      ...folder.entries
        .filter((entry) => /(?<!expected)\.json(\.gz)?$/.test(entry))
        .map((file) => comparePlain(folder, file)),
    ]),
};

function compareDojo(folder: CorpusFolder, { file, oracle, assertions }: AssertedFile): Comparison {
  const count = new FieldCount(file, oracle);
  const rows = readEvidence(format, folder, file, { takenAt }).all.rows('vulnerabilities');
  rows.forEach(() => count.record());
  // A finding is a match; a match that has several CVEs is several rows.
  const matches = [...new Map(rows.map((row) => [row.record, row])).values()];
  for (const { index, expr, expected } of assertions) {
    const row = matches[index];
    if (expr === 'len(findings)') count.field(0, expr, matches.length, expected);
    else if (expr === 'finding.fix_available') count.field(index + 1, expr, row?.['fixed'] !== undefined, expected);
    else if (expr === 'finding.fix_version') count.field(index + 1, expr, row?.['fixed'], asText(expected));
  }
  return count.result();
}

/** Every match of a file as JSON.parse gives it, in its order. */
function comparePlain(folder: CorpusFolder, file: string): Comparison {
  const count = new FieldCount(file, 'JSON.parse');
  const report = parsed(folder.text(file));
  const theirs = ['matches', 'ignoredMatches'].flatMap(
    (name) => (memberAt(report, name) as unknown[] | undefined) ?? [],
  );
  const { all } = readEvidence(format, folder, file, { takenAt });
  const rows = all.rows('vulnerabilities');
  const matches = [...new Map(rows.map((row) => [row.record, row])).values()];
  count.field(0, 'matches', matches.length, theirs.length);
  theirs.forEach((match, i) => {
    count.record();
    const row = matches[i];
    const ids = [row?.['vulnerability_id'], ...((row?.['aliases'] as string[] | undefined) ?? [])];
    const id = memberAt(match, 'vulnerability', 'id');
    count.field(i + 1, 'id', ids.includes(id) ? id : ids.join(' '), id);
    const compare = (column: string, ...names: string[]): void =>
      count.field(i + 1, names.join('.'), row?.[column], asText(memberAt(match, ...names)));
    compare('package', 'artifact', 'name');
    compare('installed', 'artifact', 'version');
    count.field(i + 1, 'severity', row?.['severity'], lower(memberAt(match, 'vulnerability', 'severity')));
  });
  return count.result();
}

function lower(value: unknown): string | undefined {
  return typeof value === 'string' ? value.toLowerCase() : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
