import type { Problem } from '../../../shared/problem.ts';
import type { SourceReader } from '../format.ts';
import { recogniseEventFile } from '../event-records/event-files.ts';
import { isJson } from '../framing/json-or-csv.ts';
import { recogniseDownload } from './download.ts';
import { entraEvents } from './events.ts';

/** As many bytes decide, where the first character does not. */
const HEAD_BYTES = 64 * 1024;
/** A member of an object; in a cell of a CSV, JSON has its quotes doubled. */
const MEMBER = /\{\s*"[^"]/;

/** Whether a file is a download of the portal: by its header, and where that is none by what else the head holds. */
export function isDownload(head: Uint8Array): boolean {
  if (isJson(head)) return false;
  if (recogniseDownload(head).confidence > 0) return true;
  // A table of a Log Analytics workspace, say.
  if (recogniseEventFile(entraEvents, head).confidence > 0) return false;
  // JSON lines whose first one is damaged are no table.
  return !MEMBER.test(Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1'));
}

/** Waits for what tells the portal's CSV from other files of events, then hands everything on. */
export class EntraReader implements SourceReader {
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #reader: SourceReader | undefined;

  constructor(private readonly open: Readonly<Record<'events' | 'download', () => SourceReader>>) {}

  push(piece: Uint8Array): void {
    if (this.#reader) return this.#reader.push(piece);
    this.#waiting.push(piece.slice());
    this.#waitingBytes += piece.length;
    if (this.#waitingBytes >= HEAD_BYTES) this.#choose();
  }

  finish(): Problem | undefined {
    return this.#choose().finish();
  }

  #choose(): SourceReader {
    if (this.#reader) return this.#reader;
    const head = Buffer.concat(this.#waiting).subarray(0, HEAD_BYTES);
    this.#reader = isDownload(head) ? this.open.download() : this.open.events();
    for (const piece of this.#waiting.splice(0)) this.#reader.push(piece);
    return this.#reader;
  }
}
