/** How sure it is that a file is an export of a journal, and which. */
import type { Recognition } from '../format.ts';
import { bomLength, looksLikeUtf16 } from '../framing/byte-window.ts';
import { entryOfJson, textOf, type JournalEntry } from './entry.ts';
import { ExportSplitter } from './export-entries.ts';
import { jsonValues, sentEvents } from './json-entries.ts';
import { isVerboseHead, VerboseSplitter } from './verbose-entries.ts';

export type ExportKind = 'export' | 'json' | 'sse' | 'verbose' | Unreadable;

/** Forms that hold less than an entry, or in another way, and are refused: lines without an offset, the journal's own files. */
export type Unreadable = 'lines' | 'file';

/** How much is looked at to tell the exports apart. */
export const HEAD_BYTES = 16 * 1024;

/** Records of the head that are looked at. */
const LOOKED_AT = 100;
const FEWEST_MATCHING = 0.2;

const LINES_LOOKED_AT = 20;
/** `-o short-full` and `-o short-unix`: a weekday and a zone without an offset, or seconds since 1970. */
const TEXT_LINE =
  /^(?:[A-Z][a-z]{1,3}\.? \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{6})? \S{1,10}|\d{9,11}\.\d{6}) \S+ [^\s:[\]]+(?:\[\d+\])?: /;

/** Which export this is the beginning of; by its first character where it names no field that entries have. */
export function kindOfExport(head: Uint8Array): ExportKind {
  const text = Buffer.from(head.subarray(bomLength(head))).toString('latin1');
  if (text.startsWith('LPKSHHRH')) return 'file';
  const lines = text.split('\n', LINES_LOOKED_AT).filter((line) => line.trim() !== '');
  if (lines.some((line) => isVerboseHead(line))) return 'verbose';
  if (lines.filter((line) => TEXT_LINE.test(line)).length * 2 > lines.length) return 'lines';
  if (/^(?:(?:data|event|id|retry)?:[^\n]*\n+)*data: ?\{/.test(text) || /\n\ndata: ?\{"/.test(text)) return 'sse';
  if (/"(?:__REALTIME_TIMESTAMP|__CURSOR|_BOOT_ID)"\s*:/.test(text)) return 'json';
  if (/(?:^|\n)(?:__REALTIME_TIMESTAMP|__CURSOR)=/.test(text)) return 'export';
  return looksLikeUtf16(head) || /^\s*[[{\x1e]/.test(text) ? 'json' : 'export';
}

export function recogniseJournal(head: Uint8Array): Recognition {
  const kind = kindOfExport(head.subarray(0, HEAD_BYTES));
  const entries: boolean[] = [];
  const add = (entry: JournalEntry | undefined) => entries.push(entry !== undefined && isEntry(entry));
  if (kind === 'lines')
    return { confidence: 0.6, reason: 'Its lines are those of journalctl -o short-full or short-unix.' };
  if (kind === 'file')
    return { confidence: 0.9, reason: 'It begins as the files of the systemd journal do (LPKSHHRH).' };
  if (kind === 'export' || kind === 'verbose') {
    const handler = { entry: add, damaged: () => add(undefined) };
    const splitter = kind === 'export' ? new ExportSplitter(handler) : new VerboseSplitter(handler);
    splitter.push(head);
    if (entries.length === 0) splitter.finish();
  } else {
    const open = kind === 'sse' ? sentEvents : jsonValues;
    const handler = {
      record: ({ value }: { readonly value: unknown }) =>
        add(typeof value === 'object' && value !== null && !Array.isArray(value) ? entryOfJson(value) : undefined),
      damaged: () => add(undefined),
    };
    const reader = open(handler);
    reader.push(head);
    if (entries.length === 0) reader.finish();
  }
  const looked = entries.slice(0, LOOKED_AT);
  const matching = looked.filter((is) => is).length;
  const share = matching / Math.max(looked.length, 1);
  return {
    confidence: share < FEWEST_MATCHING ? 0 : share,
    reason: `${matching} of the first ${looked.length} entries have __REALTIME_TIMESTAMP and other fields of a journal (${kind}).`,
  };
}

function isEntry(entry: JournalEntry): boolean {
  const isTimed = /^\d{1,18}$/.test(textOf(entry, '__REALTIME_TIMESTAMP') ?? '');
  return isTimed && ['__CURSOR', '_BOOT_ID', 'MESSAGE', '__MONOTONIC_TIMESTAMP'].some((name) => entry.has(name));
}
