import { lynis as format } from '../../../engine/formats/lynis/lynis.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { asNumber } from '../normal.ts';
import { readEvidence } from '../reading.ts';

/** Reports of Lynis: what the terminal showed of the same audit. */
export const lynis: Adapter = {
  folders: ['lynis'],
  compare: (folder) =>
    Promise.resolve(
      folder.entries
        .filter((entry) => /\.(?:txt|log)$/.test(entry) && /^\s*\[ Lynis/.test(plain(folder.text(entry))))
        .flatMap((oracle) => {
          const stem = oracle.replace(/\.[^.]+$/, '');
          const file = folder.entries.find((entry) => entry.startsWith(stem) && entry.endsWith('.dat'));
          return file === undefined ? [] : [compareShown(folder, file, oracle)];
        }),
    ),
};

/** The colours of a terminal. */
const COLOURS = /\u001b\[[\d;]*m/g;

function plain(text: string): string {
  return text.replace(COLOURS, '');
}

function compareShown(folder: CorpusFolder, file: string, oracle: string): Comparison {
  const { rows, rejects } = readEvidence(format, folder, file).all;
  const text = plain(folder.text(oracle));
  const count = new FieldCount(file, oracle);
  const [scan] = rows('scans');
  const first = (pattern: RegExp): string | undefined => pattern.exec(text)?.[1]?.trim();
  count.field(0, 'version', scan?.['version'], first(/^\[ Lynis (\S+) \]/m));
  count.field(0, 'score', scan?.['score'], asNumber(first(/^ *Hardening index : (\d+)/m)));
  count.field(0, 'host', String(scan?.['targets']), first(/^ *Hostname: +(\S+)/m));
  count.field(0, 'rejects', rejects.length, 0);
  for (const [word, mark] of [
    ['warning', '!'],
    ['suggestion', '\\*'],
  ] as const) {
    const ours = rows('config_checks').filter(({ status_text }) => status_text === word);
    const theirs = [...text.matchAll(new RegExp(`^ {2}${mark} (.*) \\[([A-Z0-9-]+)\\] *$`, 'gm'))];
    count.field(0, `${word}s`, ours.length, theirs.length);
    theirs.forEach(([, title, test], index) => {
      count.record();
      count.field(index + 1, `${word}.test`, ours[index]?.['rule_id'], test);
      count.field(index + 1, `${word}.title`, ours[index]?.['title'], title?.trim());
    });
  }
  return count.result();
}
