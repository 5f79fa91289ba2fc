/** Whether a file is from ntpd or ntpq. See docs/formats/ntpd.md, "How it is recognised". */
import type { Recognition } from '../format.ts';
import { firstLines } from '../framing/lines.ts';
import { isAssociationsHeading, readAssociation } from './associations.ts';
import { isNtpqError } from './headings.ts';
import { kernelLine } from './kernel-report.ts';
import { looksLikePeer, isLongPeerName, readPeersHeading } from './peers-table.ts';
import { splitStatsLine } from './stats-lines.ts';
import { isFirstOfVariables, isVariables } from './variables.ts';

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
    reason: `${matching} of the first ${lines.length} lines are as ntpd writes its statistics or ntpq prints them.`,
  };
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
