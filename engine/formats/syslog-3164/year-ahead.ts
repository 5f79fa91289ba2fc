/**
 * Whether a file begins in the year before the audit window. A window of a whole year holds every day of the calendar, so
 * that the first line alone cannot say. The lines after it can: where they go over a new year, the year is right with
 * which more of them are in the window.
 */
import type { Interval } from '../../../shared/time.ts';
import { LineSplitter } from '../framing/lines.ts';
import { isDayOfYear, monthNamed } from './written-time.ts';
import { YearKeeper, type Yearless } from './year.ts';

/** So much of a file is looked at, and held meanwhile. */
const MOST_BYTES = 16 * 1024 * 1024;
/** Without a line that has no year in so many bytes the file is one of other times. */
const MOST_BYTES_BEFORE_FIRST = 64 * 1024;
/** Of a line this much is looked at: its time is at its beginning. */
const LOOKED_AT = 64;
const TIME = /^(?:<\d{1,3}>)?(?:\d{1,10}: )?[*.]?([A-Z][a-z]{2}) {1,2}(\d{1,2}) \d\d:\d\d:\d\d/;

/** One way to give years, and how many of the lines are in the window with it. */
interface Attempt {
  readonly years: YearKeeper;
  inWindow: number;
}

/** Looks at the pieces of a file in their order, until nothing more needs to be seen. */
export class YearAhead {
  isDone = false;
  private readonly splitter: LineSplitter;
  private readonly usual: Attempt;
  private readonly before: Attempt;
  private lines = 0;
  private bytes = 0;

  constructor(window: Interval, zone: string) {
    this.usual = { years: new YearKeeper(window, zone), inWindow: 0 };
    this.before = { years: new YearKeeper(window, zone), inWindow: 0 };
    this.before.years.beginBeforeWindow();
    this.splitter = new LineSplitter({
      line: (bytes, from, to) => this.see(bytes, from, to),
      longLine: () => undefined,
    });
  }

  /** More lines of what was seen are in the window where the first one is before it. */
  get isBefore(): boolean {
    return this.before.inWindow > this.usual.inWindow;
  }

  take(piece: Uint8Array): void {
    this.splitter.push(piece);
    this.bytes += piece.length;
    this.isDone ||= this.bytes >= (this.lines > 0 ? MOST_BYTES : MOST_BYTES_BEFORE_FIRST);
  }

  /** Takes the last line, where it has no line end. */
  finish(): void {
    this.splitter.finish();
  }

  private see(bytes: Uint8Array, from: number, to: number): void {
    if (this.isDone) return;
    const time = timeOf(Buffer.from(bytes.subarray(from, Math.min(to, from + LOOKED_AT))).toString('latin1'));
    if (!time) return;
    for (const attempt of [this.usual, this.before])
      if (attempt.years.isInWindow(attempt.years.wallClockOf(time))) attempt.inWindow++;
    // With a first line that no year puts into the window, the nearest year is taken in any case.
    if (this.lines++ === 0) this.isDone = this.usual.inWindow === 0;
  }
}

function timeOf(text: string): Yearless | undefined {
  const [, name = '', date] = TIME.exec(text) ?? [];
  const month = monthNamed(name);
  const day = Number(date);
  return month !== undefined && isDayOfYear(month, day) ? { month, day, microsOfDay: 0 } : undefined;
}
