/** Whether a file is from chronyd or chronyc. See docs/formats/chrony.md, "How it is recognised". */
import type { Recognition } from '../format.ts';
import { recogniseBySigns, type Sign } from '../clocks/signs.ts';
import { isChronycError, isHeading } from './headings.ts';
import { readLogHeading } from './log-columns.ts';
import { splitLogLine } from './log-lines.ts';
import { readSourceLine, readSourceStatistics } from './source-reports.ts';
import { isTrackingCsv, trackingLine } from './tracking-report.ts';

export function recognise(head: Uint8Array): Recognition {
  return recogniseBySigns(head, signOf, 'as chronyd logs or chronyc prints them');
}

function signOf(text: string): Sign {
  if (text.length > 1000) return 'other';
  if (splitLogLine(text) || readLogHeading(text) || isTrackingCsv(text)) return 'sure';
  if (readSourceLine(text) || readSourceStatistics(text)) return 'sure';
  const label = trackingLine(text)?.[0];
  if (label === 'Ref time (UTC)' || label === 'Residual freq' || isChronycError(text)) return 'sure';
  return label !== undefined || isHeading(text) ? 'fits' : 'other';
}
