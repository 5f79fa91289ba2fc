import { describe, expect, it } from 'vitest';
import { checkOverrides } from '../../../engine/controls/parameters.ts';

const known = [
  { id: 'CC6.6-port-unauthorised', parameters: { grace_hours: { type: 'number', default: 0, means: 'time allowed' } } },
  { id: 'CC7.1-scan-daily', parameters: {} },
] as const;

describe('parameters of the engagement', () => {
  it('are taken when the control and the parameter are there, for one control or for all that have it', () => {
    checkOverrides(known, { 'CC6.6-port-unauthorised': { grace_hours: 4 }, '*': { grace_hours: 2 } });
  });

  it.each([
    [{ 'CC6.6-port-unauthorized': { grace_hours: 4 } }, /CC6\.6-port-unauthorized/],
    [{ 'CC6.6-port-unauthorised': { grace_hour: 4 } }, /parameter grace_hour,/],
    [{ 'CC7.1-scan-daily': { grace_hours: 4 } }, /CC7\.1-scan-daily does not have a parameter grace_hours/],
    [{ '*': { nonsense: true } }, /No control has a parameter nonsense/],
  ])('are refused when mistyped: %j', (overrides, message) => {
    expect(() => checkOverrides(known, overrides)).toThrow(message);
  });
});
