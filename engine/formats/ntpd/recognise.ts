/** Whether a file is from ntpd or ntpq. See docs/formats/ntpd.md, "How it is recognised". */
import type { Recognition } from '../format.ts';
import { recogniseBySigns, type Sign } from '../clocks/signs.ts';
import { isAssociationsHeading, readAssociation } from './associations.ts';
import { isNtpqError } from './headings.ts';
import { kernelLine } from './kernel-report.ts';
import { looksLikePeer, isLongPeerName, readPeersHeading } from './peers-table.ts';
import { splitStatsLine } from './stats-lines.ts';
import { isFirstOfVariables, isVariables } from './variables.ts';

export function recognise(head: Uint8Array): Recognition {
  return recogniseBySigns(head, signOf, 'as ntpd writes its statistics or ntpq prints them');
}

function signOf(text: string): Sign {
  if (text.length > 1000) return 'other';
  const stats = splitStatsLine(text);
  if (stats && stats.kind !== 'unreadable') return 'sure';
  if (readPeersHeading(text) || isAssociationsHeading(text) || isFirstOfVariables(text) || isNtpqError(text))
    return 'sure';
  if (readAssociation(text) || looksLikePeer(text)) return 'sure';
  return kernelLine(text) || isVariables(text) || isLongPeerName(text) || /^=+$/.test(text) ? 'fits' : 'other';
}
