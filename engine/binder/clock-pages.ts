/** The clock report: how far the clock of each system can be trusted over the window. */
import { lengthInWords } from '../core/duration.ts';
import type { BinderContent, ClockLine } from './content.ts';
import { MOST_ROWS } from './control-section.ts';
import { COLUMN, mono, paragraph, right, small, subheading, table, th, type PdfNode } from './design.ts';
import { citationText, countOf, groupDigits, instantInColumn } from './figures.ts';

/**
 * A subheading, the share of each state for each system, and the stretches that are not within tolerance. Of the systems
 * that nobody measured and nobody asked for, one sentence tells.
 */
export function clockReport({ clocks, completeness: { unmeasuredClocks } }: ClockContent): PdfNode[] {
  const title = subheading('Clocks');
  const never = unmeasuredClocks.length === 0 ? [] : [paragraph(unmeasuredSentence(unmeasuredClocks))];
  const unmeasured = new Set(unmeasuredClocks);
  const judged = clocks.filter(({ system }) => !unmeasured.has(system));
  if (judged.length === 0)
    return [title, paragraph('No clock was measured: the times of records are taken as they are.'), ...never];
  const systems = [...new Set(judged.map(({ system }) => system))];
  const shares = systems.map((system) => shareRow(judged.filter((one) => one.system === system)));
  const header = [th('System'), ...['Within', 'Out', 'Unknown', 'Largest offset'].map((text) => th(text, 'right'))];
  const about = paragraph(
    'The share of the window in which the clock of each system was within tolerance, out of it, or not known. A record ' +
      'that was written while its clock was out or unknown has a time that cannot be trusted.',
  );
  const widths = [COLUMN - 320 - 32, 70, 70, 80, 100];
  return [title, about, ...never, table(widths, header, shares), ...episodes(judged)];
}

type ClockContent = Pick<BinderContent, 'clocks'> & {
  readonly completeness: Pick<BinderContent['completeness'], 'unmeasuredClocks'>;
};

const MOST_NAMES = 20;

function unmeasuredSentence(systems: readonly string[]): string {
  const shown = systems.slice(0, MOST_NAMES).join(', ');
  const more = systems.length > MOST_NAMES ? ` and ${groupDigits(systems.length - MOST_NAMES)} more (clock.csv)` : '';
  const whose =
    systems.length === 1 ? 'The clock of 1 system was' : `The clocks of ${countOf(systems.length, 'system')} were`;
  return `${whose} never measured, and the inventory asks for no measurements: ${shown}${more}. Times of their records are taken as they stand.`;
}

function shareRow(own: readonly ClockLine[]): PdfNode[] {
  const all = own.reduce((sum, { lengthS }) => sum + lengthS, 0);
  const share = (state: string): PdfNode => {
    const length = own.filter((one) => one.state === state).reduce((sum, { lengthS }) => sum + lengthS, 0);
    return right(shareText(length / all));
  };
  const offsets = own.flatMap(({ maxAbsOffsetS }) => (maxAbsOffsetS === null ? [] : [maxAbsOffsetS]));
  const largest = offsets.length === 0 ? 'not measured' : offsetText(Math.max(...offsets));
  return [own[0]!.system, share('within'), share('out'), share('unknown'), right(largest)];
}

/** Only all of the window is 100 %, and only nothing of it is 0 %. */
function shareText(share: number): string {
  if (share === 0 || share === 1) return `${share * 100} %`;
  if (share < 0.0005) return '< 0.1 %';
  return share >= 0.9995 ? '> 99.9 %' : `${(100 * share).toFixed(1)} %`;
}

function episodes(clocks: readonly ClockLine[]): PdfNode[] {
  const doubtful = clocks.filter(({ state }) => state !== 'within');
  if (doubtful.length === 0) return [paragraph('Every clock was within tolerance over the whole window.')];
  const header = ['System', 'State', 'From, to (UTC), length', 'Why', 'Record'].map((text) => th(text));
  const rows = doubtful.slice(0, MOST_ROWS).map((one): PdfNode[] => [
    one.system,
    one.state,
    {
      stack: [
        instantInColumn(one.from).slice(0, 19),
        instantInColumn(one.to).slice(0, 19),
        small(lengthInWords(one.lengthS)),
      ],
    },
    { text: one.because, fontSize: 7.5 },
    mono(citationText(one.citation)),
  ]);
  const more =
    doubtful.length > MOST_ROWS
      ? [
          small(
            `The first ${MOST_ROWS} of ${countOf(doubtful.length, 'stretch', 'stretches')} are printed; clock.csv has all.`,
          ),
        ]
      : [];
  const title = subheading('Clocks that were out of tolerance or not known');
  return [title, table([74, 50, 94, COLUMN - 288 - 32, 70], header, rows), ...more];
}

/** Seconds as people say them: milliseconds below one, else seconds. */
function offsetText(seconds: number): string {
  return seconds < 1 ? `${(seconds * 1000).toFixed(1)} ms` : `${seconds.toFixed(1)} s`;
}
