import { expect, it, test } from 'vitest';
import { azureActivity } from '../../../../engine/formats/azure-activity/azure-activity.ts';
import { parseMonthFirst } from '../../../../engine/formats/event-records/month-first.ts';
import { formatInstant, parseInstant } from '../../../../shared/time.ts';
import { collectRows } from '../collect-rows.ts';

test.each([
  ['01/09/2007 09:41:00', '2007-01-09T09:41:00Z'],
  ['1/9/2007 9:41:00 AM', '2007-01-09T09:41:00Z'],
  ['1/9/2007 09:41:00 PM', '2007-01-09T21:41:00Z'],
  ['1/9/2007 12:00:00 AM', '2007-01-09T00:00:00Z'],
  ['1/9/2007 12:00:00 PM', '2007-01-09T12:00:00Z'],
  ['1/9/2007 10:41:00 AM +01:00', '2007-01-09T09:41:00Z'],
  ['11/14/2025, 1:48:53.123 AM', '2025-11-14T01:48:53.123Z'],
])('%s', (text, expected) => {
  expect(formatInstant(parseMonthFirst(text)!)).toBe(expected);
});

test.each(['14/11/2025 1:48:53 AM', '2/30/2025 01:00:00', '1/9/2007 13:41:00 AM', '1/9/2007', '1/9/07 09:41:00', ''])(
  '%j is none',
  (text) => {
    expect(parseMonthFirst(text)).toBeUndefined();
  },
);

it('is taken of what Azure Monitor writes itself, said, and not of what a program exported', () => {
  const record = { operationName: 'A/B/WRITE', category: 'Administrative', resultType: 'Success' };
  const service = collectRows(azureActivity, JSON.stringify({ time: '1/9/2007 9:41:00 AM', ...record }));
  expect(service.rows('events')[0]?.['time']).toBe(parseInstant('2007-01-09T09:41:00Z'));
  expect(service.assumptions.join()).toContain('is taken as month/day/year in UTC');
  const person = collectRows(azureActivity, JSON.stringify({ eventTimestamp: '1/9/2007 9:41:00 AM', ...record }));
  expect(person.problem?.message).toContain('is not a time');
});
