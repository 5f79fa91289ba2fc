/** What independent parses of the same files say beyond single fields; those are compared in test/conformance. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { syslog3164 } from '../../../../engine/formats/syslog-3164/syslog-3164.ts';
import { formatInstant } from '../../../../shared/time.ts';
import { collectRows, type Collected } from '../collect-rows.ts';

const read = (path: string): Collected => collectRows(syslog3164, readFileSync(`test/fixtures/${path}`));

test('rsyslog: a file without line ends is refused as one line, not read as one message', () => {
  const { rejects, records } = read('syslog-rfc3164/gen-all.rfc3164.pri.log');
  expect(records).toBe(1);
  expect(rejects[0]?.reason).toBe('The line holds 151 messages with priorities and no line ends between them.');
});

test('plaso: the first years are 0 for that of the first line, 1 for the next', () => {
  const { rows } = read('syslog-rfc3164/plaso-syslog');
  const yearOf = (index: number) => formatInstant(rows('events')[index]?.['time'] as bigint).slice(0, 4);
  expect([yearOf(0), yearOf(9)]).toEqual(['2026', '2027']);
});
