/** Layer 4a, encoding 1: float samples as differences of differences and XORs. docs/formats/prometheus-tsdb/xor.md */
import { HIGH, LOW, type FloatSamples } from './float-samples.ts';
import { BitReader } from './bits.ts';

/** Times beyond this are no longer exact as numbers; it is the year 287,396. */
export const FARTHEST_TIME = Number.MAX_SAFE_INTEGER;

/** What decoders say when there are fewer bytes than samples need. */
export const ENDS_EARLY = 'ends before its last sample';

/**
 * Decodes the data of an XOR chunk, `bytes[from, to)`, into `samples`. `SLACK_BYTES` after it must be there.
 *
 * Gives `undefined`, or what is wrong as the end of a sentence about the chunk; `samples` is then of no use.
 */
export function decodeXor(bytes: Uint8Array, from: number, to: number, samples: FloatSamples): string | undefined {
  if (to - from < 2) return 'has no number of samples';
  const count = (bytes[from]! << 8) | bytes[from + 1]!;
  // After the first sample each takes at least two bits.
  if (count > 4 * (to - from)) return `has ${count} samples in ${to - from} bytes`;
  samples.reserve(count);
  if (count === 0) return 'has no samples';
  const start = new BitReader(bytes, from + 2, to);
  const first = start.varint();
  samples.times[0] = first;
  samples.bits[HIGH] = start.take(32);
  samples.bits[LOW] = start.take(32);
  const delta = count > 1 ? start.uvarint() : 0;
  if (start.overrun) return ENDS_EARLY;
  if (Math.abs(first) > FARTHEST_TIME) return `begins at ${first} ms`;
  samples.count = count;
  return decodeRest(start, delta, to * 8, samples);
}

// One loop with everything in local variables: it runs for every sample of every series.
function decodeRest(start: BitReader, firstDelta: number, endBit: number, samples: FloatSamples): string | undefined {
  const { times, bits, count } = samples;
  const { bytes: b } = start;
  const view = new DataView(b.buffer, b.byteOffset, b.byteLength);
  // What is imported is looked up each time.
  const [upper, lower, farthest] = [HIGH, LOW, FARTHEST_TIME];
  let at = start.at;
  let time = times[0]!;
  let delta = firstDelta;
  let high = bits[HIGH]! | 0;
  let low = bits[LOW]! | 0;
  let width = 64;
  let trailing = 0;
  for (let i = 1; i < count; i++) {
    // At least 25 of these bits are right; the rest is zero.
    let word = view.getInt32(at >>> 3) << (at & 7);
    if (i > 1) {
      if (word >= 0) at += 1;
      else if (!(word & 0x40000000)) {
        const change = (word << 2) >> 18;
        delta += change === -8192 ? 8192 : change;
        at += 16;
      } else if (!(word & 0x20000000)) {
        const change = (word << 3) >> 15;
        delta += change === -65536 ? 65536 : change;
        at += 20;
      } else if (!(word & 0x10000000)) {
        const change = (word << 4) >> 12;
        delta += change === -524288 ? 524288 : change;
        at += 24;
      } else {
        const wide = bitsAt(b, at + 4, endBit);
        delta += wide.signed64();
        at += 68;
      }
      word = view.getInt32(at >>> 3) << (at & 7);
    }
    const next = time + delta;
    if (!(next > time && next <= farthest)) return timeTrouble(i, time, next, at > endBit);
    time = next;
    if (word >= 0) at += 1;
    else {
      if (word & 0x40000000) {
        width = (word >>> 19) & 63 || 64;
        trailing = 64 - ((word >>> 25) & 31) - width;
        if (trailing < 0) return at > endBit ? ENDS_EARLY : `has sample ${i} with more than 64 bits`;
        at += 13;
      } else at += 2;
      // The changed bits, in two halves, then moved to their place.
      let changedHigh = 0;
      let changedLow: number;
      let byte = at >>> 3;
      word = (view.getInt32(byte) << (at & 7)) | (b[byte + 4]! >>> (8 - (at & 7)));
      if (width <= 32) changedLow = word >>> (32 - width);
      else {
        changedHigh = word >>> (64 - width);
        const second = at + width - 32;
        byte = second >>> 3;
        changedLow = (view.getInt32(byte) << (second & 7)) | (b[byte + 4]! >>> (8 - (second & 7)));
      }
      at += width;
      if (trailing >= 32) high ^= changedLow << (trailing - 32);
      else if (trailing === 0) {
        high ^= changedHigh;
        low ^= changedLow;
      } else {
        high ^= (changedHigh << trailing) | (changedLow >>> (32 - trailing));
        low ^= changedLow << trailing;
      }
    }
    if (at > endBit) return ENDS_EARLY;
    times[i] = time;
    bits[2 * i + upper] = high;
    bits[2 * i + lower] = low;
  }
  return undefined;
}

function bitsAt(bytes: Uint8Array, at: number, endBit: number): BitReader {
  const reader = new BitReader(bytes, 0, endBit >>> 3);
  reader.at = at;
  return reader;
}

/** Says why the time after `time` cannot be `next`. */
export function timeTrouble(i: number, time: number, next: number, overrun: boolean): string {
  if (overrun) return ENDS_EARLY;
  return next > time ? `has sample ${i} at ${next} ms` : `has sample ${i} at ${next} ms, not after ${time} ms`;
}
