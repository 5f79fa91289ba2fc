/** The words of go-libaudit for what a raw log has as numbers. */
import { constants } from 'node:os';

/** A label of SELinux from its parts; undefined without any. */
export function label(parts: readonly (string | undefined)[]): string | undefined {
  return parts[0] === undefined ? undefined : parts.filter((part) => part !== undefined).join(':');
}

/** `ENOENT` is -2. */
export function exitNumber(value: string): string {
  const number = (constants.errno as Readonly<Record<string, number>>)[value];
  return number === undefined ? value : String(-number);
}

const MACHINES: Readonly<Record<string, string>> = { x86_64: 'c000003e', i386: '40000003', aarch64: 'c00000b7' };

/** The number of a machine as the log has it. */
export function machineNumber(name: string): string {
  return MACHINES[name] ?? name;
}

/** The name of a machine whose number the log has. */
export function machineName(number: string | undefined): string | undefined {
  return Object.keys(MACHINES).find((name) => MACHINES[name] === number) ?? number;
}

const FAMILIES: Readonly<Record<string, string>> = { ipv4: 'inet', ipv6: 'inet6', unix: 'local' };

/** The name that a family of addresses has in the log's own tools. */
export function familyName(word: string): string {
  return FAMILIES[word] ?? word;
}

/** Our names of the parts of a socket's address; the address as the log has it is not taken apart twice. */
export function socketWords(found: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  const { family = '', addr, port, ...others } = found;
  return { ...others, saddr: undefined, saddr_fam: familyName(family), laddr: addr, lport: port };
}
