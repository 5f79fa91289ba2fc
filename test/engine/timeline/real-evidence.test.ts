/** Logs that real daemons wrote, of which it is known from elsewhere when they were silent. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { caseWindow, importFiles, readCaseTimeline, type EvidenceCase } from '../../../engine/index.ts';
import { findCoverage } from '../../../engine/timeline/coverage.ts';
import { newTestCase, temporaryFolder, testEngine, testJob, year2026 } from '../test-case.ts';

const FIXTURES = 'test/fixtures';

async function caseOf(file: string, system?: string): Promise<EvidenceCase> {
  const target = await newTestCase({ ...year2026, window: { from: '2026-11-19', to: '2026-11-22', zone: 'UTC' } });
  const inventory = join(await temporaryFolder(), 'systems.csv');
  await writeFile(inventory, 'system,role,needs\nweb01,web,syslog\n');
  await importFiles(target, [inventory], {}, testJob());
  const report = await importFiles(target, [`${FIXTURES}/${file}`], system === undefined ? {} : { system }, testJob());
  expect(report.refused).toBe(0);
  return target;
}

/** A time to the second: a traditional time has no more. */
const second = (micros: bigint): string => new Date(Number(micros / 1000n)).toISOString().slice(0, 19);

/** Coverage and gaps of a case as lines, times to the second. */
async function timelineOf(target: EvidenceCase): Promise<{ coverage: readonly string[]; gaps: readonly string[] }> {
  const coverage = await findCoverage(target.database, caseWindow(target));
  const { gaps } = await readCaseTimeline(target, testEngine().effects.now());
  return {
    coverage: coverage.map(({ stream, system, basis, records, seen }) => {
      const days = seen.map((day) => (day ? `${second(day.first)}/${second(day.last)}` : '-'));
      return `${stream} ${system} ${basis} ${records} ${days.join(' ')}`;
    }),
    gaps: gaps.map(({ kind, stream, system, from, to }) => `${kind} ${stream} ${system} ${second(from)} ${second(to)}`),
  };
}

describe('the same messages in two files of one rsyslog', () => {
  it.each([
    ['syslog-rfc5424/gen-all.rfc5424.log', 'syslog-rfc3164/gen-all.traditional.log'],
    ['syslog-rfc3164/gen-all.iso.log', 'syslog-rfc3164/gen-all.traditional.log'],
    ['auth-log/gen-auth.iso.log', 'auth-log/gen-auth.traditional.log'],
  ])('%s and %s have the same coverage and the same gaps', async (one, other) => {
    const [first, second] = [await timelineOf(await caseOf(one)), await timelineOf(await caseOf(other))];
    expect(second).toEqual(first);
    // web01 spoke for less than a minute of the third day: silent before it and after it, and never in between.
    const ofHost = first.gaps.filter((gap) => gap.includes(' web01 '));
    expect(ofHost).toHaveLength(2);
    expect(ofHost[0]).toMatch(/^silence syslog web01 2026-11-19T00:00:00 2026-11-21T06:30:1\d$/);
    expect(ofHost[1]).toMatch(/^silence syslog web01 2026-11-21T06:30:5\d 2026-11-23T00:00:00$/);
  });
});

describe('the logs of a chronyd whose server was stopped', () => {
  // The daemon's own messages say since when it could not synchronise, and when it could again.
  const messages = readFileSync(`${FIXTURES}/chrony/gen-chronyd-messages.log`, 'utf8');
  const lost = second(BigInt(Date.parse(/^(\S+) Can't synchronise/m.exec(messages)![1]!)) * 1000n);
  const found = second(BigInt(Date.parse([...messages.matchAll(/^(\S+) Selected source/gm)].at(-1)![1]!)) * 1000n);

  it.each(['tracking', 'statistics'])('measures nothing meanwhile, as its log of %s has it', async (log) => {
    const target = await caseOf(`chrony/gen-${log}.log`, 'web-1');
    const silences = await target.database.query(
      `SELECT before, time FROM (
         SELECT time, lag(time) OVER (ORDER BY time) AS before FROM clock_samples WHERE system = 'web-1')
       WHERE epoch(time) - epoch(before) > 10 ORDER BY time`,
    );
    expect(silences).toHaveLength(1);
    const [before, after] = [silences[0]!['before'], silences[0]!['time']] as [bigint, bigint];
    expect(second(before) < lost).toBe(true);
    expect(second(after)).toBe(found);
    // The roll-up, which gaps are found from, has the same silence.
    const [hour] = await target.database.query(
      `SELECT max(longest_silence_s) AS longest FROM stream_hours WHERE stream = 'clock'`,
    );
    expect(hour!['longest']).toBe(Number(after - before) / 1e6);
  });
});
