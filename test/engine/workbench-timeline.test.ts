/** The timeline in the workbench: the calls of the contract over a real case. */
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createWorkbench } from '../../engine/index.ts';
import { spawnLockedWithNode } from '../../engine/core/locked-child-node.ts';
import { contract, type Input } from '../../shared/contract.ts';
import { temporaryFolder, testEngine } from './test-case.ts';
import { hourText, silences, timelineCase } from './timeline-case.ts';

const job = () => ({ signal: new AbortController().signal, progress: () => undefined });

async function openWorkbench({ readOnly = false } = {}) {
  const folder = await temporaryFolder();
  const workbench = await createWorkbench({
    host: 'web',
    cases: [{ key: 'case', path: await timelineCase(), title: 'case' }],
    evidence: [],
    sampleDir: join(folder, 'sample'),
    identitiesDir: join(folder, 'identities'),
    readOnly,
    spawnLocked: spawnLockedWithNode(testEngine().paths.lockedProcess),
    chooser: { choose: async () => [], dropped: async () => [] },
  });
  onTestFinished(() => workbench.close());
  await workbench['case.open']({ key: 'case' }, job());
  return workbench;
}

/** The input as it comes through the contract: with the defaults filled in. */
function input<C extends 'gaps.list' | 'coverage.intervals'>(call: C, given: object): Input<C> {
  return contract[call].in.parse(given) as Input<C>;
}

describe('the timeline of the workbench', { timeout: 120_000 }, () => {
  test('gaps come by rank, a page at a time and filtered, in the shape of the contract', async () => {
    const workbench = await openWorkbench();
    const all = await workbench['gaps.list'](input('gaps.list', {}), job());
    expect(contract['gaps.list'].out.parse(all)).toEqual(all);
    expect(all.rows).toHaveLength(all.total);
    const pages = [0, 2, 4].map((after) => workbench['gaps.list'](input('gaps.list', { after, limit: 2 }), job()));
    const paged = await Promise.all(pages);
    expect(paged.flatMap(({ rows }) => rows)).toEqual(all.rows.slice(0, 6));
    expect(paged.map(({ total }) => total)).toEqual([all.total, all.total, all.total]);
    const ranks = ['stream-alone', 'file-cut', 'unknown', 'collector-down', 'host-down'];
    const found = all.rows.map(({ cause }) => ranks.indexOf(cause));
    expect(found).toEqual(found.toSorted((a, b) => a - b));
    const filters = [{ system: 'db-1' }, { stream: 'syslog' }, { kind: 'missing' }, { state: 'explained' }] as const;
    for (const filter of filters) {
      const { rows, total } = await workbench['gaps.list'](input('gaps.list', filter), job());
      const [[key, value]] = Object.entries(filter) as [[keyof (typeof rows)[number], string]];
      expect(rows, key).toEqual(all.rows.filter((gap) => gap[key] === value));
      expect([total, rows.length > 0], key).toEqual([rows.length, true]);
    }
    await expect(workbench['gaps.list'](input('gaps.list', { system: 'nix' }), job())).rejects.toMatchObject({
      problem: { code: 'not_found' },
    });
    expect(() => input('gaps.list', { limit: 5000 })).toThrow();
  });

  test('coverage partitions the window, and clocks and expectations say what they rest on', async () => {
    const workbench = await openWorkbench();
    const of = { system: 'web-1', stream: 'syslog' };
    const all = await workbench['coverage.intervals'](input('coverage.intervals', of), job());
    expect(contract['coverage.intervals'].out.parse(all)).toEqual(all);
    expect(all.rows.map(({ state }) => state).filter((state) => state === 'silent')).toHaveLength(silences.length);
    expect(all.rows[0]).toMatchObject({ ...of, from: '2026-01-01T00:00:00Z', to: hourText(silences[0].from) });
    expect(all.rows.at(-1)).toMatchObject({ ...of, to: '2026-07-01T00:00:00Z' });
    all.rows.slice(1).forEach(({ from }, place) => expect(from).toBe(all.rows[place]!.to));
    const page = await workbench['coverage.intervals'](
      input('coverage.intervals', { ...of, after: 5, limit: 10 }),
      job(),
    );
    expect(page).toEqual({ total: all.total, rows: all.rows.slice(5) });

    const clocks = await workbench['clock.list']({ system: 'web-1' }, job());
    expect(contract['clock.list'].out.parse(clocks)).toEqual(clocks);
    expect(new Set(clocks.map(({ state }) => state))).toEqual(new Set(['within', 'out', 'unknown']));
    expect(clocks.find(({ state }) => state === 'out')).toMatchObject({ cites: { sourceId: 4 } });
    await expect(workbench['clock.list']({ system: 'nix' }, job())).rejects.toMatchObject({
      problem: { code: 'not_found' },
    });

    const expectations = await workbench['expectations.list']({}, job());
    expect(contract['expectations.list'].out.parse(expectations)).toEqual(expectations);
    expect(expectations.find(({ system, stream }) => system === 'web-1' && stream === 'syslog')).toMatchObject({
      ...{ owedBy: 'declared', basis: 'learned' },
      says: expect.stringContaining('Learned from'),
    });
  });

  test('a decision about a gap is in the ledger, shows in the list, and can be withdrawn', async () => {
    const workbench = await openWorkbench();
    const { rows } = await workbench['gaps.list'](input('gaps.list', { system: 'web-1', stream: 'syslog' }), job());
    const { id } = rows.find(({ from }) => from === hourText(silences[1].from))!;
    const before = (await workbench['case.summary']({}, job()))!.ledgerEntries;
    const accept = { action: 'accept', reason: 'The machine was being moved.', until: '2999-12-31' } as const;
    const accepted = await workbench['gap.explain']({ gap: id, choice: accept }, job());
    expect(contract['gap.explain'].out.parse(accepted)).toEqual(accepted);
    expect(accepted).toMatchObject({ id, state: 'accepted', accepted: { reason: accept.reason, until: accept.until } });
    expect((await workbench['case.summary']({}, job()))!.ledgerEntries).toBe(before + 1);
    const listed = await workbench['gaps.list'](input('gaps.list', { state: 'accepted' }), job());
    expect(listed).toEqual({ total: 1, rows: [accepted] });
    expect(await workbench['gap.explain']({ gap: id, choice: { action: 'withdraw' } }, job())).toMatchObject({
      ...{ state: 'open', accepted: null },
    });
    const wrong = [
      [{ gap: 'GAP-none', choice: accept }, 'not_found'],
      [{ gap: id, choice: { ...accept, reason: ' ' } }, 'bad_request'],
      [{ gap: id, choice: { action: 'link', ticket: 'INC-2' } }, 'bad_request'],
      [{ gap: id, choice: { action: 'link', ticket: 'INC-99' } }, 'not_found'],
      [{ gap: id, choice: { action: 'withdraw' } }, 'already_exists'],
    ] as const;
    for (const [given, code] of wrong)
      await expect(workbench['gap.explain'](given, job()), code).rejects.toMatchObject({ problem: { code } });
  });

  test('a decision about an expectation says of how many systems it is, and changes the gaps', async () => {
    const workbench = await openWorkbench();
    const confirm = { stream: 'syslog', choice: { action: 'confirm' } } as const;
    expect(await workbench['expectation.decide'](confirm, job())).toEqual({ decided: 1 });
    const declare = { action: 'declare', longestSilence: '20h', reason: 'Agreed.' } as const;
    const of = { stream: 'syslog', system: 'web-1' };
    expect(await workbench['expectation.decide']({ ...of, choice: declare }, job())).toEqual({ decided: 1 });
    expect((await workbench['gaps.list'](input('gaps.list', of), job())).total).toBe(2);
    const wrong = [
      [{ stream: 'nostream', choice: confirm.choice }, 'not_found'],
      [{ ...of, choice: { ...declare, longestSilence: 'long' } }, 'bad_request'],
      [{ ...of, choice: declare }, 'already_exists'],
    ] as const;
    for (const [given, code] of wrong)
      await expect(workbench['expectation.decide'](given, job()), code).rejects.toMatchObject({ problem: { code } });
  });

  test('a case that is only read gives its timeline, and takes no decision', async () => {
    const workbench = await openWorkbench({ readOnly: true });
    const { rows } = await workbench['gaps.list'](input('gaps.list', { state: 'open' }), job());
    expect(rows.length).toBeGreaterThan(0);
    const given = { gap: rows[0]!.id, choice: { action: 'accept', reason: 'No.' } } as const;
    await expect(workbench['gap.explain'](given, job())).rejects.toMatchObject({
      problem: { message: expect.stringContaining('to read only') },
    });
  });
});
