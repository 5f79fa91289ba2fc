/** The ways of writing a time that a mapping can name. */
import {
  instantOfWallClock,
  isDay,
  isTimeZone,
  MICROS_PER_SECOND,
  parseInstant,
  type UtcMicros,
} from '../../../shared/time.ts';

/** Reads the text of a time; `undefined` when it is not written so. */
export type ReadTime = (text: string) => UtcMicros | undefined;

export interface TimeForm {
  /** As the mapping names it. */
  readonly as: string;
  /** The zone in which it takes times without an offset; `undefined` when it takes none. */
  readonly zone: string | undefined;
  readonly read: ReadTime;
}

export const timeFormNames = ['rfc3339', 'epoch-s', 'epoch-ms', 'epoch-us', 'epoch-ns'] as const;

const EPOCH = /^(-?)(\d{1,20})(?:\.(\d{1,9}))?$/;
const nanosOf: Readonly<Record<string, bigint>> = {
  'epoch-s': 1_000_000_000n,
  'epoch-ms': 1_000_000n,
  'epoch-us': 1000n,
  'epoch-ns': 1n,
};
// 0001-01-01 to 9999-12-31: what is outside of it was written in another unit.
const FIRST = -62_135_596_800n * MICROS_PER_SECOND;
const LAST = 253_402_300_799_999_999n;

/** Makes the reader of a form: a name, or a pattern with `%`. A string says why there is none. */
export function makeTimeForm(as: string, zone: string | undefined): TimeForm | string {
  if (zone !== undefined && !isTimeZone(zone)) return `${JSON.stringify(zone)} is no time zone that is known here`;
  if (as.includes('%')) return patternForm(as, zone);
  if (as === 'rfc3339') return { as, zone, read: within((text) => instantOf(text, zone)) };
  const unit = Object.hasOwn(nanosOf, as) ? nanosOf[as] : undefined;
  if (unit !== undefined) return { as, zone: undefined, read: within((text) => epochOf(text, unit)) };
  return `${JSON.stringify(as)} is no form of time: give ${timeFormNames.join(', ')}, or a pattern such as %Y-%m-%d %H:%M:%S`;
}

function within(read: ReadTime): ReadTime {
  return (text) => {
    const time = read(text);
    return time !== undefined && time >= FIRST && time <= LAST ? time : undefined;
  };
}

function instantOf(text: string, zone: string | undefined): UtcMicros | undefined {
  const time = parseInstant(text);
  if (time !== undefined || zone === undefined) return time;
  const wall = parseInstant(`${text}Z`);
  return wall === undefined ? undefined : instantOfWallClock(wall, zone);
}

function epochOf(text: string, unit: bigint): UtcMicros | undefined {
  const [, sign, whole, fraction = ''] = EPOCH.exec(text) ?? [];
  if (whole === undefined) return undefined;
  // In billionths of a nanosecond, because the number may have nine decimals.
  const exact = (BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))) * unit;
  return (sign === '-' ? -exact : exact) / 1_000_000_000_000n;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const monthNames =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?';
const dayNames =
  'mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?';

// What each directive of strptime matches, and under which name its value is kept.
const directives: Readonly<Record<string, readonly [name: string, pattern: string]>> = {
  Y: ['year', '\\d{4}'],
  y: ['short', '\\d{2}'],
  m: ['month', '\\d{1,2}'],
  b: ['named', monthNames],
  B: ['named', monthNames],
  h: ['named', monthNames],
  d: ['day', '\\d{1,2}'],
  e: ['day', ' ?\\d{1,2}'],
  H: ['hour', '\\d{1,2}'],
  I: ['twelve', '\\d{1,2}'],
  M: ['minute', '\\d{1,2}'],
  S: ['second', '\\d{1,2}'],
  f: ['fraction', '\\d{1,9}'],
  p: ['half', '[ap]\\.?m\\.?'],
  a: ['weekday', dayNames],
  A: ['weekday', dayNames],
  z: ['offset', 'Z|[+-]\\d{2}:?\\d{2}'],
  Z: ['universal', 'UTC|GMT|Z'],
};
const shorthands: Readonly<Record<string, string>> = { F: '%Y-%m-%d', T: '%H:%M:%S', R: '%H:%M', D: '%m/%d/%y' };

function patternForm(as: string, zone: string | undefined): TimeForm | string {
  const compiled = compile(as);
  if (typeof compiled === 'string') return compiled;
  const { pattern, names } = compiled;
  const missing = whatIsMissing(names);
  if (missing !== undefined) return `${JSON.stringify(as)} has no ${missing}`;
  const carriesOffset = names.has('offset') || names.has('universal');
  if (!carriesOffset && zone === undefined)
    return `${JSON.stringify(as)} has no %z, so state the zone beside it, as zone: UTC`;
  const read = (text: string): UtcMicros | undefined => {
    const groups = pattern.exec(text)?.groups;
    return groups && timeOf(groups, zone ?? 'UTC');
  };
  return { as, zone: carriesOffset ? undefined : zone, read: within(read) };
}

function compile(as: string): { pattern: RegExp; names: ReadonlySet<string> } | string {
  const names = new Set<string>();
  const expanded = as.replace(/%([FTRD])/g, (_, letter: string) => shorthands[letter]!);
  let source = '';
  for (const [part, letter] of expanded.matchAll(/%(.?)|\s+|[^%\s]/gsu)) {
    if (letter === undefined) source += /^\s/.test(part) ? '\\s+' : escape(part);
    else if (letter === '%') source += '%';
    else if (!Object.hasOwn(directives, letter))
      return `${JSON.stringify(as)} has %${letter}, which is no directive that is read`;
    else {
      const [name, pattern] = directives[letter]!;
      if (names.has(name)) return `${JSON.stringify(as)} says the ${name} twice`;
      names.add(name);
      source += `(?<${name}>${pattern})`;
    }
  }
  return { pattern: new RegExp(`^${source}$`, 'iu'), names };
}

function escape(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}

function whatIsMissing(names: ReadonlySet<string>): string | undefined {
  if (!names.has('year') && !names.has('short')) return 'year (%Y or %y)';
  if (!names.has('month') && !names.has('named')) return 'month (%m or %b)';
  if (!names.has('day')) return 'day (%d)';
  if (names.has('twelve') !== names.has('half')) return names.has('half') ? '%I beside %p' : '%p beside %I';
  return undefined;
}

function timeOf(groups: Record<string, string>, zone: string): UtcMicros | undefined {
  const two = (text: string | undefined): string => String(Number(text ?? 0)).padStart(2, '0');
  const named =
    groups['named'] === undefined ? undefined : MONTHS.indexOf(groups['named'].slice(0, 3).toLowerCase()) + 1;
  const day = `${groups['year'] ?? century(groups['short']!)}-${two(groups['month'] ?? String(named))}-${two(groups['day'])}`;
  const hour = hourOf(groups);
  if (!isDay(day) || hour === undefined) return undefined;
  const fraction = groups['fraction'] === undefined ? '' : `.${groups['fraction']}`;
  const text = `${day}T${two(hour)}:${two(groups['minute'])}:${two(groups['second'])}${fraction}`;
  if (groups['offset'] !== undefined) return parseInstant(`${text}${groups['offset'].toUpperCase()}`);
  const wall = parseInstant(`${text}Z`);
  if (wall === undefined) return undefined;
  return groups['universal'] === undefined ? instantOfWallClock(wall, zone) : wall;
}

/** POSIX: 69 to 99 are of the twentieth century, 00 to 68 of the one after it. */
function century(short: string): string {
  return `${Number(short) >= 69 ? '19' : '20'}${short}`;
}

function hourOf(groups: Record<string, string>): string | undefined {
  const twelve = groups['twelve'];
  if (twelve === undefined) return groups['hour'] ?? '0';
  const hour = Number(twelve);
  if (hour < 1 || hour > 12) return undefined;
  return String((hour % 12) + (groups['half']!.toLowerCase().startsWith('p') ? 12 : 0));
}
