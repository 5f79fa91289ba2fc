/** go-libaudit: every record of a log (`X.golden.json` of X), and the events of test cases (`X.golden.json` of X.yaml). */
import { parse } from 'yaml';
import { z } from 'zod';
import { auditd } from '../../../../engine/formats/auditd/auditd.ts';
import { collectRows, type CollectedRow } from '../../../engine/formats/collect-rows.ts';
import { FieldCount, type Comparison, type CorpusFolder } from '../../adapter.ts';
import { asMicros } from '../../normal.ts';
import { oraclesBeside } from '../../oracles.ts';
import { readEvidence } from '../../reading.ts';
import { compareCoalesced, coalescedSchema } from './coalesced.ts';
import { fieldsOf, type Fields } from './fields.ts';
import { exitNumber, label, machineNumber, socketWords } from './words.ts';

const recordSchema = z.object({
  '@timestamp': z.string(),
  record_type: z.string(),
  sequence: z.number(),
  data: z.record(z.string(), z.string()).nullish(),
  keys: z.array(z.string()).nullish(),
});
type GoldenRecord = z.infer<typeof recordSchema>;

export function compareGolden(folder: CorpusFolder): readonly Comparison[] {
  return oraclesBeside(folder, /\.golden\.json$/, (stem) => [stem, `${stem}.log`, `${stem}.yaml`]).map(
    ({ file, oracle }) => {
      const count = new FieldCount(file, oracle);
      if (file.endsWith('.yaml')) compareCases(folder.text(file), folder.json(oracle), count);
      else compareRecords(readEvidence(auditd, folder, file).all, folder.json(oracle), count);
      return count.result();
    },
  );
}

function compareRecords(
  { rows, rejects }: { rows: (table: 'auditd_records') => readonly CollectedRow[]; rejects: readonly unknown[] },
  golden: unknown,
  count: FieldCount,
): void {
  // A line that cannot be read is null, or a record without data.
  const theirs = z.array(z.unknown()).parse(golden);
  const readable = theirs.flatMap((one) => {
    const parsed = recordSchema.safeParse(one);
    return parsed.success && parsed.data.data ? [parsed.data] : [];
  });
  const ours = rows('auditd_records');
  count.field(0, 'records', ours.length, readable.length);
  count.field(0, 'rejects', rejects.length, theirs.length - readable.length);
  readable.forEach((one, index) => {
    count.record();
    compareRecord(count, index + 1, ours[index], one);
  });
}

function compareRecord(count: FieldCount, at: number, row: CollectedRow | undefined, theirs: GoldenRecord): void {
  count.field(at, 'record_type', row?.['type'], theirs.record_type.toUpperCase());
  count.field(at, 'sequence', row?.['serial'], theirs.sequence);
  count.field(at, '@timestamp', row?.['time'], asMicros(theirs['@timestamp']));
  const [mine, words] = [comparable(row), inOurWords(theirs)];
  for (const name of new Set([...Object.keys(mine), ...Object.keys(words)]))
    count.field(at, `data.${name}`, mine[name], words[name]);
}

/** Ours without what theirs leaves out: what stands for nothing, the words, and what is kept a second time. */
function comparable(row: CollectedRow | undefined): Fields {
  const left = ['type', 'serial', 'node', 'res', 'text', 'saddr', 'arch', 'syscall'];
  const kept = Object.entries(fieldsOf(row)).filter(
    ([name, value]) => !left.includes(name) && !['', '?'].includes(value),
  );
  return { ...Object.fromEntries(kept), ...(row?.['arch'] ? { arch: String(row['arch']) } : {}) };
}

function inOurWords({ record_type, data, keys }: GoldenRecord): Fields {
  const { result, subj_user, subj_role, subj_domain, subj_level, subj_category, ...rest } = data ?? {};
  const { obj_user, obj_role, obj_domain, obj_level, obj_category, ...fields } = rest;
  const found: Record<string, string | undefined> = { ...fields };
  found['subj'] ??= label([subj_user, subj_role, subj_domain, subj_level, subj_category]);
  found['obj'] ??= label([obj_user, obj_role, obj_domain, obj_level, obj_category]);
  if (keys) found['key'] = keys.join(',');
  if (result) found['success'] = String(result === 'success');
  for (const id of ['auid', 'ses']) if (found[id] === 'unset') delete found[id];
  if (found['old-auid'] === 'unset') found['old-auid'] = '4294967295';
  if (found['exit']) found['exit'] = exitNumber(found['exit']);
  if (found['arch']) found['arch'] = machineNumber(found['arch']);
  if (record_type === 'syscall') {
    found['syscall_name'] = found['syscall'];
    delete found['syscall'];
  }
  const words = record_type === 'sockaddr' ? socketWords(found) : found;
  return Object.fromEntries(Object.entries(words).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

const casesSchema = z.object({ tests: z.record(z.string(), z.union([z.string(), z.array(z.string())])) });

function compareCases(yaml: string, golden: unknown, count: FieldCount): void {
  const cases = casesSchema.parse(parse(yaml)).tests;
  z.array(coalescedSchema)
    .parse(golden)
    .forEach((one, index) => {
      count.record();
      const lines = cases[one.test_name] ?? '';
      const read = collectRows(auditd, typeof lines === 'string' ? lines : lines.join('\n'));
      count.field(index + 1, 'rejects', read.rejects.length, 0);
      count.field(index + 1, 'events', read.rows('events').length, 1);
      compareCoalesced(count, index + 1, { read, event: one.event });
    });
}
