/**
 * What network devices of Cisco put around the time, and the tag of their messages.
 *
 *     [<PRI>][NUMBER: ][HOST: ][NUMBER: ][*|.]TIME[ ZONE]: %FACILITY-SEVERITY-MNEMONIC: text
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

const PREFIX =
  /(?:(\d{1,10}): )?(?:([\w.:-]{1,255}): (?=\d{1,10}: |[*.]?[A-Z][a-z]{2} {1,2}\d))?(?:\d{1,10}: )?([*.])?(?=[A-Z][a-z]{2} {1,2}\d|\d{4} [A-Z][a-z]{2} )/y;

/** What stands at `at` before a time with the name of a month; mostly nothing. */
export function readDevicePrefix(text: string, at: number): DevicePrefix {
  PREFIX.lastIndex = at;
  const [head = '', number, host, clockMark] = PREFIX.exec(text) ?? [];
  return { sequence: number === undefined ? undefined : BigInt(number), host, clockMark, end: at + head.length };
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
  /(\d{1,10}): (?:[\w.:-]{1,255}: )?(?:\d{1,10}: )?([*.])?(?:[A-Z][a-z]{2} {1,2}\d{1,2} (?:\d{4} )?[\d:.]{8,18}(?: \w{1,5})?: )?(?=%)/y;

/** What a device put before its tag, where a collector wrote down a time and a host of its own before it. */
export function readCollected(text: string, at: number): Omit<DevicePrefix, 'host'> | undefined {
  COLLECTED.lastIndex = at;
  const [head, number, clockMark] = COLLECTED.exec(text) ?? [];
  return head === undefined || number === undefined
    ? undefined
    : { sequence: BigInt(number), clockMark, end: at + head.length };
}
