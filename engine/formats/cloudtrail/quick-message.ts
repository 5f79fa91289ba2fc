/** Text that is put together of parts of a record, in bytes. */
const FIRST_BYTES = 4096;

export class QuickMessage {
  bytes = Buffer.allocUnsafe(FIRST_BYTES);
  length = 0;

  /** Adds `bytes[from, to)`. */
  add(bytes: Buffer, from: number, to: number): void {
    const { length } = this;
    this.makeRoom(to - from);
    const target = this.bytes;
    let at = length;
    for (let i = from; i < to; i++) target[at++] = bytes[i]!;
    this.length = at;
  }

  /** Adds ASCII text. */
  say(text: string): void {
    this.makeRoom(text.length);
    const target = this.bytes;
    let at = this.length;
    for (let i = 0; i < text.length; i++) target[at++] = text.charCodeAt(i);
    this.length = at;
  }

  private makeRoom(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.length + more));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}
