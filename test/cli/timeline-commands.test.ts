/** `gaps`, `coverage`, `clock`, `expectations`, `explain` and `expect`, as a person sees them. */
import { describe, expect, it } from 'vitest';
import { hourText, silences, timelineCase } from '../engine/timeline-case.ts';
import { fieldwork } from './run-cli.ts';

interface GapAsJson {
  readonly id: string;
  readonly system: string;
  readonly from: string;
  readonly state: string;
  readonly [column: string]: unknown;
}

async function gapsOf(root: string): Promise<readonly GapAsJson[]> {
  return JSON.parse((await fieldwork('gaps', root, '--json')).stdout) as GapAsJson[];
}

async function gapFrom(root: string, place: 0 | 1 | 2): Promise<GapAsJson> {
  const from = hourText(silences[place].from);
  return (await gapsOf(root)).find((gap) => gap.from === from && gap['stream'] === 'syslog')!;
}

describe('the timeline on the command line', { timeout: 120_000 }, () => {
  it('`gaps --json` begins with what it always had, and adds cause, reasons, numbers and citations', async () => {
    const gap = await gapFrom(await timelineCase(), 0);
    expect(Object.keys(gap).slice(0, 7)).toEqual(['system', 'stream', 'kind', 'from', 'to', 'state', 'ticket']);
    expect(gap).toMatchObject({
      ...{ system: 'web-1', stream: 'syslog', kind: 'silence', state: 'explained', ticket: 'INC-1' },
      ...{ from: hourText(1000), to: hourText(1030), length_s: 108_000, missing: null, target: null, accepted: null },
      ...{ before: { sourceId: 3, record: 1001 }, after: { sourceId: 3, record: 1002 } },
      proposals: [{ ticket: 'INC-1', hasRootCause: true, explains: true, rejected: null }],
    });
    expect(gap['usual_s']).toBeGreaterThan(3000);
    expect(gap['allowed_s']).toBeLessThan(108_000);
    expect(gap['likelihood']).toBeLessThan(1e-6);
    expect(Array.isArray(gap['because'])).toBe(true);
  });

  it('`gaps` is a table with what might answer for each, and a gap by its name is told in full', async () => {
    const root = await timelineCase();
    const { code, stdout, stderr } = await fieldwork('gaps', root, '--stream', 'syslog', '--system', 'web-1');
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(
      /^gap +cause +system +stream +kind +from +to +length +missing +state +who answers for it$/,
    );
    expect(stdout).toMatch(/ 1 d 6 h +explained +INC-1\n/);
    expect(stdout).toMatch(/ 1 d 6 h +open +INC-2\? no root cause\n/);
    expect(stdout).toMatch(/ 12 h +open +INC-3\? overlaps 3 h of 12 h\n/);
    expect(stderr).toContain('3 gaps: 2 open, 1 explained, 0 accepted.');
    const { id } = await gapFrom(root, 2);
    const full = (await fieldwork('gaps', root, id.slice(0, 9))).stdout;
    expect(full).toContain(`${id}: syslog of web-1, silent for longer than it may be\n`);
    expect(full).toMatch(/ {2}from +2026-05-06T00:00:00Z +after record S3 #\d+\n/);
    expect(full).toMatch(/ {2}length +12 h; usually silent for .* at most .* at these hours; so long by chance: /);
    expect(full).toMatch(/ {2}ticket +INC-3 overlaps 3 h of 12 h, has a root cause, does not explain it \[S2 #3\]\n/);
    expect(full).toMatch(/ {2}state +open\n$/);
    expect(JSON.parse((await fieldwork('gaps', root, id, '--json')).stdout)).toMatchObject({ id, state: 'open' });
  });

  it('`gaps` filters, and says when nothing is left or a name is not known', async () => {
    const root = await timelineCase();
    const ids = async (...options: string[]): Promise<readonly string[]> =>
      (JSON.parse((await fieldwork('gaps', root, '--json', ...options)).stdout) as GapAsJson[]).map(({ id }) => id);
    const all = await gapsOf(root);
    const of = (wanted: Partial<GapAsJson>): readonly string[] =>
      all.filter((gap) => Object.entries(wanted).every(([key, value]) => gap[key] === value)).map(({ id }) => id);
    expect(await ids('--system', 'db-1')).toEqual(of({ system: 'db-1' }));
    expect(await ids('--kind', 'missing')).toEqual(of({ kind: 'missing' }));
    expect(of({ kind: 'missing' })).toHaveLength(1);
    expect(await ids('--state', 'explained')).toEqual(of({ state: 'explained' }));
    const none = await fieldwork('gaps', root, '--state', 'accepted');
    expect([none.code, none.stdout, none.stderr]).toEqual([0, '', 'No gap is of this kind.\n']);
    const unknown = await fieldwork('gaps', root, '--system', 'web1');
    expect(unknown.code).toBe(3);
    expect(unknown.stderr).toContain('no evidence of a system web1');
    expect(unknown.stderr).toContain('db-1, web-1');
    const wrong = await fieldwork('gaps', root, '--kind', 'hole');
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringContaining('--kind cannot be hole. Give one of silence,'),
    ]);
    expect((await fieldwork('gaps', root, 'GAP-zz')).stderr).toContain('There is no gap GAP-zz in this case');
  });

  it('`coverage` has a letter for each day, or intervals that partition the window', async () => {
    const root = await timelineCase();
    const days = await fieldwork('coverage', root, '--stream', 'syslog');
    expect(days.stdout).toContain('+ seen on that day, - expected and silent all day, . not expected');
    expect(days.stdout).toMatch(/^syslog +db-1 +0 +-{181}$/m);
    const { stdout } = await fieldwork(
      'coverage',
      root,
      '--intervals',
      '--system',
      'web-1',
      '--stream',
      'syslog',
      '--json',
    );
    const rows = JSON.parse(stdout) as readonly { from: string; to: string; state: string }[];
    expect(rows.map(({ state }) => state)).toEqual([
      'covered',
      'silent',
      'covered',
      'silent',
      'covered',
      'silent',
      'covered',
    ]);
    expect([rows[0]!.from, rows.at(-1)!.to]).toEqual(['2026-01-01T00:00:00Z', '2026-07-01T00:00:00Z']);
    rows.slice(1).forEach(({ from }, place) => expect(from).toBe(rows[place]!.to));
    expect((await fieldwork('coverage', root, '--intervals')).stdout).toContain('silent: in a gap;');
    expect((await fieldwork('coverage', root, '--system', 'nix')).code).toBe(3);
  });

  it('`clock` says within, out and unknown, each with its measurement, and which clock was never measured', async () => {
    const root = await timelineCase();
    const { stdout, stderr } = await fieldwork('clock', root);
    expect(stdout).toMatch(/^web-1 +2026-01-01T00:00:00Z +\S+ +within +0\.\d+ ms +S4 #\d+ /m);
    expect(stdout).toMatch(/^web-1 +\S+ +\S+ +out +180600 ms +S4 #\d+ /m);
    expect(stdout).toMatch(/^web-1 +\S+ +2026-07-01T00:00:00Z +unknown /m);
    expect(stdout).toMatch(/^db-1 +2026-01-01T00:00:00Z +2026-07-01T00:00:00Z +unknown /m);
    expect(stderr).toContain(
      '2 clocks: 1 out of tolerance at some time, 2 unknown at some time, 1 of them throughout.',
    );
    const wide = await fieldwork('clock', root, '--system', 'web-1', '--threshold-ms', '190000', '--json');
    const states = (JSON.parse(wide.stdout) as readonly { state: string }[]).map(({ state }) => state);
    expect(states).not.toContain('out');
    expect((await fieldwork('clock', root, '--system', 'nix')).code).toBe(3);
    expect((await fieldwork('clock', root, '--threshold-ms', '-1')).code).toBe(2);
  });

  it('`explain` takes a decision, which `gaps` shows, and `--withdraw` takes it back', async () => {
    const root = await timelineCase();
    const { id } = await gapFrom(root, 1);
    const refused = await fieldwork('explain', root, id, '--ticket', 'INC-2');
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('INC-2 has no root cause')]);
    const reason = ['--reason', 'The machine was being moved.'];
    const accepted = await fieldwork('explain', root, id, '--accept', ...reason, '--until', '2999-12-31');
    expect(accepted.stdout).toMatch(new RegExp(`^${id}: syslog of web-1, silence, .*, is now accepted by \\S+\\.\n$`));
    expect(accepted.stderr).toContain('run the controls again');
    expect((await fieldwork('gaps', root, '--state', 'accepted')).stdout).toMatch(/ accepted +\S+ until 2999-12-31\n/);
    expect((await fieldwork('gaps', root, id)).stdout).toMatch(
      / {2}accepted +by \S+ at \S+Z, until 2999-12-31: The machine was being moved\.\n {2}state +accepted\n$/,
    );
    expect((await fieldwork('explain', root, id, '--withdraw')).stdout).toContain('is now open.');
    for (const wrong of [
      [],
      ['--accept'],
      ['--accept', '--withdraw', ...reason],
      ['--withdraw', '--until', '2999-01-01'],
    ])
      expect((await fieldwork('explain', root, id, ...wrong)).code, wrong.join(' ')).toBe(2);
  });

  it('`expectations` shows what was learned, and `expect` confirms or declares', async () => {
    const root = await timelineCase();
    const { stdout, stderr } = await fieldwork('expectations', root, '--stream', 'syslog');
    expect(stdout).toMatch(/^syslog +web-1 +declared +learned +\S.* h/m);
    expect(stdout).toMatch(/^syslog +db-1 +declared +daily /m);
    expect(stderr).toContain('expect CASE STREAM --confirm');
    expect((await fieldwork('expect', root, 'syslog', '--confirm')).stdout).toBe('Confirmed: syslog of web-1.\n');
    expect((await fieldwork('expectations', root, '--system', 'web-1')).stdout).toMatch(
      /^syslog +web-1 .* confirmed /m,
    );
    const declared = await fieldwork(
      'expect',
      root,
      'syslog',
      '--system',
      'web-1',
      '--longest-silence',
      '20h',
      '--reason',
      'Agreed.',
    );
    expect(declared.stdout).toBe('Declared: syslog of web-1.\n');
    expect((await gapsOf(root)).filter((gap) => gap.system === 'web-1' && gap['stream'] === 'syslog')).toHaveLength(2);
    expect((await fieldwork('expect', root, 'syslog', '--longest-silence', '20h')).code).toBe(2);
    expect((await fieldwork('expect', root, 'nostream', '--withdraw')).code).toBe(3);
  });
});
