/** What rsyslog says of the same messages beyond single fields; those are compared in test/conformance. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { syslog5424 } from '../../../../engine/formats/syslog-5424/syslog-5424.ts';
import { collectRows } from '../collect-rows.ts';

test('rsyslog: messages as it received them: of RFC 5424, of RFC 3164, and neither', () => {
  const { rejects, rows, assumptions, records } = collectRows(
    syslog5424,
    readFileSync('test/fixtures/syslog-rfc5424/gen-all.raw.log'),
  );
  expect([records, rows('events').length]).toEqual([151, 148]);
  // rsyslog dates what has no time by when it came in; this reader dates nothing by guess.
  expect(rejects.map(({ raw }) => raw)).toEqual([
    '<18>1 - - nilapp - - - no time and no host',
    'Use the BFG!',
    "<0>1990 Oct 22 10:52:01 TZ-6 scapegoat.dmz.example.org 10.1.2.3 sched[0]: That's All Folks!",
  ]);
  expect(assumptions[0]).toBe('Messages of RFC 3164 among them: 143; they were read as such.');
});
