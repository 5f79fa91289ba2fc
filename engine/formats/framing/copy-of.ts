/** A copy of `bytes[from, to)`. `slice` is none where the bytes are a Buffer, as pieces of files are: it gives a view. */
export function copyOf(bytes: Uint8Array, from = 0, to = bytes.length): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes.subarray(from, to));
}
