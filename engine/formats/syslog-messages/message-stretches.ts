/** A message whose parts are stretches of the bytes of its line, so that most of them never become text. */

/** Says that a part is not there. */
export const NOWHERE = -1;

/** One message after the other is read into the same object. Of a part that is not there `...From` is NOWHERE. */
export class MessageStretches {
  bytes: Buffer = Buffer.alloc(0);
  /** UTC microseconds. */
  time = 0;
  /** 0 to 191; NOWHERE without one. */
  priority = NOWHERE;
  hostFrom = NOWHERE;
  hostTo = NOWHERE;
  programFrom = NOWHERE;
  programTo = NOWHERE;
  processFrom = NOWHERE;
  processTo = NOWHERE;
  textFrom = NOWHERE;
  textTo = NOWHERE;
  /** NaN where the message has none. */
  sequence = NaN;
}

const LONGEST_PROCESS_NUMBER = 15;

/** The number that `bytes[from, to)` are; NaN where they are anything else, or more than 15 digits. */
export function wholeNumberIn(bytes: Uint8Array, from: number, to: number): number {
  if (to <= from || to - from > LONGEST_PROCESS_NUMBER) return NaN;
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = bytes[at]! - 0x30;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    value = value * 10 + digit;
  }
  return value;
}
