import { describe, expect, it } from 'vitest';
import { inRotationOrder, rotatedSetOf } from '../../../engine/intake/rotation-order.ts';

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
  [
    ['host-a/audit.log', 'host-b/audit.log', 'host-a/audit.log.1', 'host-b/audit.log.1'],
    ['host-a/audit.log.1', 'host-a/audit.log', 'host-b/audit.log.1', 'host-b/audit.log'],
  ],
  // Dates in every shape, seconds of %s behind them, and hours.
  [
    ['m', 'm-20260201', 'm-20260131-1769817601.zst', 'm-20260131-1769814000.xz', 'm-20260131'],
    ['m-20260131', 'm-20260131-1769814000.xz', 'm-20260131-1769817601.zst', 'm-20260201', 'm'],
  ],
  [
    ['syslog', 'syslog.2026-01-31', 'syslog.2026-01-30.bz2', 'syslog.2026', 'syslog.2025', 'syslog.2026-01'],
    ['syslog.2025', 'syslog.2026', 'syslog.2026-01', 'syslog.2026-01-30.bz2', 'syslog.2026-01-31', 'syslog'],
  ],
  [
    ['u.log-2026013112', 'u.log-2026013111.gz', 'u.log'],
    ['u.log-2026013111.gz', 'u.log-2026013112', 'u.log'],
  ],
  // Copies stand beside what they are copies of.
  [
    ['audit.log', 'audit.log (1)', 'audit.log.1', 'audit.log.1.bak', 'audit.log.2.gz.bak', 'audit.log~'],
    ['audit.log.2.gz.bak', 'audit.log.1', 'audit.log.1.bak', 'audit.log', 'audit.log (1)', 'audit.log~'],
  ],
  [
    ['messages', 'messages.old', 'messages.1'],
    ['messages.1', 'messages.old', 'messages'],
  ],
  // Parts that are counted with zeros or behind a hyphen, and addresses, are no ages.
  [
    ['part-1.json', 'part-2.json', 'split.001', 'split.002', 'hosts/10.0.0.1', 'hosts/10.0.0.2'],
    ['part-1.json', 'part-2.json', 'split.001', 'split.002', 'hosts/10.0.0.1', 'hosts/10.0.0.2'],
  ],
  // journald archives a file under the time and number of its first entry.
  [
    [
      'j/system.journal.json',
      'j/system@0006480b2f3a1c00-0000000000000000-0006480b2f3a1c00.journal.json',
      'j/system@5f1c0a2b3c4d5e6f708192a3b4c5d6e7-0000000000009c40-000647000000b000.journal.json',
      'j/system@5f1c0a2b3c4d5e6f708192a3b4c5d6e7-0000000000000001-000646000000a000.journal.json',
    ],
    [
      'j/system@5f1c0a2b3c4d5e6f708192a3b4c5d6e7-0000000000000001-000646000000a000.journal.json',
      'j/system@5f1c0a2b3c4d5e6f708192a3b4c5d6e7-0000000000009c40-000647000000b000.journal.json',
      'j/system@0006480b2f3a1c00-0000000000000000-0006480b2f3a1c00.journal.json',
      'j/system.journal.json',
    ],
  ],
  // A trail's tree is in the order of its days already, and stays.
  [
    [
      't/2026/01/30/123456789012_CloudTrail_eu-west-1_20260130T2355Z_aB3dEf.json.gz',
      't/2026/01/31/123456789012_CloudTrail_eu-west-1_20260131T0000Z_zZ9yXw.json.gz',
      't/2026/02/01/123456789012_CloudTrail_eu-west-1_20260201T0000Z_12aBcD.json.gz',
    ],
    [
      't/2026/01/30/123456789012_CloudTrail_eu-west-1_20260130T2355Z_aB3dEf.json.gz',
      't/2026/01/31/123456789012_CloudTrail_eu-west-1_20260131T0000Z_zZ9yXw.json.gz',
      't/2026/02/01/123456789012_CloudTrail_eu-west-1_20260201T0000Z_12aBcD.json.gz',
    ],
  ],
])('orders %j', (given, expected) => {
  expect(inRotationOrder(given)).toEqual(expected);
});

describe('the set of a file', () => {
  it.each([
    ['/e/audit.log.10.gz', '/e/audit.log'],
    ['/e/a.tgz!var/log/messages-20260131.gz', '/e/a.tgz!var/log/messages'],
    ['/e/audit.log.1.bak', '/e/audit.log'],
    ['/e/sys-2026-03-01.log', '/e/sys.log'],
    ['/e/10.0.0.1', '/e/10.0.0.1'],
    ['/e/v/1', '/e/v/1'],
    ['/e/split.001', '/e/split.001'],
  ])('of %s is %s', (path, set) => {
    expect(rotatedSetOf(path)).toBe(set);
  });
});
