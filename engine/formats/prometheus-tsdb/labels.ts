/** Label sets: sorted by name, each name once. */

export type Label = readonly [name: string, value: string];

/** Text in the order of its UTF-8 bytes, as blocks are sorted; JavaScript alone sorts by UTF-16 units. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return surrogatesLast(x) - surrogatesLast(y);
  }
  return a.length - b.length;
}

// Units from 0xd800 to 0xdfff stand for characters above 0xffff, so they come after 0xe000 to 0xffff.
function surrogatesLast(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** Label sets in the order of a block: name, value, name, value, ...; the shorter first. */
export function compareLabels(a: readonly Label[], b: readonly Label[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = compareText(a[i]![0], b[i]![0]) || compareText(a[i]![1], b[i]![1]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Value of a label; empty when the series has none of that name, as PromQL sees it. */
export function labelValue(labels: readonly Label[], name: string): string {
  return labels.find(([each]) => each === name)?.[1] ?? '';
}
