import { xccdf as format } from '../../../engine/formats/xccdf/xccdf.ts';
import type { CollectedRow } from '../../engine/formats/collect-rows.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { compareFindings } from '../check-findings.ts';
import { asText } from '../normal.ts';
import { readEvidence } from '../reading.ts';

/** Results of XCCDF: what oscap printed of the same run, and DefectDojo. */
export const openscap: Adapter = {
  folders: ['openscap', 'xccdf'],
  compare: (folder) => Promise.resolve([...comparePrinted(folder), ...compareDefectDojo(folder)]),
};

const XML = /\.xml(?:\.gz)?$/;

function checksOf(folder: CorpusFolder, file: string): readonly CollectedRow[] {
  return readEvidence(format, folder, file).all.rows('config_checks');
}

interface Printed {
  readonly title: string;
  readonly rule: string;
  readonly result: string;
}

/** Title, rule and result of each rule, with tabs after the names; on a terminal a carriage return stands before them. */
function printedIn(text: string): readonly Printed[] {
  const blocks = text.replaceAll('\r', '').matchAll(/^Title\t(.*)\nRule\t(.*)\n(?:(?!Title\t).*\n)*?Result\t(.*)$/gm);
  return [...blocks].map(([, title = '', rule = '', result = '']) => ({ title, rule, result }));
}

/** The output of oscap beside the results that it wrote: those that speak of the same rules. */
function comparePrinted(folder: CorpusFolder): readonly Comparison[] {
  const outputs = folder.entries
    .filter((entry) => entry.endsWith('.txt'))
    .map((oracle) => ({ oracle, printed: printedIn(folder.text(oracle)) }))
    .filter(({ printed }) => printed.length > 0);
  return folder.entries
    .filter((entry) => XML.test(entry))
    .flatMap((file) => {
      const looked = checksOf(folder, file).filter(({ status_text }) => status_text !== 'notselected');
      const rules = new Set(looked.map(({ rule_id }) => rule_id));
      return outputs
        .filter(({ oracle, printed }) =>
          rules.size === 0 ? firstPart(oracle) === firstPart(file) : printed.some(({ rule }) => rules.has(rule)),
        )
        .map(({ oracle, printed }) => compareRules(new FieldCount(file, oracle), looked, printed));
    });
}

/** A file of which nothing can be read goes with what is called alike: `gen-results.xml` and `gen-stdout.txt`. */
function firstPart(name: string): string {
  return name.split('-', 1)[0]!;
}

function compareRules(count: FieldCount, ours: readonly CollectedRow[], theirs: readonly Printed[]): Comparison {
  count.field(0, 'rules', ours.length, theirs.length);
  theirs.forEach(({ title, rule, result }, index) => {
    count.record();
    const row = ours[index];
    count.field(index + 1, 'rule', row?.['rule_id'], rule);
    count.field(index + 1, 'title', row?.['title'], asText(title.trim()));
    count.field(index + 1, 'result', row?.['status_text'], result.trim());
  });
  return count.result();
}

/** DefectDojo makes a finding of each failed rule; its places are the names and addresses of the target. */
function compareDefectDojo(folder: CorpusFolder): readonly Comparison[] {
  let targets: readonly string[] = [];
  const findings = (file: string): readonly CollectedRow[] => {
    const read = readEvidence(format, folder, file).all;
    targets = (read.rows('scans')[0]?.['targets'] ?? []) as readonly string[];
    return read.rows('config_checks').filter(({ status }) => status === 'fail');
  };
  return compareFindings(folder, findings, (rows, index) => {
    const row = rows[index];
    const ids = (row?.['detail'] as string | undefined)?.split('\n').filter((line) => /^CVE-/.test(line)) ?? [];
    const hosts = targets.map((host, at) => [`self.get_unsaved_locations(finding)[${at}].host`, host] as const);
    return {
      'len(findings)': rows.length,
      'finding.title': row?.['title'],
      'finding.unique_id_from_tool': row?.['rule_id'],
      'len(finding.unsaved_vulnerability_ids)': ids.length,
      'finding.unsaved_vulnerability_ids[0]': ids[0],
      'len(self.get_unsaved_locations(finding))': targets.length,
      ...Object.fromEntries(hosts),
    };
  });
}
