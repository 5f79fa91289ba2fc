/** How sure it is that a file holds syslog messages as they are sent. */
import type { Recognition } from '../format.ts';
import { decodeText, firstLines } from '../framing/lines.ts';
import { readSyslogLine } from '../syslog-3164/header.ts';
import { FrameSplitter, isOctetCounted } from './frames.ts';
import { readMessage5424 } from './message.ts';

/** Messages of the head that are looked at. */
const LOOKED_AT = 2000;
/** Below this share of readable messages the file is another one that quotes some. */
const FEWEST_MATCHING = 0.2;

type Kind = 'new' | 'old' | 'neither';

/**
 * Messages in octet counting, of either kind, are this format; of lines at least one must be of RFC 5424. A file that
 * has both is this one, since the reader of RFC 3164 would reject the others.
 */
export function recognise5424(head: Uint8Array): Recognition {
  const isCounted = isOctetCounted(head);
  const kinds = (isCounted ? firstFrames(head) : firstLines(head, LOOKED_AT)).map(kindOf);
  const isNew = kinds.filter((kind) => kind === 'new').length;
  const readable = kinds.filter((kind) => kind !== 'neither').length;
  const share = readable / Math.max(kinds.length, 1);
  const reason = isCounted
    ? `${readable} of the first ${kinds.length} messages have an octet count and a header of RFC 5424 or 3164.`
    : `${isNew} of the first ${kinds.length} lines have a header of RFC 5424${readable > isNew ? `, and ${readable - isNew} one of RFC 3164` : ''}.`;
  const isMine = (isCounted || isNew > 0) && share >= FEWEST_MATCHING;
  return { confidence: isMine ? 0.5 + share / 2 : 0, reason };
}

/** Whether text is a message of RFC 5424 or 3164. */
export function isMessage(text: string): boolean {
  return readMessage5424(text).kind === 'message' || readSyslogLine(text, new Set()).kind === 'line';
}

function kindOf(text: string): Kind {
  const read = readMessage5424(text);
  if (read.kind === 'message') return 'new';
  // A damaged one, or one without a time, is one all the same.
  if (read.kind === 'damaged' && /^<\d{1,3}>1 (?:\S+ ){5}[-[]/.test(text)) return 'new';
  return readSyslogLine(text, new Set()).kind === 'line' ? 'old' : 'neither';
}

function firstFrames(head: Uint8Array): readonly string[] {
  const frames: string[] = [];
  const splitter = new FrameSplitter({
    frame: (bytes, { from, to }) => void (frames.length < LOOKED_AT && frames.push(decodeText(bytes, from, to))),
    isMessage: (bytes, from, to) => isMessage(decodeText(bytes, from, to)),
    damaged: () => undefined,
  });
  // Not finished: the last frame of a head is cut off. A file of one frame is whole.
  splitter.push(head);
  if (frames.length === 0 || head.length < 64 * 1024) splitter.finish();
  return frames;
}
