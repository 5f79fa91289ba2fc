/**
 * What network devices of Cisco put around the time, and the tag of their messages.
 *
 *     [<PRI>][: ][NUMBER: ][HOST: ][NUMBER: ][*|.]TIME[ ZONE]: %FACILITY-SEVERITY-MNEMONIC: text
 *     [<PRI>]Mmm dd yyyy hh:mm:ss[ HOST ]: %ASA-6-302013: text
 */

export interface DevicePrefix {
  /** The number that `service sequence-numbers`, or the count of messages of IOS, puts first. */
  readonly sequence: bigint | undefined;
  readonly host: string | undefined;
  /** `*`: the clock was never set. `.`: it was set, and has lost its source. */
  readonly clockMark: string | undefined;
  readonly end: number;
}

/** How a time with the name of a month begins. */
const TIME = String.raw`(?:[A-Z][a-z]{2} {1,2}\d|\d{4} [A-Z][a-z]{2} )`;
/** The host has a colon after it, or a number that has one. */
const HOST = String.raw`(?:(?!\d+: )([\w.:-]{1,255}?):? (?=\d{1,10}: [*.]?${TIME})|(?!\d+: )([\w.:-]{1,255}): (?=[*.]?${TIME}))?`;
const PREFIX = new RegExp(String.raw`(?:: )?(?:(\d{1,10}): )?${HOST}(?:\d{1,10}: )?([*.])?(?=${TIME})`, 'y');

/** What stands at `at` before a time with the name of a month; mostly nothing. */
export function readDevicePrefix(text: string, at: number): DevicePrefix {
  PREFIX.lastIndex = at;
  const [head = '', number, numbered, named, clockMark] = PREFIX.exec(text) ?? [];
  const sequence = number === undefined ? undefined : BigInt(number);
  return { sequence, host: numbered ?? named, clockMark, end: at + head.length };
}

export interface DeviceTag {
  readonly program: string;
  /** 0 (emergency) to 7 (debugging). */
  readonly level: number;
  /** Where the text after it begins. */
  readonly end: number;
}

const TAG = /(%[A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+)*-([0-7])-[A-Z0-9_]+): ?/y;

/** The tag at `at`, as in `%SYS-5-CONFIG_I: text`; `undefined` where none is. */
export function readDeviceTag(text: string, at: number): DeviceTag | undefined {
  if (text[at] !== '%') return undefined;
  TAG.lastIndex = at;
  const [head, program, level] = TAG.exec(text) ?? [];
  return head === undefined || program === undefined
    ? undefined
    : { program, level: Number(level), end: at + head.length };
}

const COLLECTED =
  /(?:(?!\d+: )[\w.:-]{1,255}: (?=\d{1,10}: ))?(\d{1,10}): (?:[\w.:-]{1,255}: )?(?:\d{1,10}: )?([*.])?(?:[A-Z][a-z]{2} {1,2}\d{1,2} (?:\d{4} )?[\d:.]{8,18}(?: \w{1,6})?: )?(?=%)/y;

export interface Collected {
  readonly sequence: bigint;
  readonly clockMark: string | undefined;
  /** Where the text after the number begins: with the time of the device, or with its tag. */
  readonly textAt: number;
  /** Where its tag begins. */
  readonly end: number;
}

/** What a device put before its tag, where a collector wrote down a time and a host of its own before it. */
export function readCollected(text: string, at: number): Collected | undefined {
  COLLECTED.lastIndex = at;
  const [head, number, clockMark] = COLLECTED.exec(text) ?? [];
  if (head === undefined || number === undefined) return undefined;
  const textAt = at + head.indexOf(`${number}: `) + number.length + 2;
  return { sequence: BigInt(number), clockMark, textAt, end: at + head.length };
}
