/** What is to be said about a file once all of it was read, besides the broken rules. */
import { formatInstant } from '../../../shared/time.ts';
import type { TimeUnit } from './times.ts';

/** Counts of one file, and what its last lines were. */
export interface FileFacts {
  /** Those whose time, if they have one, can be read. */
  samples: number;
  /** Samples without a time of their own. */
  undated: number;
  duplicates: number;
  exemplars: number;
  hasEof: boolean;
  /** A type or a line that only OpenMetrics has; the first one, as a message shows it. */
  onlyOpenMetrics: string | undefined;
  /** The last line that has content is no `# EOF`, and no line end follows it. */
  isCutShort: boolean;
}

/** Sentences about what was taken for granted and what was not kept. */
export function notesOn(
  facts: FileFacts,
  times: { unit: TimeUnit | undefined; cut: number },
  takenAt: bigint | undefined,
): readonly string[] {
  return [
    takenAt === undefined ? undefined : undatedNote(facts, takenAt),
    unitNote(facts.hasEof, times.unit),
    endNote(facts, times.unit),
    facts.isCutShort ? 'The last line has no line end: it may have been cut off.' : undefined,
    counted(
      times.cut,
      'time has digits below the millisecond, which are',
      'times have digits below the millisecond, which are',
      'cut off as Prometheus does',
    ),
    counted(
      facts.duplicates,
      'sample stands',
      'samples stand',
      'in the file again with the same time and value; the first is kept',
    ),
    counted(facts.exemplars, 'exemplar was', 'exemplars were', 'read and not kept'),
  ].filter((note) => note !== undefined);
}

function undatedNote({ samples, undated }: FileFacts, takenAt: bigint): string | undefined {
  if (undated === 0) return undefined;
  return `Samples without a time of their own: ${undated} of ${samples}; they are dated ${formatInstant(takenAt)}, as given for the file.`;
}

// Both formats say their unit. Only where the size of the numbers says the other one is something taken for granted.
function unitNote(hasEof: boolean, unit: TimeUnit | undefined): string | undefined {
  if (hasEof && unit === 'milliseconds')
    return 'The file ends in # EOF, as OpenMetrics does, whose times are seconds; its times are read as milliseconds, because as seconds they lie after the year 5138.';
  if (!hasEof && unit === 'seconds')
    return 'The file has no # EOF, as the Prometheus text format, whose times are milliseconds; its times are read as seconds, because as milliseconds they lie before 1974.';
  return undefined;
}

function endNote({ hasEof, onlyOpenMetrics }: FileFacts, unit: TimeUnit | undefined): string | undefined {
  const sign = onlyOpenMetrics ?? (unit === 'seconds' ? 'times in seconds' : undefined);
  if (hasEof || sign === undefined) return undefined;
  return `The file has ${sign}, as OpenMetrics does, but not its # EOF: the end may be missing.`;
}

function counted(count: number, one: string, many: string, rest: string): string | undefined {
  return count === 0 ? undefined : `${count} ${count === 1 ? one : many} ${rest}.`;
}
