/** Whether a file is what timedatectl prints. See docs/formats/timedatectl.md, "How it is recognised". */
import type { Recognition } from '../format.ts';
import { firstLines } from '../framing/lines.ts';
import { isContinuation, readProperty } from './properties.ts';

const LOOKED_AT = 100;
const FEWEST_MATCHING = 0.2;
/** Words that many programs print beside a colon; three of the others make a report. */
const COMMON = new Set([
  'Server',
  'Version',
  'Reference',
  'Offset',
  'Delay',
  'Warning',
  'Timezone',
  'NTP',
  'Frequency',
]);
const FEWEST_OF_OURS = 2;

export function recognise(head: Uint8Array): Recognition {
  const lines = firstLines(head, LOOKED_AT).filter((line) => line.length < 2000);
  const properties = lines.map((line) => readProperty(line.trimEnd())).filter((property) => property !== undefined);
  const ours = properties.filter(({ name }) => !COMMON.has(name)).length;
  const matching = properties.length + lines.filter((line) => isContinuation(line) && !readProperty(line)).length;
  const isOurs = ours >= FEWEST_OF_OURS && matching >= lines.length * FEWEST_MATCHING;
  return {
    confidence: isOurs ? (matching / lines.length) * 0.98 : 0,
    reason: `${matching} of the first ${lines.length} lines are as timedatectl prints them.`,
  };
}
