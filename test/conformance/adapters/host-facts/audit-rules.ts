/** `X-audit.rules` beside `X-auditctl-l.txt`: a rules file, and what auditctl listed when it had been loaded. */
import { FieldCount, type Comparison, type CorpusFolder } from '../../adapter.ts';
import { oraclesBeside } from '../../oracles.ts';
import { readFacts, type Item } from './read-facts.ts';

const MEMBERS = ['kind', 'list', 'action', 'arch', 'syscalls', 'path', 'permissions', 'conditions', 'keys'];

export function compareAuditRules(folder: CorpusFolder): readonly Comparison[] {
  return oraclesBeside(folder, /auditctl-l\.txt$/, (stem) => [`${stem}audit.rules`]).flatMap(({ file, oracle }) => {
    const count = new FieldCount(file, oracle);
    const [inFile, loaded] = [file, oracle].map((each) => readFacts(folder, each).items);
    count.field(0, 'rules', inFile?.length, loaded?.length);
    loaded?.forEach((rule, at) => {
      count.record();
      for (const name of MEMBERS) count.field(at + 1, name, memberOf(inFile?.[at], name), memberOf(rule, name));
    });
    count.field(
      0,
      'loaded',
      loaded?.every(({ fields }) => fields['loaded'] === true),
      true,
    );
    count.field(
      0,
      'of a file',
      inFile?.every(({ fields }) => fields['loaded'] === false),
      true,
    );
    return [count.result()];
  });
}

/** The kernel lists system calls by number, and directories without the slash at their end. */
function memberOf(item: Item | undefined, name: string): unknown {
  const value = item?.fields[name];
  if (name === 'path') return String(value).replace(/(.)\/$/, '$1');
  return name === 'syscalls' && Array.isArray(value) ? [...(value as string[])].sort() : value;
}
