/** Whether a file is from ntpd or ntpq. See docs/formats/ntpd.md, "How it is recognised". */
import type { Recognition } from '../format.ts';
import { recogniseBySigns, type Sign } from '../clocks/signs.ts';
import { isAssociationsHeading, readAssociation } from './associations.ts';
import { isNtpqError } from './headings.ts';
import { kernelLine } from './kernel-report.ts';
import { isFirstOfNtpstat, isOfNtpstat } from './ntpstat-report.ts';
import { readOneShot } from './one-shot.ts';
import { isCount, otherStatistics } from './other-output.ts';
import { looksLikePeer, isLongPeerName, readPeersHeading } from './peers-table.ts';
import { splitStatsLine } from './stats-lines.ts';
import { sysinfoLine } from './sysinfo-report.ts';
import { isFirstOfVariables, isVariables } from './variables.ts';

export function recognise(head: Uint8Array): Recognition {
  return recogniseBySigns(head, signOf, 'as ntpd writes its statistics or ntpq prints them');
}

function signOf(text: string): Sign {
  if (text.length > 1000) return 'other';
  const stats = splitStatsLine(text);
  if ((stats && stats.kind !== 'unreadable') || otherStatistics(text) !== undefined) return 'sure';
  if (readPeersHeading(text) || isAssociationsHeading(text) || isFirstOfVariables(text) || isNtpqError(text))
    return 'sure';
  if (readAssociation(text) || looksLikePeer(text) || readOneShot(text) || isFirstOfNtpstat(text)) return 'sure';
  if (text.startsWith('system peer mode:') || /^(?:sysstats reset|KoD responses):\s/.test(text)) return 'sure';
  const isOurs = kernelLine(text) ?? sysinfoLine(text);
  return isOurs || isVariables(text) || isLongPeerName(text) || isCount(text) || isOfNtpstat(text) || /^=+$/.test(text)
    ? 'fits'
    : 'other';
}
