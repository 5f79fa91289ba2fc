import { kubeBench as format } from '../../../engine/formats/kube-bench/kube-bench.ts';
import type { CollectedRow } from '../../engine/formats/collect-rows.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { compareFindings } from '../check-findings.ts';
import { readEvidence } from '../reading.ts';

/** Results of kube-bench: the totals that it writes itself, and DefectDojo. */
export const kubeBench: Adapter = {
  folders: ['kube-bench'],
  compare: (folder) => Promise.resolve([...compareTotals(folder), ...compareDefectDojo(folder)]),
};

/** The files have no time; any will do for what is compared. */
const given = { takenAt: 1_772_359_200_000_000n };

function checksOf(folder: CorpusFolder, file: string): readonly CollectedRow[] {
  return readEvidence(format, folder, file, given).all.rows('config_checks');
}

/** Each group of controls says how many of its results passed, failed, ... */
function compareTotals(folder: CorpusFolder): readonly Comparison[] {
  return folder.entries
    .filter((entry) => /\.json(?:\.gz)?$/.test(entry) && folder.text(entry).includes('"node_type"'))
    .map((file) => {
      const count = new FieldCount(file, file);
      const { all } = readEvidence(format, folder, file, given);
      const checks = all.rows('config_checks');
      checks.forEach(() => count.record());
      for (const word of ['pass', 'fail', 'warn', 'info']) {
        const ours = checks.filter(({ status_text }) => String(status_text).toLowerCase() === word).length;
        count.field(0, `total_${word}`, ours, totalIn(folder.text(file), word));
      }
      count.field(0, 'rejects', all.rejects.length, 0);
      return count.result();
    });
}

/** The sum of the totals of the groups; newer versions add one of all of them after `Totals`. */
function totalIn(text: string, word: string): number {
  const [groups = ''] = text.split('"Totals"');
  const totals = groups.matchAll(new RegExp(`"total_${word}"\\s*:\\s*(\\d+)`, 'g'));
  return [...totals].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** DefectDojo makes a finding of each FAIL, and of each WARN but tests that are marked as manual. */
function compareDefectDojo(folder: CorpusFolder): readonly Comparison[] {
  const findings = (file: string): readonly CollectedRow[] =>
    checksOf(folder, file).filter(
      ({ status_text, detail }) =>
        status_text === 'FAIL' ||
        (status_text === 'WARN' && !String(detail).includes('reason: Test marked as a manual test')),
    );
  return compareFindings(folder, findings, (rows, index) => ({
    'len(findings)': rows.length,
    'finding.title': `${String(rows[index]?.['rule_id'])} - ${String(rows[index]?.['title'])}`,
    'finding.vuln_id_from_tool': rows[index]?.['rule_id'],
  }));
}
