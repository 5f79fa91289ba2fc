import type { Output } from '../../shared/contract.ts';
import type { StripLook } from '../time/day-strip.tsx';
import type { Layer } from '../time/strip-paths.ts';

export type CoverageRow = Output<'coverage.get'>['rows'][number];

/** Letters of the contract, and `~` for a stream that some of its systems were silent in. */
export type CoverageLetter = '+' | '-' | '.' | '~';

export const coverageWords: Readonly<Record<CoverageLetter, string>> = {
  '+': 'seen',
  '~': 'some silent',
  '-': 'expected and silent',
  '.': 'not expected',
};

const BAND = { top: 4, height: 8 };

const layers: Readonly<Record<CoverageLetter, readonly Layer[]>> = {
  '+': [{ className: 'ink-seen', shape: 'fill', ...BAND }],
  '~': [
    { className: 'line-missing', shape: 'outline', ...BAND },
    { className: 'ink-partial', shape: 'fill', top: 8, height: 4 },
  ],
  '-': [{ className: 'line-missing', shape: 'outline', ...BAND }],
  '.': [{ className: 'ink-idle', shape: 'fill', top: 7, height: 1 }],
};

export const coverageStrip: StripLook<CoverageLetter> = {
  height: 16,
  order: ['.', '+', '~', '-'],
  layers: (letter) => layers[letter],
};

/** One stream over all its systems. */
export interface StreamCoverage {
  readonly stream: string;
  readonly systems: readonly CoverageRow[];
  readonly days: readonly CoverageLetter[];
}

/** Groups coverage by stream, in the engine's order, with one letter a day over all systems of it. */
export function streamsOf(rows: readonly CoverageRow[]): readonly StreamCoverage[] {
  const byStream = new Map<string, CoverageRow[]>();
  for (const row of rows) byStream.set(row.stream, [...(byStream.get(row.stream) ?? []), row]);
  return [...byStream].map(([stream, systems]) => ({ stream, systems, days: mergedDays(systems) }));
}

/** The letters of one row. A letter that the contract does not know is an error of the engine, shown as silence. */
export function lettersOf(row: CoverageRow): readonly CoverageLetter[] {
  return [...row.days].map((letter) => (letter === '+' || letter === '.' ? letter : '-'));
}

function mergedDays(systems: readonly CoverageRow[]): readonly CoverageLetter[] {
  const letters = systems.map(lettersOf);
  return (letters[0] ?? []).map((_, index) => mergedLetter(letters.map((row) => row[index] ?? '.')));
}

function mergedLetter(letters: readonly CoverageLetter[]): CoverageLetter {
  const isSeen = letters.includes('+');
  const isSilent = letters.includes('-');
  if (isSeen) return isSilent ? '~' : '+';
  return isSilent ? '-' : '.';
}

/** `seen by 11 of 12 systems`: what a stream's day says. */
export function describeStreamDay(coverage: StreamCoverage, index: number): string {
  const letters = coverage.systems.map((row) => row.days[index]);
  const seen = letters.filter((letter) => letter === '+').length;
  const silent = coverage.systems.filter((row) => row.days[index] === '-').map((row) => row.system);
  const expected = seen + silent.length;
  if (expected === 0) return 'not expected';
  const names = silent.length > 0 ? `; silent: ${silent.slice(0, 3).join(', ')}${silent.length > 3 ? '…' : ''}` : '';
  return `seen from ${seen} of ${expected} systems${names}`;
}
