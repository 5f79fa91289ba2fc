/** What other evidence says about a gap: exactly one cause, and the sentences with the records that they rest on. */
import { MICROS_PER_SECOND } from '../../shared/time.ts';
import { byCodeUnits } from './coverage.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import { readCollectorErrors } from './collector-errors.ts';
import { findCut, markCutFiles, readRotatedFiles, type RotatedFile } from './cut-files.ts';
import { gapCauses, type Corroboration, type CorroboratedGap, type FoundGap, type GapCause } from './gap.ts';
import { readHostSigns, type HostSigns } from './host-signs.ts';
import { findTogether } from './silent-together.ts';

interface Verdict {
  readonly cause: GapCause;
  readonly corroboration: readonly Corroboration[];
}

/**
 * Says of each gap what other evidence says: that the host was down, that several hosts were silent together, that a file
 * is missing, that this stream alone was silent while the host spoke, or nothing.
 *
 * Shape: the gaps in their order, a silence made `truncated` where a file is missing (engine/timeline/cut-files.ts).
 * Evidence is asked for only in the ranges of the gaps.
 */
export async function corroborate(
  database: CaseDatabase,
  gaps: readonly FoundGap[],
): Promise<readonly CorroboratedGap[]> {
  if (gaps.length === 0) return [];
  const files = await readRotatedFiles(database);
  const marked = markCutFiles(gaps, files);
  const signs = await readHostSigns(database, marked);
  const errors = await readCollectorErrors(database, marked);
  return marked.map((gap, place) => ({
    ...gap,
    ...judge(gap, { gaps: marked, files, signs: signs[place]!, errors: errors[place]! }),
  }));
}

interface Known {
  readonly gaps: readonly FoundGap[];
  readonly files: readonly RotatedFile[];
  readonly signs: HostSigns;
  readonly errors: readonly Corroboration[];
}

/** Positive evidence that the host was down comes first; that it spoke meanwhile stands against it. */
function judge(gap: FoundGap, { gaps, files, signs, errors }: Known): Verdict {
  const cut = gap.kind === 'sequence-loss' ? undefined : findCut(gap, files);
  const notes = [...signs.notes, ...numbersMissing(gap), ...(cut ? [{ says: cut.says, cites: cut.cites }] : [])];
  const verdict = (cause: GapCause, ...found: readonly Corroboration[]): Verdict => ({
    cause,
    corroboration: [...found, ...notes],
  });
  if (gap.kind === 'truncated') return verdict('file-cut', ...signs.spoke);
  // While numbers are skipped the stream speaks, and so do the others: that says nothing.
  if (gap.kind === 'sequence-loss') return verdict('unknown');
  if (signs.down.length > 0) return verdict('host-down', ...signs.down);
  const together = findTogether(gap, gaps);
  if (gap.kind === 'scan-missed') return verdict('unknown', ...(together ? [together] : []), ...errors, ...signs.spoke);
  // A Prometheus that asked in vain ran itself: what is down lies between it and the hosts.
  if (together && !signs.askedInVain) return verdict('collector-down', together, ...errors);
  const shared = together ? [together] : [];
  return verdict(signs.spoke.length > 0 ? 'stream-alone' : 'unknown', ...shared, ...signs.spoke);
}

function numbersMissing({ missing, before, after }: FoundGap): readonly Corroboration[] {
  if (missing === null || missing === 0) return [];
  const cites = [before, after].filter((one) => one !== null);
  return [{ says: `By their numbers ${missing} ${missing === 1 ? 'record is' : 'records are'} missing.`, cites }];
}

/** What auditors ask first comes first: by cause, then by length against what is usual, then by where and when it is. */
export function rankGaps<G extends CorroboratedGap>(gaps: readonly G[]): readonly G[] {
  return [...gaps].sort(
    (a, b) =>
      gapCauses.indexOf(a.cause) - gapCauses.indexOf(b.cause) ||
      timesUsual(b) - timesUsual(a) ||
      Number(a.from - b.from) ||
      byCodeUnits(nameOf(a), nameOf(b)),
  );
}

/** How many times longer than usual; against an hour where nothing is known to be usual. */
function timesUsual({ from, to, usual }: FoundGap): number {
  const seconds = Number(to - from) / Number(MICROS_PER_SECOND);
  return seconds / Math.max(usual?.usualS ?? 3600, 1);
}

function nameOf({ stream, system, target }: FoundGap): string {
  return `${stream} ${system} ${target ?? ''}`;
}
