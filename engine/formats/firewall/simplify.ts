/** Conditions without what says nothing more, for people and for comparing. What a rule matches stays the same. */
import { ALL_V4, ALL_V6 } from './addresses.ts';
import type { Condition } from './model.ts';
import { mergeRanges, type Range } from './range-sets.ts';

/** Ranges about the same dimension are made one; what every packet of the family has is left out. */
export function simplified(conditions: readonly Condition[], family: string): readonly Condition[] {
  const kept: Condition[] = [];
  for (const condition of conditions) {
    if (isOfEvery(condition, family)) continue;
    const same = kept.findIndex((each) => each.dimension === condition.dimension && areBothPositive(each, condition));
    if (same < 0) kept.push(merged(condition));
    else kept[same] = both(kept[same]!, condition);
  }
  return kept.filter((condition) => !isWholeProtocol(condition));
}

function isWholeProtocol(condition: Condition): boolean {
  return condition.dimension === 'protocol' && !condition.negated && isRange(condition.ranges, [0n, 255n]);
}

function isOfEvery(condition: Condition, family: string): boolean {
  if (condition.negated || (condition.dimension !== 'source' && condition.dimension !== 'destination')) return false;
  return (
    (family === 'ip' && isRange(condition.ranges, ALL_V4)) || (family === 'ip6' && isRange(condition.ranges, ALL_V6))
  );
}

function isRange(ranges: readonly Range[], whole: Range): boolean {
  const [only, more] = ranges;
  return more === undefined && only?.[0] === whole[0] && only[1] === whole[1];
}

function areBothPositive(a: Condition, b: Condition): boolean {
  return !a.negated && !b.negated && 'ranges' in a && 'ranges' in b;
}

function merged(condition: Condition): Condition {
  return 'ranges' in condition ? { ...condition, ranges: mergeRanges(condition.ranges) } : condition;
}

function both(a: Condition, b: Condition): Condition {
  if (!('ranges' in a) || !('ranges' in b)) return a;
  const ranges = a.ranges.flatMap(([from, to]) =>
    b.ranges.map(([low, high]): Range => [from > low ? from : low, to < high ? to : high]),
  );
  return { ...a, ranges: mergeRanges(ranges) };
}
