/** Instants of the times of one file, and what was taken for granted to have them. */
import type { UtcMicros } from '../../../shared/time.ts';
import type { ReadContext } from '../format.ts';
import { ZoneClock } from '../syslog-messages/zone-clock.ts';
import type { WrittenTime } from './header.ts';
import { YearKeeper, type Yearless } from './year.ts';

/** Offsets that are named; a file has two, or a few. */
const MOST_OFFSETS = 8;

export class LineClock {
  private readonly years: YearKeeper;
  private readonly clock: ZoneClock;
  private readonly offsets = new Set<string>();
  private withOffset = 0;
  private withoutOffset = 0;

  constructor(private readonly context: Pick<ReadContext, 'window' | 'zone'>) {
    this.years = new YearKeeper(context.window, context.zone);
    this.clock = new ZoneClock(context.zone);
  }

  /** The instant of the time of the next line. */
  instantOf(written: WrittenTime): UtcMicros {
    if (written.kind === 'no_year') return BigInt(this.microsOf(written));
    this.sawOffset(written.offset);
    return written.time;
  }

  /** The instant of the time of the next line, which has no year: UTC microseconds. */
  microsOf(written: Yearless): number {
    this.withoutOffset++;
    return this.clock.microsOf(this.years.wallClockOf(written));
  }

  /** Takes the offset of the time of the next line, which is an instant by itself. */
  sawOffset(offset: string): void {
    this.withOffset++;
    if (this.offsets.size < MOST_OFFSETS) this.offsets.add(offset);
  }

  /** Sentences about years, zones and offsets; none where every line says all of it in the same way. */
  assumptions(): readonly string[] {
    return [...this.aboutYears(), ...this.clock.doubts(), ...this.aboutOffsets()];
  }

  private aboutYears(): readonly string[] {
    const years = this.years.years();
    if (!years) return [];
    const rolled = years.last === years.first ? '' : ` The year of its last line is ${years.last}.`;
    return [
      `Years are not in the file; ${years.first} was assumed for the first line without one because that is in or nearest to the audit window, and later lines follow it.${rolled}`,
      `Time zones are not in the file; ${this.context.zone} was assumed.`,
    ];
  }

  private aboutOffsets(): readonly string[] {
    const offsets = [...this.offsets].sort().join(', ');
    const said: string[] = [];
    if (this.offsets.size > 1) said.push(`Times have several offsets (${offsets}); each was taken as it is written.`);
    if (this.withOffset > 0 && this.withoutOffset > 0)
      said.push(
        `Lines with a year and an offset (${offsets}): ${this.withOffset}, taken as they are written. The year and the zone were assumed for the other ${this.withoutOffset} only.`,
      );
    return said;
  }
}
