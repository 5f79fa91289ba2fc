/** Registers: coverage and gaps, evidence, packs, ledger, attached files, glossary. */
import { sha256 } from '../core/hash.ts';
import type { BinderAttachment } from './attachments.ts';
import type { BinderContent, CoverageLine, EvidenceLine, GapLine } from './content.ts';
import { MOST_ROWS } from './control-section.ts';
import { coverageStrip, monthHeader } from './day-strip.ts';
import {
  COLUMN,
  colours,
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

const COVERAGE_WIDTH = 290;

/** Section 4. */
export function coveragePages(content: BinderContent): PdfNode[] {
  return [
    heading('4  Coverage and gaps', 'coverage'),
    paragraph(
      'For each stream and system, the days on which records were there (grey bar), were expected and were not ' +
        '(white or hatched box), or were not expected (thin line). Streams that a system need not give are left out.',
    ),
    coverageTable(content),
    subheading(`Gaps (${groupDigits(content.gaps.length)})`),
    ...gapTable(content.gaps),
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

function gapTable(gaps: readonly GapLine[]): PdfNode[] {
  if (gaps.length === 0) return [paragraph('No gap was found between the first and the last day of the window.')];
  const header = ['System', 'Stream', 'Kind', 'From (UTC)', 'To (UTC)', 'Explained by'].map((text) => th(text));
  const rows = gaps
    .slice(0, MOST_ROWS)
    .map((gap) => [
      gap.system,
      gap.stream,
      gap.kind,
      instantInColumn(gap.from),
      instantInColumn(gap.to),
      gap.explainedBy ?? { text: 'not explained', color: colours.mute },
    ]);
  const more =
    gaps.length > MOST_ROWS ? [small(`The first ${MOST_ROWS} of ${countOf(gaps.length, 'gap')} are printed.`)] : [];
  return [table([68, 54, 62, 87, 87, COLUMN - 358 - 40], header, rows), ...more];
}

/** Section 5. */
export function evidencePages({ evidence }: BinderContent): PdfNode[] {
  const rejected = evidence.reduce((sum, { rejected: count }) => sum + count, 0);
  const records = evidence.reduce((sum, { records: count }) => sum + count, 0);
  return [
    heading('5  Evidence register', 'evidence'),
    paragraph(
      `${countOf(evidence.length, 'source')}, ${countOf(records, 'record')} read, ${groupDigits(rejected)} rejected. ` +
        'The SHA-256 is that of the file as it was given. Rejected records are kept with their reason in the case.',
    ),
    evidence.length > 0 ? evidenceTable(evidence) : paragraph('No evidence was imported.'),
  ];
}

function evidenceTable(evidence: readonly EvidenceLine[]): PdfNode {
  const header = [th('No.'), th('File and provenance'), th('Records', 'right'), th('Rejected', 'right'), th('SHA-256')];
  const hashWidth = 164;
  return table([24, COLUMN - 24 - 50 - 42 - hashWidth - 32, 50, 42, hashWidth], header, evidence.map(evidenceRow));
}

function evidenceRow(file: EvidenceLine): PdfNode[] {
  return [
    { text: `S${file.sourceId}`, bold: true },
    { stack: [file.member ? `${file.name} › ${file.member}` : file.name, ...provenance(file).map(small)] },
    right(groupDigits(file.records)),
    { text: groupDigits(file.rejected), alignment: 'right', bold: file.rejected > 0 },
    mono(groupHashInTwoLines(file.sha256)),
  ];
}

function provenance(file: EvidenceLine): string[] {
  const span =
    file.firstTime && file.lastTime
      ? `${instantInColumn(file.firstTime)} to ${instantInColumn(file.lastTime)} UTC`
      : 'no times';
  const given = [
    file.providedBy ? `provided by ${file.providedBy}` : 'provider not recorded',
    file.obtainedHow ? `obtained by ${file.obtainedHow}` : 'how obtained not recorded',
  ];
  return [
    `${file.format}, reader version ${file.importerVersion}, ${countOf(file.bytes, 'byte')}`,
    span,
    given.join('; '),
    ...file.assumptions.map((assumption) => `Assumed: ${assumption}`),
  ];
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
    right(String(seq)),
    instantInColumn(at),
    by,
    { text: [{ text: `${kind}  `, bold: true }, what] },
    mono(groupHashInTwoLines(hash)),
  ]);
  const ledgerHeader = [th('No.', 'right'), th('Time (UTC)'), th('By'), th('What'), th('SHA-256 of the entry')];
  return [
    heading('6  Packs and ledger', 'custody'),
    subheading('Packs that were run'),
    packRows.length > 0
      ? table([COLUMN - 90 - 74 - 164 - 24, 90, 74, 164], packHeader, packRows)
      : paragraph('No pack was run.'),
    subheading(`Ledger (${countOf(ledger.entries, 'entry', 'entries')})`),
    paragraph('Everything done to the case, in order. Each entry holds the hash of the one before it.'),
    facts([[`Head, entry ${ledger.headSeq}`, mono(groupHash(ledger.headHash))]]),
    { text: '', margin: [0, 4, 0, 0] },
    table([24, 87, 56, COLUMN - 167 - 164 - 32, 164], ledgerHeader, ledgerRows),
  ];
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
