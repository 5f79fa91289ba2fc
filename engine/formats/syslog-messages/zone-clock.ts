/** Wall clocks of one zone, as logs without offsets write them, and where they say less than an instant. */
import {
  formatInstant,
  instantOfWallClock,
  MICROS_PER_DAY,
  type UtcMicros,
  wallClockMicros,
} from '../../../shared/time.ts';

const QUARTER_HOUR = 900_000_000;

/** How often the clocks of a zone show a time: when they are set back some show twice, when forward some never. */
type Shown = 'once' | 'twice' | 'never';

interface Count {
  /** As a wall clock, in microseconds. */
  readonly first: number;
  readonly lines: number;
}

/**
 * Instants of wall clocks in one zone. Offsets change at quarter hours at the finest, so that one look-up in the zone
 * serves all lines of a quarter of an hour.
 */
export class ZoneClock {
  private quarter: number | undefined;
  private offset = 0;
  private shown: Shown = 'once';
  private readonly counts = new Map<Shown, Count>();

  constructor(private readonly zone: string) {}

  /**
   * The instant at which a wall clock shows `wall` (microseconds, as if UTC): of two the first, and for a time that was
   * left out the instant at which the clock jumped over it, as far as it is into the time left out.
   */
  instantOf(wall: bigint): UtcMicros {
    this.see(Number(wall));
    return wall - BigInt(this.offset);
  }

  /** The same as a plain number, exact until the year 2255. */
  microsOf(wall: number): number {
    this.see(wall);
    return wall - this.offset;
  }

  private see(wall: number): void {
    const quarter = Math.trunc(wall / QUARTER_HOUR);
    if (quarter !== this.quarter) this.lookUp(quarter);
    if (this.shown !== 'once') this.count(wall);
  }

  /** Sentences about the times that no instant, or two, belong to; for the assumptions of the source. */
  doubts(): readonly string[] {
    const doubt = (shown: Shown, did: string, assumed: string) => {
      const count = this.counts.get(shown);
      if (!count) return [];
      const first = formatInstant(BigInt(count.first)).slice(0, -1).replace('T', ' ');
      return [`Times that the clocks of ${this.zone} ${did}: ${count.lines} (first ${first}); ${assumed}.`];
    };
    return [
      ...doubt(
        'twice',
        'showed twice',
        'the first pass was assumed, so that each event may be later by as much as they were set back',
      ),
      ...doubt('never', 'left out', 'the time after they were set forward was assumed'),
    ];
  }

  private lookUp(quarter: number): void {
    const start = BigInt(quarter * QUARTER_HOUR);
    const instant = instantOfWallClock(start, this.zone);
    this.quarter = quarter;
    this.offset = Number(start - instant);
    this.shown = this.shownOf(start, instant);
  }

  private shownOf(wall: bigint, instant: UtcMicros): Shown {
    if (this.zone === 'UTC') return 'once';
    if (wallClockMicros(instant, this.zone) !== wall) return 'never';
    const later = wall + MICROS_PER_DAY;
    const offsetAfter = wallClockMicros(later, this.zone) - later;
    const other = wall - offsetAfter;
    return other !== instant && wallClockMicros(other, this.zone) === wall ? 'twice' : 'once';
  }

  private count(wall: number): void {
    const { first, lines } = this.counts.get(this.shown) ?? { first: wall, lines: 0 };
    this.counts.set(this.shown, { first, lines: lines + 1 });
  }
}
