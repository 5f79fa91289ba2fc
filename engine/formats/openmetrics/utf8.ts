/** Text of lines whose every character counts: a replaced one would be another series. */

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text of `bytes[from, to)`; `undefined` where it is not UTF-8. */
export function decodeLine(bytes: Uint8Array, from: number, to: number): string | undefined {
  try {
    return decoder.decode(bytes.subarray(from, to));
  } catch {
    return undefined;
  }
}
