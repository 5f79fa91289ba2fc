/**
 * Tools print the name of an account where a raw log has its number, from the accounts of the machine that they ran on.
 * A name must stand for one number through the whole file, and a number for one name.
 */
export class AccountNames {
  private readonly numbers = new Map<string, string>([['root', '0']]);

  /** The number of a name: as the tool has it, else the one that it stood for before, else ours. */
  numberOf(name: string | undefined, ours: string | undefined): string | undefined {
    if (name === undefined || name === 'unset') return undefined;
    const number = /^unknown\((\d+)\)$/.exec(name)?.[1] ?? (/^\d+$/.test(name) ? name : undefined);
    if (number !== undefined) return number;
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    if (ours === undefined || !/^\d+$/.test(ours)) return ours === name ? ours : name;
    const isTaken = [...this.numbers.values()].includes(ours);
    if (!isTaken) this.numbers.set(name, ours);
    return isTaken ? name : ours;
  }
}
