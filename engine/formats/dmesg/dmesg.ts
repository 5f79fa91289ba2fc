/** The kernel's ring buffer as dmesg lists it, as text or JSON, and as /dev/kmsg gives it. docs/formats/dmesg.md */
import type { Problem } from '../../../shared/problem.ts';
import type { Format, ReadContext, Recognition, RowSink, SourceReader } from '../format.ts';
import { alsoInUtf16 } from '../framing/utf16-text.ts';
import { bomLength, looksLikeUtf16 } from '../framing/byte-window.ts';
import { JsonRecordScanner } from '../framing/json-records.ts';
import { firstLines } from '../framing/lines.ts';
import { JsonLines, readKernelRecord, scannerOptions } from './json-lines.ts';
import { Listing } from './listing.ts';
import { readKernelLine } from './stamp.ts';
import { TextLines } from './text-lines.ts';

export const dmesg: Format = alsoInUtf16({
  id: 'dmesg',
  title: 'Kernel ring buffer (dmesg: seconds since boot, -T, iso, -x, -r, -J; /dev/kmsg)',
  version: 2,
  framing: 'spans',
  streams: ['kernel'],
  recognise,
  open: (sink, context) => new DmesgReader(sink, context),
});

/** Lines of the head that are looked at. */
const LOOKED_AT = 100;
/** Below this share of them the file is another one that quotes such a line. */
const FEWEST_MATCHING = 0.2;

function recognise(head: Uint8Array): Recognition {
  const { matching, looked } = isJson(head) ? countRecords(head) : countLines(head);
  const share = matching / Math.max(looked, 1);
  return {
    confidence: share < FEWEST_MATCHING ? 0 : share,
    reason: `${matching} of the first ${looked} messages have a time as dmesg writes it.`,
  };
}

interface Counted {
  readonly matching: number;
  readonly looked: number;
}

function countLines(head: Uint8Array): Counted {
  const lines = firstLines(head, LOOKED_AT).filter((line) => !/^\s/.test(line));
  return { matching: lines.filter((line) => readKernelLine(line) !== undefined).length, looked: lines.length };
}

/** Priority or facility is asked for, too: a time and a text are in many a log. */
function countRecords(head: Uint8Array): Counted {
  const found: boolean[] = [];
  const scanner = new JsonRecordScanner(scannerOptions, {
    record: (record) => {
      const names = Object.keys((record.value ?? {}) as object);
      const isOnlyThese = names.every((name) => ['pri', 'fac', 'time', 'msg', 'caller'].includes(name));
      found.push(isOnlyThese && names.includes('pri') && typeof readKernelRecord(record) !== 'string');
    },
    damaged: () => found.push(false),
  });
  scanner.push(head);
  if (found.length === 0) scanner.finish();
  const looked = found.slice(0, LOOKED_AT);
  return { matching: looked.filter((is) => is).length, looked: looked.length };
}

function isJson(head: Uint8Array): boolean {
  const text = Buffer.from(head.subarray(bomLength(head), 4096)).toString('latin1');
  return looksLikeUtf16(head) || /^\s*[{[]\s*["{]/.test(text) || /"msg"\s*:/.test(text);
}

/** How much is looked at to tell JSON from text. */
const HEAD_BYTES = 4096;

class DmesgReader implements SourceReader {
  private readonly listing: Listing;
  private opened: TextLines | JsonLines | undefined;
  private head: Uint8Array = new Uint8Array(0);

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.listing = new Listing(sink, context);
  }

  push(piece: Uint8Array): void {
    if (this.opened) return this.opened.push(piece);
    this.head = Buffer.concat([this.head, piece]);
    if (this.head.length >= HEAD_BYTES) this.begin();
  }

  finish(): Problem | undefined {
    const ending = (this.opened ?? this.begin()).finish();
    if (ending === 'utf-16') {
      const where = { file: this.context.name };
      return {
        code: 'damaged_file',
        message: 'The file is UTF-16 text, not UTF-8.',
        where,
        remedy: 'Convert it to UTF-8.',
      };
    }
    const problem = this.listing.finish();
    if (!problem && ending === 'cut-off')
      this.sink.assume('The file ends before its JSON does: messages after its end are unknown.');
    return problem;
  }

  private begin(): TextLines | JsonLines {
    this.opened = isJson(this.head) ? new JsonLines(this.listing) : new TextLines(this.listing);
    this.opened.push(this.head);
    this.head = new Uint8Array(0);
    return this.opened;
  }
}
