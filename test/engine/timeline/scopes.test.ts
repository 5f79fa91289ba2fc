import { expect, it } from 'vitest';
import { scopesOf } from '../../../engine/timeline/found-gaps.ts';

const whole = { from: 0n, to: 100n };
const row = (needs: readonly string[], scopeFrom: bigint | null, scopeTo: bigint | null) => ({
  ...{ system: 'web-1', needs, scopeFrom, scopeTo },
});
const scopes = (...inventory: ReturnType<typeof row>[]): unknown =>
  scopesOf({ system: 'web-1', stream: 'clock' }, inventory, whole);

it('a stream is owed while the inventory says that it is needed', () => {
  expect(scopes(row(['clock'], 10n, 20n), row(['syslog'], 0n, 90n))).toEqual([{ from: 10n, to: 20n }]);
});

it('a stream that nobody needs is owed while its system is in scope: a system that left is not silent', () => {
  expect(scopes(row(['syslog'], null, 40n), row(['auditd'], 50n, null))).toEqual([
    { from: 0n, to: 40n },
    { from: 50n, to: 100n },
  ]);
});

it('a stream of a system that no inventory names is owed throughout', () => {
  expect(scopes()).toEqual([whole]);
});
