/** Lines of the reports of chronyc that have several: `Label : value`, and counts. */
import { FIRST_NTPDATA_LABEL, ntpdataLine } from './ntpdata-report.ts';
import { otherReport } from './other-output.ts';
import { FIRST_TRACKING_LABEL, trackingLine } from './tracking-report.ts';

export type ReportKind = 'tracking' | 'ntpdata' | 'serverstats' | 'activity';

export interface ReportLabel {
  readonly kind: ReportKind;
  readonly label: string;
  /** A report begins with this line, whatever stands before it. */
  readonly isFirst: boolean;
}

/** The report whose lines are being read, and the labels that it has so far. */
export interface OpenLabels {
  readonly kind: ReportKind;
  readonly labels: ReadonlySet<string>;
}

/**
 * Which report a line belongs to; `undefined` for lines of none. tracking and ntpdata share labels: they belong to the
 * ntpdata that is open, as long as it does not have them.
 */
export function reportLabel(text: string, open: OpenLabels | undefined): ReportLabel | undefined {
  const ofServer = ntpdataLine(text)?.[0];
  const goesOn = ofServer !== undefined && open?.kind === 'ntpdata' && !open.labels.has(ofServer);
  if (ofServer !== undefined && (goesOn || ofServer === FIRST_NTPDATA_LABEL))
    return { kind: 'ntpdata', label: ofServer, isFirst: ofServer === FIRST_NTPDATA_LABEL };
  const ofTracking = trackingLine(text)?.[0];
  if (ofTracking !== undefined)
    return { kind: 'tracking', label: ofTracking, isFirst: ofTracking === FIRST_TRACKING_LABEL };
  const counts = otherReport(text);
  if (counts === 'serverstats' || counts === 'activity')
    return { kind: counts, label: text.replace(/\d+/, '').trim(), isFirst: false };
  return ofServer === undefined ? undefined : { kind: 'ntpdata', label: ofServer, isFirst: false };
}
