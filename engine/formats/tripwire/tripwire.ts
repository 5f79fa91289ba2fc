/** Reports of Open Source Tripwire as text. docs/formats/tripwire.md */
import type { Format, Recognition } from '../format.ts';
import { firstLines } from '../framing/lines.ts';
import { headValue, oneLineReport, parseableChange, sectionOf, titleVersion } from './line.ts';
import { TripwireReader } from './reader.ts';

export const tripwire: Format = {
  id: 'tripwire',
  title: 'Tripwire integrity check report (text)',
  version: 1,
  framing: 'spans',
  streams: ['tripwire'],
  recognise,
  open: (sink, context) => new TripwireReader(sink, context),
};

function recognise(head: Uint8Array): Recognition {
  const lines = firstLines(head, 400).map((line) => line.trim());
  const titled = lines.slice(0, 300).some((line) => titleVersion(line) !== undefined);
  const told = lines.filter((line) => sectionOf(line) !== undefined || headValue(line) !== undefined).length;
  const short = lines.filter((line) => oneLineReport(line) !== undefined).length;
  const named = lines.filter((line) => parseableChange(line) !== undefined).length;
  const rest = lines.filter((line) => !line.startsWith('Note: ')).length;
  if (titled || told >= 4)
    return {
      confidence: told >= 2 ? 0.98 : 0.8,
      reason: `It has ${titled ? 'the title' : 'no title'} and ${told} lines of the head of a report of Tripwire.`,
    };
  const share = rest === 0 ? 0 : (short + named) / rest;
  const reason = `${short} of the first ${rest} lines are one-line reports of Tripwire, ${named} name a file that was changed.`;
  return { confidence: share < 0.5 ? 0 : (short > 0 ? 0.97 : 0.85) * share, reason };
}
