import { expect, it } from 'vitest';
import { engagementText, parseEngagement } from '../../../engine/intake/engagement.ts';

const HEAD = `entity: Acme
window: { from: 2026-01-01, to: 2026-06-30, zone: Europe/Berlin }
`;

it('reads how long streams may be silent, and the text of the engagement keeps it', () => {
  const text = `${HEAD}expectations:
  - { stream: auditd, systems: [web-1, web-2], longest_silence: 30m }
  - { stream: syslog, longest_silence: 2d }
`;
  const engagement = parseEngagement(text, 'engagement.yaml');
  expect(engagement.expectations).toEqual([
    { stream: 'auditd', systems: ['web-1', 'web-2'], longest_silence: '30m' },
    { stream: 'syslog', systems: ['*'], longest_silence: '2d' },
  ]);
  expect(parseEngagement(engagementText(engagement), 'again.yaml')).toEqual(engagement);
});

it.each([
  ['{ stream: auditdd, longest_silence: 6h }', 'expectations.0.stream: auditdd is no stream that is known'],
  ['{ stream: auditd, longest_silence: 6 hours }', 'expectations.0.longest_silence: 6 hours is no length such as'],
  ['{ stream: auditd, longest_silence: 0h }', 'expectations.0.longest_silence: 0h is no length'],
  ['{ stream: auditd, longest_silence: 6h, systems: [] }', 'expectations.0.systems'],
  ['{ stream: auditd }', 'expectations.0.longest_silence'],
])('names the place of what is wrong in %s', (line, message) => {
  expect(() => parseEngagement(`${HEAD}expectations:\n  - ${line}\n`, 'engagement.yaml')).toThrow(message);
});
