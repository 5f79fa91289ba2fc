/** The gap register: each stretch without evidence that was expected, what other evidence says, and who answers for it. */
import { chanceInWords, gapCauseWords, gapKindWords } from '../../shared/gap-words.ts';
import { lengthInWords } from '../core/duration.ts';
import type { GapLine } from './content.ts';
import { MOST_ROWS } from './control-section.ts';
import { COLUMN, colours, paragraph, small, subheading, table, th, type PdfNode } from './design.ts';
import { citationText, countOf, groupDigits, instantInColumn } from './figures.ts';

const WIDTHS = [76, 92, 88];

/** A reason, or all that is known, may be pages long: print begins it, and gaps.csv has it whole. */
const MOST_LETTERS = 600;

/** A subheading, how many are of which cause, and the table. */
export function gapRegister(gaps: readonly GapLine[]): PdfNode[] {
  const title = subheading(`Gaps (${groupDigits(gaps.length)})`);
  if (gaps.length === 0) {
    return [title, paragraph('No gap was found between the first and the last day of the window.')];
  }
  const header = ['Gap', 'System, stream', 'From, to (UTC), length', 'What is known of it, and who answers for it'];
  const rest = COLUMN - WIDTHS.reduce((sum, width) => sum + width, 0) - 8 * WIDTHS.length;
  const rows = gaps.slice(0, MOST_ROWS).map(gapRow);
  const more =
    gaps.length > MOST_ROWS
      ? [small(`The first ${MOST_ROWS} of ${countOf(gaps.length, 'gap')} are printed; gaps.csv has all of them.`)]
      : [];
  return [
    title,
    paragraph(summary(gaps)),
    table(
      [...WIDTHS, rest],
      header.map((text) => th(text)),
      rows,
    ),
    ...more,
  ];
}

function summary(gaps: readonly GapLine[]): string {
  const of = (state: string): string => groupDigits(gaps.filter((gap) => gap.state === state).length);
  return (
    `${of('open')} open, ${of('explained')} explained by a ticket with a root cause, ${of('accepted')} accepted by a ` +
    'person. An explained or accepted gap stays a gap: nothing is known of that time. The gravest cause comes first.'
  );
}

function gapRow(gap: GapLine): PdfNode[] {
  const missing = gap.missing === null ? [] : [small(`${countOf(gap.missing, 'record')} missing`)];
  const state = { text: gap.state, bold: gap.state === 'open', margin: [0, 1, 0, 0] };
  return [
    { stack: [{ text: gap.id, fontSize: 7.5 }, state] },
    {
      stack: [
        { text: gap.system, bold: true },
        gap.stream,
        ...(gap.target === null ? [] : [small(gap.target)]),
        small(gapKindWords[gap.kind]),
      ],
    },
    { stack: [toTheSecond(gap.from), toTheSecond(gap.to), small(lengthInWords(gap.lengthS)), ...missing] },
    { stack: [{ text: gapCauseWords[gap.cause], bold: true }, ...known(gap), ...answers(gap)] },
  ];
}

/** The column is for whole seconds; gaps.csv has what the record says. */
function toTheSecond(instant: string): string {
  return instantInColumn(instant).slice(0, 19);
}

function known(gap: GapLine): PdfNode[] {
  // The same may be known from several files; print says it once.
  const says = begun([...new Set(gap.because)].join(' '));
  const numbers = [...usually(gap), ...neighbours(gap)].join(' ');
  return [says, numbers].filter((text) => text !== '').map(small);
}

function usually({ usualS, allowedS, likelihood }: GapLine): readonly string[] {
  if (usualS === null || allowedS === null) return [];
  const chance = likelihood === null ? '' : `; by chance ${chanceInWords(likelihood)}`;
  return [`Usually silent for ${lengthInWords(usualS)}, at most ${lengthInWords(allowedS)}${chance}.`];
}

function neighbours({ before, after }: GapLine): readonly string[] {
  if (before === null && after === null) return [];
  return [`Last record before: ${citationText(before) || 'none'}; first after: ${citationText(after) || 'none'}.`];
}

function answers(gap: GapLine): PdfNode[] {
  const { state, ticket, acceptedBy, acceptedReason, acceptedAt, acceptedUntil } = gap;
  const explained = state === 'explained' ? [answer(`Explained by ${ticket ?? 'a ticket'}.`)] : [];
  if (acceptedBy === null) return state === 'open' ? [open('Nobody has explained or accepted it.')] : explained;
  const when = acceptedAt === null ? '' : ` on ${acceptedAt.slice(0, 10)}`;
  const until = acceptedUntil === null ? '' : `, until ${acceptedUntil}`;
  const words = `ccepted by ${acceptedBy}${when}${until}: ${begun(acceptedReason ?? '')}`;
  if (state === 'accepted') return [answer(`A${words}`)];
  if (state === 'explained') return [...explained, answer(`Also a${words}`)];
  return [open(`No longer accepted. Once a${words}`)];
}

function answer(text: string): PdfNode {
  return { text, fontSize: 7.5, margin: [0, 1, 0, 0] };
}

function open(text: string): PdfNode {
  return { text, fontSize: 7.5, color: colours.deviation, margin: [0, 1, 0, 0] };
}

function begun(text: string): string {
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS - 1)}…` : text;
}
