import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findOutdatedControls } from '../../engine/controls/outdated-controls.ts';
import {
  explainGap,
  importFiles,
  readCaseTimeline,
  readControlDays,
  type EvidenceCase,
  type GapChoice,
} from '../../engine/index.ts';
import { decideExpectation } from '../../engine/decide-expectation.ts';
import { describeEntry, entriesOf, latestRuns } from '../../engine/intake/ledger-kinds.ts';
import { reperformCase } from '../../engine/reperform.ts';
import { runCase } from '../../engine/run-case.ts';
import { momentOfRun, timelineRequestOf } from '../../engine/timeline-request.ts';
import type { Gap } from '../../engine/timeline/gap.ts';
import { parseInstant } from '../../shared/time.ts';
import { auditLines, newTestCase, temporaryFolder, testEngine, testJob } from './test-case.ts';

const engine = testEngine();
const NOW = engine.effects.now();

const SYSTEMS =
  'system,role,environment,criticality,owner,scope_from,scope_to,needs\nweb-1,web,production,high,Web team,,,auditd\n';
const TICKETS =
  'ticket_id,kind,system,opened,acknowledged,resolved,status,summary,root_cause,requester,approver,approved_at,links\n' +
  'INC-1,incident,web-1,2026-02-10T00:00:00Z,,2026-02-12T00:00:00Z,resolved,auditd stopped,Disk full,,,,\n' +
  'INC-2,incident,web-1,2026-02-20T00:00:00Z,,2026-02-21T00:00:00Z,resolved,auditd stopped,,,,,\n' +
  'INC-3,incident,web-1,2026-03-01T06:00:00Z,,2026-03-01T07:00:00Z,resolved,Slow pages,Cache,,,,\n' +
  'INC-4,incident,web-2,2026-02-10T00:00:00Z,,2026-02-12T00:00:00Z,resolved,Disk,Disk full,,,,\n';

/** A case whose web-1 speaks only in the first seconds of 1 March 2026, and its gap before that. */
async function caseWithGap(): Promise<{ target: EvidenceCase; gap: Gap }> {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries({ 'systems.csv': SYSTEMS, 'tickets.csv': TICKETS }))
    await writeFile(join(folder, name), text);
  const log = join(folder, 'audit.log');
  await writeFile(log, auditLines(20));
  const target = await newTestCase();
  await importFiles(target, [join(folder, 'systems.csv'), join(folder, 'tickets.csv')], {}, testJob());
  await importFiles(target, [log], { system: 'web-1' }, testJob());
  return { target, gap: (await gapsOf(target)).find(({ stream }) => stream === 'auditd')! };
}

async function gapsOf(target: EvidenceCase): Promise<readonly Gap[]> {
  return (await readCaseTimeline(target, NOW)).gaps;
}

describe('a decision about a gap', { timeout: 60_000 }, () => {
  it('is one entry of the ledger that says who and why, and can be withdrawn', async () => {
    const { target, gap } = await caseWithGap();
    const before = target.ledger.head.seq;
    const choice: GapChoice = { action: 'accept', reason: ' Not yet in use. ', until: '2027-06-30' };
    const found = await explainGap(engine, target, { gap: gap.id.slice(0, 9), choice });
    expect(found).toMatchObject({
      id: gap.id,
      state: 'accepted',
      accepted: { by: 'tester', reason: 'Not yet in use.', until: '2027-06-30', at: NOW },
    });
    expect(target.ledger.head.seq).toBe(before + 1);
    const entry = target.ledger.entries.at(-1)!;
    expect(describeEntry(entry)).toContain(`${gap.id} (web-1, auditd, ${gap.kind}, 2026-01-01T00:00:00Z to `);
    expect(describeEntry(entry)).toContain('accepted until 2027-06-30. Reason: Not yet in use.');
    expect(entry.data['said']).toMatchObject({ state: 'open', cause: gap.cause });
    await explainGap(engine, target, { gap: gap.id, choice: { action: 'withdraw' } });
    expect((await gapsOf(target)).find(({ id }) => id === gap.id)).toMatchObject({ state: 'open', accepted: null });
  });

  it('links a ticket that overlaps and has a root cause', async () => {
    const { target, gap } = await caseWithGap();
    expect(gap.proposals.map(({ ticket }) => ticket).sort()).toEqual(['INC-1', 'INC-2']);
    expect(gap.state).toBe('open');
    const found = await explainGap(engine, target, { gap: gap.id, choice: { action: 'link', ticket: 'INC-1' } });
    expect(found).toMatchObject({ state: 'explained', ticket: 'INC-1' });
    const not: GapChoice = { action: 'not', ticket: 'INC-1', reason: 'Two days of sixty.' };
    expect(await explainGap(engine, target, { gap: gap.id, choice: not })).toMatchObject({ state: 'open' });
  });

  it.each<[string, GapChoice, string]>([
    ['a ticket without root cause', { action: 'link', ticket: 'INC-2' }, 'Ticket INC-2 has no root cause'],
    [
      'a ticket that does not overlap',
      { action: 'link', ticket: 'INC-3' },
      'Ticket INC-3 begins at 2026-03-01T06:00:00Z, 6 h after the gap ended (2026-03-01T00:00:00Z).',
    ],
    ['a ticket of another system', { action: 'link', ticket: 'INC-4' }, 'Ticket INC-4 is about web-2'],
    ['a ticket that is not there', { action: 'link', ticket: 'INC-9' }, 'There is no ticket INC-9'],
    ['an empty reason', { action: 'accept', reason: '  ' }, 'A gap is accepted with a reason.'],
    ['no day', { action: 'accept', reason: 'A.', until: '2027-02-30' }, 'The day 2027-02-30 is not a day'],
    ['a past day', { action: 'accept', reason: 'A.', until: '2026-12-22' }, 'The day 2026-12-22 is past'],
    ['nothing to withdraw', { action: 'withdraw' }, 'Nothing stands decided about GAP-'],
  ])('is refused with %s, and nothing is written', async (_, choice, message) => {
    const { target, gap } = await caseWithGap();
    const before = target.ledger.head;
    await expect(explainGap(engine, target, { gap: gap.id, choice })).rejects.toThrow(message);
    expect(target.ledger.head).toEqual(before);
  });

  it('is refused for a gap that is not there, a beginning that several have, and the same twice', async () => {
    const { target, gap } = await caseWithGap();
    const choice: GapChoice = { action: 'accept', reason: 'A.' };
    await expect(explainGap(engine, target, { gap: 'GAP-zz', choice })).rejects.toThrow('There is no gap GAP-zz');
    expect((await gapsOf(target)).length).toBeGreaterThan(1);
    await expect(explainGap(engine, target, { gap: 'GAP-', choice })).rejects.toThrow(/\d gaps begin with GAP-: GAP-/);
    await explainGap(engine, target, { gap: gap.id, choice });
    await expect(explainGap(engine, target, { gap: gap.id, choice })).rejects.toThrow('The same is decided about');
  });
});

describe('runs and decisions', { timeout: 120_000 }, () => {
  const packs = ['soc2-hosts'];
  const until = '2027-06-30';
  const february = async (target: EvidenceCase): Promise<string> =>
    (await readControlDays(target, { control: 'CC6.3-least-privilege-root', day: '2026-02-10' }))[0]!.state;

  it('one before a run is in its days, one after it is not, and re-performance gives the same', async () => {
    const { target, gap } = await caseWithGap();
    const outdated = (asOf = NOW) => findOutdatedControls(target.ledger.entries, { asOf, zone: 'UTC' }).length;
    await runCase(engine, target, { packs }, testJob());
    expect(await february(target)).toBe('no evidence');
    expect(outdated()).toBe(0);
    await explainGap(engine, target, { gap: gap.id, choice: { action: 'accept', reason: 'Before.', until } });
    expect(outdated()).toBeGreaterThan(0);

    await runCase(engine, target, { packs }, testJob());
    expect(await february(target)).toBe('explained');
    const of2 = daysHashes(target);
    expect(of2).not.toEqual(daysHashes(target, 'R1'));
    expect([outdated(), outdated(parseInstant('2027-06-30T23:59:59Z'))]).toEqual([0, 0]);
    // What was accepted up to a day counts in the results until then.
    expect(outdated(parseInstant('2027-07-01T00:00:00Z'))).toBeGreaterThan(0);

    await explainGap(engine, target, { gap: gap.id, choice: { action: 'withdraw' } });
    expect(outdated()).toBeGreaterThan(0);
    expect(await february(target)).toBe('explained');
    const again = await reperformCase(engine, target, undefined, testJob());
    expect(again).toMatchObject({ verdict: 'same', runId: 'R2' });
    expect(again.controls.map(({ days }) => days)).toEqual(of2.map(() => 'same'));
    const run = [...latestRuns(target.ledger.entries).values()][0]!;
    const moment = momentOfRun(target.ledger.entries, run);
    expect(moment.asOf).toBe(NOW);
    const { decisions } = await timelineRequestOf(target, moment);
    expect(decisions.map(({ action, reason }) => [action, reason])).toEqual([['accept', 'Before.']]);

    await runCase(engine, target, { packs }, testJob());
    expect(await february(target)).toBe('no evidence');
    expect(daysHashes(target)).toEqual(daysHashes(target, 'R1'));
  });
});

/** The hashes of the days of each control in a run, by default the last. */
function daysHashes({ ledger }: EvidenceCase, runId?: string): readonly string[] {
  const runs = entriesOf(ledger.entries, 'run-finished').map(({ data }) => data);
  const run = runs.findLast((one) => runId === undefined || one.run_id === runId)!;
  return run.controls.map(({ days_hash }) => days_hash);
}

describe('a decision about an expectation', { timeout: 60_000 }, () => {
  it('declares a longest silence, which is in the request of the timeline, and is withdrawn', async () => {
    const { target } = await caseWithGap();
    const choice = { action: 'declare', longestSilence: '6h', reason: 'Policy.' } as const;
    await decideExpectation(engine, target, { stream: 'auditd', choice });
    const request = () => timelineRequestOf(target, { upToSeq: target.ledger.head.seq, asOf: NOW });
    expect((await request()).expectations).toMatchObject([
      { system: 'web-1', stream: 'auditd', allowedS: 21_600, basis: 'declared' },
    ]);
    await expect(decideExpectation(engine, target, { stream: 'auditd', choice })).rejects.toThrow(
      'The same is decided',
    );
    await decideExpectation(engine, target, { stream: 'auditd', choice: { action: 'withdraw' } });
    expect((await request()).expectations).toEqual([]);
    expect(target.ledger.entries.slice(-2).map(describeEntry)).toEqual([
      'Longest silence of auditd of every system declared: 6 h. Reason: Policy.',
      'What was decided about the expectation of auditd of every system is withdrawn.',
    ]);
  });

  it('is refused for unknown streams and systems, lengths that are none, and what was not learned', async () => {
    const { target } = await caseWithGap();
    const declare = { action: 'declare', longestSilence: '6h', reason: 'Policy.' } as const;
    const decide = (request: Parameters<typeof decideExpectation>[2]) => decideExpectation(engine, target, request);
    await expect(decide({ stream: 'auditdd', choice: declare })).rejects.toThrow('The stream auditdd is not known');
    await expect(decide({ stream: 'auditd', system: 'web-7', choice: declare })).rejects.toThrow('The system web-7');
    const bad = { ...declare, longestSilence: '6 hours' };
    await expect(decide({ stream: 'auditd', choice: bad })).rejects.toThrow('cannot be 6 hours');
    await expect(decide({ stream: 'auditd', choice: { ...declare, reason: '' } })).rejects.toThrow('with a reason');
    await expect(decide({ stream: 'auditd', choice: { action: 'confirm' } })).rejects.toThrow('Nothing was learned');
  });
});
