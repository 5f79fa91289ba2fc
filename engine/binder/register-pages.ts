/** Registers: coverage and gaps, evidence, packs, ledger, attached files, glossary. */
import { sha256 } from '../core/hash.ts';
import type { BinderAttachment } from './attachment.ts';
import { clockReport } from './clock-pages.ts';
import type { BinderContent, CoverageLine, EvidenceLine } from './content.ts';
import { coverageStrip, monthHeader } from './day-strip.ts';
import {
  block,
  COLUMN,
  facts,
  heading,
  mono,
  paragraph,
  right,
  small,
  subheading,
  table,
  th,
  type PdfNode,
} from './design.ts';
import { countOf, groupDigits, groupHash, groupHashInTwoLines, instantInColumn } from './figures.ts';
import { gapRegister } from './gap-pages.ts';

const COVERAGE_WIDTH = 290;

/** Four groups of eight digits, twice. */
const HASH_WIDTH = 164;

/** Section 4. */
export function coveragePages(content: BinderContent): PdfNode[] {
  return [
    heading('4  Coverage and gaps', 'coverage'),
    paragraph(
      'For each stream and system, the days on which records were there (grey bar), were expected and were not ' +
        '(white or hatched box), or were not expected (thin line). Streams that a system need not give are left out.',
    ),
    coverageTable(content),
    ...gapRegister(content.gaps),
    ...clockReport(content),
  ];
}

function coverageTable({ coverage, window }: BinderContent): PdfNode {
  if (!coverage.some(({ days }) => /[+-]/.test(days))) return paragraph('No stream was expected and none was seen.');
  const expected = coverage.filter(({ days }) => /[+-]/.test(days));
  const rows = expected.map((line: CoverageLine) => [
    line.stream,
    line.system,
    { svg: coverageStrip(line.days, COVERAGE_WIDTH), width: COVERAGE_WIDTH, margin: [0, 0, 0, -2] },
    right(silentDays(line.days)),
  ]);
  const months = { svg: monthHeader(window.days, COVERAGE_WIDTH), width: COVERAGE_WIDTH, margin: [0, -1, 0, -2] };
  const header = [th('Stream'), th('System'), months, th('Days missing', 'right')];
  return table([56, COLUMN - 56 - COVERAGE_WIDTH - 52 - 24, COVERAGE_WIDTH, 52], header, rows);
}

function silentDays(letters: string): string {
  const [seen, silent] = ['+', '-'].map((letter) => letters.split(letter).length - 1) as [number, number];
  return `${silent} of ${seen + silent}`;
}

/** Section 5. */
export function evidencePages({ evidence }: BinderContent): PdfNode[] {
  const rejected = evidence.reduce((sum, { rejected: count }) => sum + count, 0);
  const records = evidence.reduce((sum, { records: count }) => sum + count, 0);
  return [
    heading('5  Evidence register', 'evidence'),
    paragraph(
      `${countOf(evidence.length, 'source')}, ${countOf(records, 'record')} read, ${groupDigits(rejected)} rejected. ` +
        'The SHA-256 is that of the file as it was given: members of one archive share it. Rejected records are kept ' +
        'with their reason in the case.',
    ),
    ...(evidence.length > 0 ? evidenceTables(evidence) : [paragraph('No evidence was imported.')]),
  ];
}

function evidenceTables(evidence: readonly EvidenceLine[]): PdfNode[] {
  const header = [th('No.'), th('File, reader, first and last time (UTC)'), th('Records', 'right'), th('SHA-256')];
  const widths = [26, COLUMN - 26 - 52 - HASH_WIDTH - 24, 52, HASH_WIDTH];
  const provenance = sourcesBy(evidence, ({ providedBy, obtainedHow }) => [
    [providedBy ?? 'not recorded', obtainedHow ?? 'not recorded'],
  ]);
  const assumptions = sourcesBy(evidence, (file) => file.assumptions.map((assumption) => [assumption]));
  return [
    block(
      'Who gave it, and how it was obtained',
      table(
        [130, 200, COLUMN - 330 - 16],
        ['Provided by', 'Obtained how', 'Sources'].map((text) => th(text)),
        provenance,
      ),
    ),
    assumptions.length > 0
      ? block(
          'What was assumed in reading it',
          table([330, COLUMN - 330 - 8], [th('Assumption'), th('Sources')], assumptions),
        )
      : block('What was assumed in reading it', paragraph('Nothing.')),
    subheading('Sources'),
    table(widths, header, evidence.map(evidenceRow)),
  ];
}

/** Rows of equal words with the sources they hold for: hundreds of files were often given in one way. */
function sourcesBy(evidence: readonly EvidenceLine[], words: (file: EvidenceLine) => readonly string[][]): PdfNode[][] {
  const groups = new Map<string, { words: string[]; sources: number[] }>();
  for (const file of evidence) {
    for (const list of words(file)) {
      const key = JSON.stringify(list);
      const group = groups.get(key) ?? { words: list, sources: [] };
      group.sources.push(file.sourceId);
      groups.set(key, group);
    }
  }
  return [...groups.values()].map((group) => [...group.words, numberRanges(group.sources)]);
}

/** `S1 to S12, S14`. */
function numberRanges(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last && last[1] + 1 === number) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? `S${first}` : `S${first} to S${last}`)).join(', ');
}

function evidenceRow(file: EvidenceLine): PdfNode[] {
  const rejected = { text: `${groupDigits(file.rejected)} rejected`, fontSize: 7.5, bold: true, alignment: 'right' };
  return [
    { text: `S${file.sourceId}`, bold: true },
    { stack: [file.member ? `${file.name} › ${file.member}` : file.name, small(readerLine(file))] },
    { stack: [right(groupDigits(file.records)), ...(file.rejected > 0 ? [rejected] : [])] },
    mono(groupHashInTwoLines(file.sha256)),
  ];
}

/** Reader, size, span; the day of the end only where it is another one. */
function readerLine({ format, importerVersion, bytes, files, firstTime, lastTime }: EvidenceLine): string {
  const [from, to] = [instantInColumn(firstTime).slice(0, 19), instantInColumn(lastTime).slice(0, 19)];
  const end = from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to;
  const size =
    files.length === 0 ? countOf(bytes, 'byte') : `${countOf(files.length, 'file')}, ${countOf(bytes, 'byte')}`;
  return `${format} ${importerVersion}, ${size}, ${from && to ? `${from} to ${end}` : 'no times'}`;
}

/** Section 6: packs and ledger. */
export function custodyPages({ packs, ledger }: BinderContent): PdfNode[] {
  const packRows = packs.map(({ id, version, hash, shipped }) => [
    { text: id, bold: true },
    version,
    { text: shipped ? 'as shipped' : 'altered or own', bold: !shipped },
    mono(groupHashInTwoLines(hash)),
  ]);
  const packHeader = ['Pack', 'Version', 'Origin', 'SHA-256'].map((text) => th(text));
  const ledgerRows = ledger.lines.map(({ seq, at, kind, by, what, hash }) => [
    { text: String(seq), fontSize: 7.5, alignment: 'right' },
    { text: instantInColumn(at), fontSize: 7.5 },
    { text: cut(by, 14), fontSize: 7.5 },
    { text: cut(`${kind}: ${what}`, LEDGER_LETTERS), fontSize: 7.5 },
    { text: hash.slice(0, 16), font: 'Mono', fontSize: 7.5 },
  ]);
  const ledgerHeader = [th('No.', 'right'), th('Time (UTC)'), th('By'), th('What was done'), th('Hash begins')];
  return [
    heading('6  Packs and ledger', 'custody'),
    subheading('Packs that were run'),
    packRows.length > 0
      ? table([COLUMN - 90 - 74 - 164 - 24, 90, 74, 164], packHeader, packRows)
      : paragraph('No pack was run.'),
    subheading(`Ledger (${countOf(ledger.entries, 'entry', 'entries')})`),
    paragraph(
      'Everything done to the case, in order, a line each. Each entry holds the hash of the one before it, so the hash ' +
        'of the head stands for all of them; the table shows the first 16 of 64 digits.',
    ),
    facts([[`Head, entry ${ledger.headSeq}`, mono(groupHash(ledger.headHash))]]),
    { text: '', margin: [0, 4, 0, 0] },
    table([24, 78, 54, COLUMN - 156 - 76 - 32, 76], ledgerHeader, ledgerRows),
  ];
}

/** As many letters as stand on one line of the ledger. */
const LEDGER_LETTERS = 64;

function cut(text: string, letters: number): string {
  return text.length > letters ? `${text.slice(0, letters - 1)}…` : text;
}

/** Section 7: attached files, the manifest first. */
export function attachmentPages(attachments: readonly BinderAttachment[]): PdfNode[] {
  const rows = attachments.map(({ name, description, bytes }) => [
    { stack: [{ text: name, bold: true }, small(description)] },
    right(groupDigits(bytes.length)),
    mono(groupHashInTwoLines(sha256(bytes))),
  ]);
  return [
    heading('7  Attached files', 'attachments'),
    paragraph(
      'These files are inside this PDF. In CSV files a cell that a spreadsheet could take for a formula begins with an ' +
        'apostrophe that is not part of the value.',
    ),
    table([COLUMN - 60 - 164 - 16, 60, 164], [th('File'), th('Bytes', 'right'), th('SHA-256')], rows),
  ];
}

/** Section 8. */
export function glossaryPages({ glossary }: BinderContent): PdfNode[] {
  const rows = glossary.map(({ term, means }) => [{ text: term, bold: true }, means]);
  return [heading('8  Glossary', 'glossary'), table([112, COLUMN - 120], [th('Term'), th('Meaning')], rows)];
}
