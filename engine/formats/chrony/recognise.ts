/** Whether a file is from chronyd or chronyc. See docs/formats/chrony.md, "How it is recognised". */
import type { Recognition } from '../format.ts';
import { recogniseBySigns, type Sign } from '../clocks/signs.ts';
import { isChronycError, isHeading } from './headings.ts';
import { readLogHeading } from './log-columns.ts';
import { splitLogLine } from './log-lines.ts';
import { isNtpdataCsv, ntpdataLine } from './ntpdata-report.ts';
import { otherLog, otherReport } from './other-output.ts';
import { readSourceLine, readSourceStatistics } from './source-reports.ts';
import { isTrackingCsv, trackingLine } from './tracking-report.ts';

export function recognise(head: Uint8Array): Recognition {
  return recogniseBySigns(head, signOf, 'as chronyd logs or chronyc prints them');
}

function signOf(line: string): Sign {
  if (line.length > 1000) return 'other';
  const text = line.trimStart();
  if (splitLogLine(text) || readLogHeading(text) || isTrackingCsv(text) || isNtpdataCsv(text)) return 'sure';
  if (readSourceLine(text) || readSourceStatistics(text) || otherLog(text) || otherReport(text)) return 'sure';
  const label = trackingLine(text)?.[0] ?? ntpdataLine(text)?.[0];
  if (label !== undefined && TELLING.has(label)) return 'sure';
  return label !== undefined || isChronycError(text) || isHeading(text) ? 'fits' : 'other';
}

/** Labels that no other program has. */
const TELLING = new Set(['Ref time (UTC)', 'Residual freq', 'Peer dispersion', 'Jitter asymmetry', 'NTP tests']);
