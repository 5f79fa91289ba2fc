/** Instants of the times of one file, and what was taken for granted to have them. */
import type { UtcMicros } from '../../../shared/time.ts';
import type { ReadContext } from '../format.ts';
import { ZoneClock } from '../syslog-messages/zone-clock.ts';
import type { WrittenTime } from './written-time.ts';
import { YearKeeper, type Yearless } from './year.ts';

/** Offsets that are named; a file has two, or a few. */
const MOST_OFFSETS = 8;

export class LineClock {
  private readonly years: YearKeeper;
  private readonly clock: ZoneClock;
  private readonly offsets = new Set<string>();
  private readonly unreadZones = new Set<string>();
  private withOffset = 0;
  /** Without one, whatever else they say. */
  private withoutOffset = 0;
  /** Of these: with a year, and no zone. */
  private withYearOnly = 0;
  /** Of these: with the name of a zone, which is UTC. */
  private withZoneName = 0;
  /** Of these: with the name of a zone that many countries use for clocks of their own. */
  private withUnreadZone = 0;
  /** Lines whose device said that its clock was never set; and that it has lost the source of its time. */
  private neverSet = 0;
  private lost = 0;

  constructor(private readonly context: Pick<ReadContext, 'window' | 'zone'>) {
    this.years = new YearKeeper(context.window, context.zone);
    this.clock = new ZoneClock(context.zone);
  }

  /** Gives the first line, which is still to come, the year that puts it before the audit window. */
  beginBeforeWindow(): void {
    this.years.beginBeforeWindow();
  }

  /** The instant of the time of the next line. */
  instantOf(written: WrittenTime): UtcMicros {
    if (written.kind === 'instant') {
      this.sawOffset(written.offset);
      return written.time;
    }
    if (written.isUtc) this.withZoneName++;
    if (written.zoneName !== undefined) this.sawUnreadZone(written.zoneName);
    if (written.kind === 'no_offset') {
      this.withoutOffset++;
      if (!written.isUtc) this.withYearOnly++;
      return written.isUtc ? written.wall : this.clock.instantOf(written.wall);
    }
    if (!written.isUtc) return BigInt(this.microsOf(written));
    this.withoutOffset++;
    return BigInt(this.years.wallClockOf(written));
  }

  private sawUnreadZone(name: string): void {
    this.withUnreadZone++;
    if (this.unreadZones.size < MOST_OFFSETS) this.unreadZones.add(name);
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

  /** Takes the mark that a device of Cisco put before the time of the next line. */
  sawMark(mark: string): void {
    if (mark === '*') this.neverSet++;
    else this.lost++;
  }

  /** Sentences about years, zones and offsets; none where every line says all of it in the same way. */
  assumptions(): readonly string[] {
    return [
      ...this.aboutYears(),
      ...this.aboutZones(),
      ...this.aboutMarks(),
      ...this.clock.doubts(),
      ...this.aboutOffsets(),
    ];
  }

  private aboutYears(): readonly string[] {
    const years = this.years.years();
    if (!years) return [];
    const rolled = years.last === years.first ? '' : ` The year of its last line is ${years.last}.`;
    return [
      `Years are not in the file; ${years.first} was assumed for the first line without one because that is ${this.years.basis}, and later lines follow it.${rolled}`,
    ];
  }

  private aboutZones(): readonly string[] {
    const { withoutOffset, withZoneName, withYearOnly, withUnreadZone } = this;
    const said: string[] = [];
    if (withoutOffset > withZoneName) said.push(`Time zones are not in the file; ${this.context.zone} was assumed.`);
    if (withYearOnly > 0) said.push(`Times with a year and without an offset: ${withYearOnly}.`);
    if (withUnreadZone > 0) {
      const names = [...this.unreadZones].sort().join(', ');
      said.push(
        `Times with a name of a zone that is not read (${names}): ${withUnreadZone}; ${this.context.zone} was assumed.`,
      );
    }
    if (withZoneName > 0) said.push(`Times that end in UTC or GMT: ${withZoneName}, taken as such.`);
    return said;
  }

  private whatWasAssumed(): string {
    const isLacking = this.withYearOnly + this.withZoneName > 0;
    return isLacking ? 'What a time lacks was assumed' : 'The year and the zone were assumed';
  }

  private aboutMarks(): readonly string[] {
    const { neverSet, lost } = this;
    if (neverSet + lost === 0) return [];
    return [
      `Lines whose device says that its clock was never set ("*"): ${neverSet}; that it lost the source of its time ("."): ${lost}. Their times were believed.`,
    ];
  }

  private aboutOffsets(): readonly string[] {
    const offsets = [...this.offsets].sort().join(', ');
    const said: string[] = [];
    if (this.offsets.size > 1) said.push(`Times have several offsets (${offsets}); each was taken as it is written.`);
    if (this.withOffset > 0 && this.withoutOffset > 0)
      said.push(
        `Lines with a year and an offset (${offsets}): ${this.withOffset}, taken as they are written. ${this.whatWasAssumed()} for the other ${this.withoutOffset} only.`,
      );
    return said;
  }
}
