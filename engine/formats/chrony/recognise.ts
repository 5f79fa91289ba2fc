/** Whether a file is from chronyd or chronyc. See docs/formats/chrony.md, "How it is recognised". */
import type { Recognition } from '../format.ts';
import { firstLines } from '../framing/lines.ts';
import { isChronycError, isHeading } from './headings.ts';
import { readLogHeading } from './log-columns.ts';
import { splitLogLine } from './log-lines.ts';
import { readSourceLine, readSourceStatistics } from './source-reports.ts';
import { isTrackingCsv, trackingLine } from './tracking-report.ts';

const LOOKED_AT = 100;
const FEWEST_MATCHING = 0.2;

/** `sure` could hardly be from another program; `fits` stands beside such lines. */
type Sign = 'sure' | 'fits' | 'other';

export function recognise(head: Uint8Array): Recognition {
  const lines = firstLines(head, LOOKED_AT).map((line) => line.trimEnd());
  const signs = lines.map(signOf);
  const count = (sign: Sign): number => signs.filter((each) => each === sign).length;
  const matching = count('sure') + count('fits');
  const isOurs = count('sure') > 0 && matching >= lines.length * FEWEST_MATCHING;
  return {
    confidence: isOurs ? (matching / lines.length) * 0.98 : 0,
    reason: `${matching} of the first ${lines.length} lines are as chronyd logs or chronyc prints them.`,
  };
}

function signOf(text: string): Sign {
  if (text.length > 1000) return 'other';
  if (splitLogLine(text) || readLogHeading(text) || isTrackingCsv(text)) return 'sure';
  if (readSourceLine(text) || readSourceStatistics(text)) return 'sure';
  const label = trackingLine(text)?.[0];
  if (label === 'Ref time (UTC)' || label === 'Residual freq' || isChronycError(text)) return 'sure';
  return label !== undefined || isHeading(text) ? 'fits' : 'other';
}
