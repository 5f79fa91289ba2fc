/** Times as systemd prints them: `Wed 2020-03-11 00:53:21 UTC`, the name of the day in any language. */
import {
  instantOfWallClock,
  isTimeZone,
  MICROS_PER_HOUR,
  parseInstant,
  wallClockMicros,
  type UtcMicros,
} from '../../../shared/time.ts';

const WRITTEN = /^(?:\S+ )?(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)(?: (\S+))?$/;

/** What systemd writes for zones that have no abbreviation: `+08`, `-0330`. */
const OFFSET = /^([+-]\d{2})(\d{2})?$/;

/**
 * Reads such a time. In a zone with an abbreviation other than UTC it needs the IANA zone that the same report names, because abbreviations
 * do not identify one. `undefined` without it, and in the hour that a wall clock shows twice a year.
 */
export function readSystemdTime(text: string | undefined, zone: string | undefined): UtcMicros | undefined {
  const parts = WRITTEN.exec(text ?? '');
  if (!parts) return undefined;
  const [, day = '', time = '', abbreviation = ''] = parts;
  const [, hours, minutes = '00'] = OFFSET.exec(abbreviation ?? '') ?? [];
  if (hours !== undefined) return parseInstant(`${day}T${time}${hours}:${minutes}`);
  const wall = parseInstant(`${day}T${time}Z`);
  if (wall === undefined || abbreviation === 'UTC' || abbreviation === 'GMT') return wall;
  if (zone === undefined || !isTimeZone(zone)) return undefined;
  const instant = instantOfWallClock(wall, zone);
  const isTwice = wallClockMicros(instant + MICROS_PER_HOUR, zone) === wall;
  const isShown = wallClockMicros(instant, zone) === wall;
  return isShown && !isTwice ? instant : undefined;
}
