/** The clock report: how far the clock of each system can be trusted over the window. */
import type { ClockLine } from './content.ts';
import { MOST_ROWS } from './control-section.ts';
import { COLUMN, paragraph, right, small, subheading, table, th, type PdfNode } from './design.ts';
import { countOf, instantInColumn, lengthText } from './figures.ts';

/** A subheading, the share of each state for each system, and the stretches that are not within tolerance. */
export function clockReport(clocks: readonly ClockLine[]): PdfNode[] {
  const title = subheading('Clocks');
  if (clocks.length === 0)
    return [title, paragraph('No clock was measured: the times of records are taken as they are.')];
  const systems = [...new Set(clocks.map(({ system }) => system))];
  const shares = systems.map((system) => shareRow(clocks.filter((one) => one.system === system)));
  const header = [th('System'), ...['Within', 'Out', 'Unknown', 'Largest offset'].map((text) => th(text, 'right'))];
  const about = paragraph(
    'The share of the window in which the clock of each system was within tolerance, out of it, or not known. A record ' +
      'that was written while its clock was out or unknown has a time that cannot be trusted.',
  );
  return [title, about, table([COLUMN - 320 - 32, 70, 70, 80, 100], header, shares), ...episodes(clocks)];
}

function shareRow(own: readonly ClockLine[]): PdfNode[] {
  const all = own.reduce((sum, { lengthS }) => sum + lengthS, 0);
  const share = (state: string): PdfNode => {
    const length = own.filter((one) => one.state === state).reduce((sum, { lengthS }) => sum + lengthS, 0);
    return right(`${((100 * length) / all).toFixed(1)} %`);
  };
  const offsets = own.flatMap(({ maxAbsOffsetS }) => (maxAbsOffsetS === null ? [] : [maxAbsOffsetS]));
  const largest = offsets.length === 0 ? 'not measured' : offsetText(Math.max(...offsets));
  return [own[0]!.system, share('within'), share('out'), share('unknown'), right(largest)];
}

function episodes(clocks: readonly ClockLine[]): PdfNode[] {
  const doubtful = clocks.filter(({ state }) => state !== 'within');
  if (doubtful.length === 0) return [paragraph('Every clock was within tolerance over the whole window.')];
  const header = ['System', 'State', 'From, to (UTC), length', 'Why', 'Record'].map((text) => th(text));
  const rows = doubtful
    .slice(0, MOST_ROWS)
    .map((one): PdfNode[] => [
      one.system,
      one.state,
      { stack: [instantInColumn(one.from), instantInColumn(one.to), small(lengthText(one.lengthS))] },
      { text: one.because, fontSize: 7.5 },
      one.citation === null ? '' : `S${one.citation.sourceId} #${one.citation.record}`,
    ]);
  const more =
    doubtful.length > MOST_ROWS
      ? [
          small(
            `The first ${MOST_ROWS} of ${countOf(doubtful.length, 'stretch', 'stretches')} are printed; clock.csv has all.`,
          ),
        ]
      : [];
  return [table([74, 50, 94, COLUMN - 288 - 32, 70], header, rows), ...more];
}

/** Seconds as people say them: milliseconds below one, else seconds. */
function offsetText(seconds: number): string {
  return seconds < 1 ? `${(seconds * 1000).toFixed(1)} ms` : `${seconds.toFixed(1)} s`;
}
