/** Chunk encoding 1 the other way round. docs/formats/prometheus-tsdb/xor.md */
import type { BitWriter } from './bit-writer.ts';
import { HIGH, LOW, type FloatSamples } from '../../engine/formats/prometheus-tsdb/float-samples.ts';

// A change of the time difference and a changed value take at most 68 and 77 bits.
const MOST_BYTES_A_SAMPLE = 19;

/** Encodes the first `samples.count` samples, at least one; gives the number of bytes in `out.bytes`. */
export function encodeXor(samples: FloatSamples, out: BitWriter): number {
  const { times, bits, count } = samples;
  out.start(32 + MOST_BYTES_A_SAMPLE * count);
  out.put(count, 16);
  out.putVarint(times[0]!);
  out.put(bits[HIGH]!, 32);
  out.put(bits[LOW]!, 32);
  let delta = 0;
  // Zeros before and after the changed bits, as the decoder knows them; none at first.
  let leading = -1;
  let trailing = 0;
  for (let i = 1; i < count; i++) {
    const nextDelta = times[i]! - times[i - 1]!;
    if (i === 1) out.putUvarint(nextDelta);
    else putChange(nextDelta - delta, out);
    delta = nextDelta;
    const high = bits[2 * i + HIGH]! ^ bits[2 * i - 2 + HIGH]!;
    const low = bits[2 * i + LOW]! ^ bits[2 * i - 2 + LOW]!;
    if ((high | low) === 0) {
      out.put(0, 1);
      continue;
    }
    const zerosBefore = Math.min(high === 0 ? 32 + Math.clz32(low) : Math.clz32(high), 31);
    const zerosAfter = low === 0 ? 32 + zerosBelow(high) : zerosBelow(low);
    if (leading >= 0 && zerosBefore >= leading && zerosAfter >= trailing) out.put(0b10, 2);
    else {
      leading = zerosBefore;
      trailing = zerosAfter;
      out.put((0b11 << 11) | (leading << 6) | ((64 - leading - trailing) & 63), 13);
    }
    putWindow(high, low, 64 - leading - trailing, trailing, out);
  }
  return out.finish();
}

function putChange(change: number, out: BitWriter): void {
  if (change === 0) out.put(0, 1);
  else if (change > -8192 && change <= 8192) out.put((0b10 << 14) | (change & 0x3fff), 16);
  else if (change > -65536 && change <= 65536) out.put((0b110 << 17) | (change & 0x1ffff), 20);
  else if (change > -524288 && change <= 524288) out.put((0b1110 << 20) | (change & 0xfffff), 24);
  else {
    out.put(0b1111, 4);
    out.putWide(change);
  }
}

function putWindow(high: number, low: number, width: number, trailing: number, out: BitWriter): void {
  // Moved down by `trailing`, in two halves.
  let upper = 0;
  let lower: number;
  if (trailing >= 32) lower = high >>> (trailing - 32);
  else if (trailing === 0) {
    upper = high;
    lower = low;
  } else {
    upper = high >>> trailing;
    lower = (high << (32 - trailing)) | (low >>> trailing);
  }
  if (width > 32) {
    out.put(upper, width - 32);
    out.put(lower, 32);
  } else out.put(lower, width);
}

function zerosBelow(half: number): number {
  return 31 - Math.clz32(half & -half);
}
