/** The gap register: each stretch without evidence that was expected, what other evidence says, and who answers for it. */
import type { GapLine } from './content.ts';
import { MOST_ROWS } from './control-section.ts';
import { COLUMN, colours, paragraph, small, subheading, table, th, type PdfNode } from './design.ts';
import { countOf, groupDigits, instantInColumn, lengthText } from './figures.ts';

/** What the causes mean, in print. */
const causes: Readonly<Record<string, string>> = {
  'stream-alone': 'host up, stream alone silent',
  'file-cut': 'a file is cut or missing',
  unknown: 'cause not known',
  'collector-down': 'several hosts silent together',
  'host-down': 'host down',
};

const WIDTHS = [76, 74, 94, 94];

/** A subheading, and the table. */
export function gapRegister(gaps: readonly GapLine[]): PdfNode[] {
  const title = subheading(`Gaps (${groupDigits(gaps.length)})`);
  if (gaps.length === 0) {
    return [title, paragraph('No gap was found between the first and the last day of the window.')];
  }
  const header = ['Gap', 'System, stream', 'Kind and cause', 'From, to (UTC), length', 'State'].map((text) => th(text));
  const rows = gaps.slice(0, MOST_ROWS).map(gapRow);
  const rest = COLUMN - WIDTHS.reduce((sum, width) => sum + width, 0) - 8 * WIDTHS.length;
  const more =
    gaps.length > MOST_ROWS
      ? [small(`The first ${MOST_ROWS} of ${countOf(gaps.length, 'gap')} are printed; gaps.csv has all of them.`)]
      : [];
  return [title, table([...WIDTHS, rest], header, rows), ...more];
}

function gapRow(gap: GapLine): PdfNode[] {
  const missing = gap.missing === null ? [] : [small(`${countOf(gap.missing, 'record')} missing`)];
  return [
    { text: gap.id, fontSize: 7.5 },
    { stack: [gap.system, small(gap.target === null ? gap.stream : `${gap.stream} ${gap.target}`)] },
    { stack: [gap.kind, small(causes[gap.cause] ?? gap.cause), ...missing] },
    { stack: [instantInColumn(gap.from), instantInColumn(gap.to), small(lengthText(gap.lengthS))] },
    stateCell(gap),
  ];
}

function stateCell({ state, ticket, acceptedBy, acceptedReason }: GapLine): PdfNode {
  const by = acceptedBy === null ? [] : [small(`accepted by ${acceptedBy}: ${acceptedReason ?? ''}`)];
  if (state === 'open') return { stack: [{ text: 'not explained', color: colours.mute }, ...by] };
  if (state === 'explained') return { stack: [`explained by ${ticket ?? ''}`, ...by] };
  return { stack: ['accepted', ...by] };
}
