/** Writing bit by bit, most significant first, as chunks are written. */
export class BitWriter {
  bytes = new Uint8Array(4096);
  private view = new DataView(this.bytes.buffer);
  /** Where the word that is being filled will stand. */
  private at = 0;
  private word = 0;
  private used = 0;

  /** Begins anew, with room for `byteLength` bytes. */
  start(byteLength: number): void {
    this.at = 0;
    this.word = 0;
    this.used = 0;
    if (this.bytes.length >= byteLength + 4) return;
    this.bytes = new Uint8Array(byteLength + 4);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Puts the lower `count` bits of `value`, 1 to 32; the bits above them must be zero. */
  put(value: number, count: number): void {
    const rest = this.used + count - 32;
    if (rest < 0) {
      this.word |= value << -rest;
      this.used += count;
      return;
    }
    this.view.setInt32(this.at, this.word | (value >>> rest));
    this.at += 4;
    this.used = rest;
    this.word = rest === 0 ? 0 : value << (32 - rest);
  }

  /** Puts a whole number as 64 bits in two's complement; exact up to 2^53. */
  putWide(value: number): void {
    this.put(Math.floor(value / 4_294_967_296) >>> 0, 32);
    this.put(value >>> 0, 32);
  }

  /** Base 128, least significant first, from whatever bit it begins at. */
  putUvarint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.put((rest % 128) | 128, 8);
    this.put(rest, 8);
  }

  /** Base 128 with the sign in the lowest bit; exact up to 2^52. */
  putVarint(value: number): void {
    this.putUvarint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** Fills up the last byte with zeros; gives the number of bytes. */
  finish(): number {
    this.view.setInt32(this.at, this.word);
    return this.at + ((this.used + 7) >>> 3);
  }
}
