/** What stored gaps and clocks do to the days of a run. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Control } from '../../../engine/controls/pack.ts';
import { runControls, type RunRequest, type RunResult } from '../../../engine/controls/run-controls.ts';
import { makeScratchDatabase } from '../../../engine/controls/scratch-evidence.ts';
import { formatInstant, parseInstant } from '../../../shared/time.ts';
import type { GapDecision } from '../../../engine/timeline/gap-decision.ts';
import { readStoredGaps } from '../../../engine/timeline/timeline-rows.ts';
import { spawnLocked } from '../store/locked/scratch-case.ts';

const at = (text: string): bigint => parseInstant(`2026-03-${text}Z`)!;
const HOUR = 3_600_000_000n;
const window = { firstDay: '2026-03-01', lastDay: '2026-03-04', zone: 'UTC' };

/** A record of web-1 at each full hour of four days, but for the hours that are left out. */
function events(isSilent: (time: bigint) => boolean): string {
  const hours = Array.from({ length: 96 }, (_, place) => at('01T00:00:00') + BigInt(place) * HOUR);
  const rows = hours
    .filter((time) => !isSilent(time))
    .map((time) => `${formatInstant(time)},web-1,syslog,authentication,bob`);
  return ['time,system,stream,class,actor', ...rows].join('\n');
}

/** From the record at 05:00 to the one at 15:00 on 2 March. */
const morning = events((time) => time > at('02T05:00:00') && time < at('02T15:00:00'));
/** From the record at 23:00 on 1 March to the one at 01:00 on 3 March. */
const wholeDay = events((time) => time > at('01T23:00:00') && time < at('03T01:00:00'));
const whole = events(() => false);

const systems = 'system,needs\nweb-1,syslog';
const declared = { system: 'web-1', stream: 'syslog', allowedS: 7200, usualS: 3600, basis: 'declared' } as const;

const tickets = (opened: string, resolved: string, cause = 'Disk full'): string =>
  `ticket_id,kind,system,opened,resolved,root_cause\nINC-1,incident,web-1,${opened},${resolved},${cause}`;

const logIns: Control = {
  id: 'A-a',
  title: 'T',
  criteria: ['CC6.1'],
  why: 'W',
  per: 'daily',
  kind: 'operating',
  severity: 'low',
  maturity: 'test',
  population: 'P',
  needs: { events: ['time', 'system', 'actor'] },
  optional: [],
  streams: ['syslog'],
  parameters: {},
  metrics: [],
  limits: ['L'],
  pack: 'x',
  file: 'A-a.sql',
  sql: `select time, system, actor as resource, 'ok' as status, actor || ' was there.' as reason, source_id, record
        from events order by time`,
  cases: null,
};

type Evidence = Readonly<Record<string, string>>;
type Given = Partial<NonNullable<RunRequest['timeline']>> & { readonly control?: Partial<Control> };

async function run(evidence: Evidence, { control = {}, ...timeline }: Given = {}): Promise<RunResult & { gaps: Gaps }> {
  const folder = await mkdtemp(join(tmpdir(), 'fieldwork-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const database = await makeScratchDatabase(join(folder, 'case.duckdb'), evidence);
  const pack = { id: 'x', version: '1.0.0', title: 'X', authors: ['A'], licence: 'L', evidence_schema: 1 };
  try {
    const result = await runControls({
      database,
      spawn: spawnLocked,
      packs: [{ ...pack, hash: 'h', files: [], controls: [{ ...logIns, ...control }] }],
      window,
      parameters: {},
      run: { runId: 'r1', now: () => 5n, ledgerSeq: 7, evidenceHash: 'e' },
      job: { signal: new AbortController().signal, progress: () => {} },
      timeline: {
        expectations: [declared],
        decisions: [],
        clockThresholdS: 0.05,
        asOf: at('10T00:00:00'),
        ...timeline,
      },
    });
    return { ...result, gaps: await readStoredGaps(database) };
  } finally {
    await database.close();
  }
}

type Gaps = Awaited<ReturnType<typeof readStoredGaps>>;

const states = ({ controls }: RunResult): readonly string[] => controls[0]!.days.map(({ state }) => state);

describe('a gap within a day', { timeout: 60_000 }, () => {
  it('makes the day partial, and says of which system', async () => {
    const found = await run({ systems, events: morning });
    expect(found.gaps).toMatchObject([
      { kind: 'silence', from: at('02T05:00:00'), to: at('02T15:00:00'), state: 'open', acceptedUntil: null },
    ]);
    expect(states(found)).toEqual(['effective', 'partial', 'effective', 'effective']);
    expect(found.controls[0]!.days[1]!.reasons).toEqual(['No evidence for a part of the day from web-1 (syslog).']);
  });

  it('is explained by a ticket with a root cause, and by none without', async () => {
    const [opened, resolved] = ['2026-03-02T09:00:00Z', '2026-03-02T15:00:00Z'];
    const explained = await run({ systems, events: morning, tickets: tickets(opened, resolved) });
    expect(states(explained)).toEqual(['effective', 'explained', 'effective', 'effective']);
    expect(explained.controls[0]!.days[1]!.reasons).toEqual(['1 gap explained and accepted.']);
    const open = await run({ systems, events: morning, tickets: tickets(opened, resolved, '') });
    expect(states(open)).toEqual(['effective', 'partial', 'effective', 'effective']);
  });

  it('is explained by an acceptance up to its last day, which is kept with it', async () => {
    const decision: GapDecision = {
      ...{
        seq: 3,
        at: at('05T12:00:00'),
        by: 'ann',
        action: 'accept' as const,
        reason: 'Planned move.',
        until: '2026-03-09',
      },
      ...{
        system: 'web-1',
        stream: 'syslog',
        kind: 'silence' as const,
        target: null,
        ticket: null,
        saidCause: 'host-down',
      },
      ...{ from: at('02T05:00:00'), to: at('02T15:00:00') },
    };
    const counting = await run({ systems, events: morning }, { decisions: [decision], asOf: at('09T23:59:59') });
    expect(states(counting)[1]).toBe('explained');
    expect(counting.gaps).toMatchObject([
      {
        ...{ state: 'accepted', ticket: null, acceptedBy: 'ann', acceptedReason: 'Planned move.' },
        ...{ acceptedAt: at('05T12:00:00'), acceptedUntil: '2026-03-09' },
      },
    ]);
    expect(counting.gaps[0]!.because.at(-1)).toMatch(/^It was accepted when its cause was said to be host-down; now/);
    const expired = await run({ systems, events: morning }, { decisions: [decision], asOf: at('10T00:00:00') });
    expect(states(expired)[1]).toBe('partial');
    expect(expired.gaps).toMatchObject([{ state: 'open', acceptedBy: 'ann', acceptedUntil: '2026-03-09' }]);
  });
});

describe('a gap over a day', { timeout: 60_000 }, () => {
  it('is no evidence of that day, and does not spoil the days that it only touches', async () => {
    const found = await run({ systems, events: wholeDay });
    expect(found.gaps).toMatchObject([{ kind: 'silence', from: at('01T23:00:00'), to: at('03T01:00:00') }]);
    expect(states(found)).toEqual(['effective', 'no evidence', 'effective', 'effective']);
  });

  it('is explained on all of its days, and never counted as seen', async () => {
    const ticket = tickets('2026-03-02T00:00:00Z', '2026-03-03T01:00:00Z');
    const found = await run({ systems, events: wholeDay, tickets: ticket });
    expect(states(found)).toEqual(['effective', 'explained', 'effective', 'effective']);
    expect(found.controls[0]!.days[1]).toMatchObject({ systemsExpected: ['web-1'], systemsSeen: [] });
  });
});

describe('clocks', { timeout: 60_000 }, () => {
  // Within on 1 March, out on 2 March, then not measured any more. No two values are equal: a clock moves.
  const clock = [
    'time,system,offset_s',
    ...Array.from({ length: 48 }, (_, place) => {
      const offset = (place < 24 ? 0.001 : 0.2) + place / 1e5;
      return `${formatInstant(at('01T00:00:00') + BigInt(place) * HOUR)},web-1,${offset}`;
    }),
  ].join('\n');

  it('that are out or unknown make the time of their days untrusted', async () => {
    const found = await run({ systems, events: whole, clock_samples: clock });
    expect(states(found)).toEqual(['untrusted time', 'untrusted time', 'untrusted time', 'untrusted time']);
    // The last measurement of 1 March is within, the next is out: nobody knows when the clock crossed.
    expect(found.controls[0]!.days.map(({ reasons }) => reasons[0])).toEqual([
      '1 item rests on a record of a clock that was out or unknown.',
      '24 items rest on records of a clock that was out or unknown.',
      '24 items rest on records of a clock that was out or unknown.',
      '24 items rest on records of a clock that was out or unknown.',
    ]);
    expect(found.unmeasuredClocks).toEqual([]);
  });

  it('that are within the threshold of the engagement leave the day alone', async () => {
    const found = await run({ systems, events: whole, clock_samples: clock }, { clockThresholdS: 0.5 });
    expect(states(found)).toEqual(['effective', 'effective', 'untrusted time', 'untrusted time']);
  });

  it('do not date the items of controls that read no events', async () => {
    const config =
      'captured,system,provider,resource_type,resource_id,configuration\n2026-03-03T10:00:00Z,web-1,host,x,y,"{}"';
    const control = {
      needs: { config_items: ['captured', 'system', 'resource_id'] },
      sql: `select captured as time, system, resource_id as resource, 'ok' as status, 'As it should.' as reason,
            source_id, record from config_items order by time`,
    };
    const found = await run({ systems, events: whole, clock_samples: clock, config_items: config }, { control });
    expect(found.controls[0]!.error).toBeNull();
    expect(states(found)[2]).toBe('effective');
  });

  it('that nobody measured and nobody asked for are not judged, and are named once', async () => {
    const found = await run({ systems, events: whole });
    expect(states(found)).toEqual(['effective', 'effective', 'effective', 'effective']);
    expect(found.unmeasuredClocks).toEqual(['web-1']);
  });

  it('that the inventory asks for and nobody measured make all days untrusted', async () => {
    const found = await run({ systems: 'system,needs\nweb-1,syslog|clock', events: whole });
    expect(new Set(states(found))).toEqual(new Set(['untrusted time']));
    expect(found.unmeasuredClocks).toEqual([]);
  });
});
