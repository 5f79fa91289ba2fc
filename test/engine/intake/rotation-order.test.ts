import { expect, it } from 'vitest';
import { inRotationOrder } from '../../../engine/intake/rotation-order.ts';

it.each([
  [
    ['a/audit.log', 'a/audit.log.1', 'a/audit.log.10.gz', 'a/audit.log.2.gz'],
    ['a/audit.log.10.gz', 'a/audit.log.2.gz', 'a/audit.log.1', 'a/audit.log'],
  ],
  [
    ['messages', 'messages-20260301', 'messages-20260222.gz'],
    ['messages-20260222.gz', 'messages-20260301', 'messages'],
  ],
  [
    ['x/sys.1.log', 'x/sys.2.log', 'x/sys.log', 'x/sys-2026-03-01.log'],
    ['x/sys.2.log', 'x/sys.1.log', 'x/sys-2026-03-01.log', 'x/sys.log'],
  ],
  // Each folder has sets of its own, and names that are no rotation stay where they are.
  [
    ['a/audit.log', 'b/audit.log.1', 'b/audit.log', 'trail-0001.json', 'web-1/1'],
    ['a/audit.log', 'b/audit.log.1', 'b/audit.log', 'trail-0001.json', 'web-1/1'],
  ],
])('orders %j', (given, expected) => {
  expect(inRotationOrder(given)).toEqual(expected);
});
