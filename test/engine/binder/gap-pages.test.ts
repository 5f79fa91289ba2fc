import { describe, expect, it } from 'vitest';
import { buildAttachments } from '../../../engine/binder/attachments.ts';
import { clockReport } from '../../../engine/binder/clock-pages.ts';
import type { ClockLine, GapLine } from '../../../engine/binder/content.ts';
import type { PdfNode } from '../../../engine/binder/design.ts';
import { gapRegister } from '../../../engine/binder/gap-pages.ts';
import { sampleBinder } from './sample-content.ts';

/** The words of what is to be printed, a line for each text. */
function words(node: PdfNode): readonly string[] {
  if (typeof node === 'string') return [node];
  if (Array.isArray(node)) return node.flatMap((one: PdfNode) => words(one));
  const { text, stack, table } = node as { text?: PdfNode; stack?: PdfNode; table?: { body: PdfNode } };
  return [text, stack, table?.body].flatMap((one) => (one === undefined ? [] : words(one)));
}

const silence: GapLine = {
  id: 'GAP-0123456789',
  ...{ system: 'db-02', stream: 'syslog', target: null, kind: 'silence', cause: 'stream-alone' },
  ...{ from: '2026-03-17T04:00:08Z', to: '2026-03-18T17:00:06Z', lengthS: 133_198, missing: null },
  because: ['Its auditd spoke within the gap, between 2026-03-17T05:00:05Z and 2026-03-18T16:00:08Z.'],
  ...{ state: 'open', ticket: null },
  ...{ acceptedBy: null, acceptedReason: null, acceptedAt: null, acceptedUntil: null },
  ...{ usualS: 3600, allowedS: 14_400, likelihood: 1.8e-314 },
  ...{ before: { sourceId: 247, record: 523 }, after: { sourceId: 247, record: 524 } },
};
const acceptance = {
  acceptedBy: 'Jo Auditor',
  acceptedReason: 'The move of the data centre.',
  acceptedAt: '2026-07-02T09:30:00Z',
  acceptedUntil: '2026-12-31',
};
const printed = (gap: Partial<GapLine>): readonly string[] => words(gapRegister([{ ...silence, ...gap }]));

describe('the gap register', () => {
  it('says what other evidence shows, how unlikely the silence is, and between which records it lies', () => {
    const lines = printed({});
    expect(lines).toContain('1 d 12 h');
    expect(lines).toContain('Host up, this stream alone silent');
    expect(lines).toContain('Its auditd spoke within the gap, between 2026-03-17T05:00:05Z and 2026-03-18T16:00:08Z.');
    expect(lines).toContain(
      'Usually silent for 1 h, at most 4 h; by chance less than 1 in 1,000,000,000. ' +
        'Last record before: S247 #523; first after: S247 #524.',
    );
    expect(lines).toContain('Nobody has explained or accepted it.');
  });

  it('names the ticket that explains a gap, and who else accepted it', () => {
    const explained = { state: 'explained', ticket: 'INC-7' } as const;
    expect(printed(explained)).toContain('Explained by INC-7.');
    expect(printed({ ...explained, ...acceptance })).toContain(
      'Also accepted by Jo Auditor on 2026-07-02, until 2026-12-31: The move of the data centre.',
    );
  });

  it('keeps an acceptance in sight, also when it no longer counts', () => {
    expect(printed({ state: 'accepted', ...acceptance, acceptedUntil: null })).toContain(
      'Accepted by Jo Auditor on 2026-07-02: The move of the data centre.',
    );
    const ended = printed(acceptance);
    expect(ended).toContain(
      'No longer accepted. Once accepted by Jo Auditor on 2026-07-02, until 2026-12-31: The move of the data centre.',
    );
    expect(ended).toContain('open');
  });

  it('tells of an end without a record, and of records that are missing', () => {
    const lines = printed({
      kind: 'sequence-loss',
      missing: 1,
      usualS: null,
      allowedS: null,
      likelihood: null,
      after: null,
    });
    expect(lines).toContain('1 record missing');
    expect(lines.join('\n')).toMatch(/^Last record before: S247 #523; first after: none\.$/m);
  });

  it('counts the states, and prints no more than 200 of many gaps and the beginning of long reasons', async () => {
    const { content } = sampleBinder();
    const long = 'y'.repeat(9000);
    const gaps = Array.from({ length: 201 }, (_, place) => ({
      ...silence,
      ...acceptance,
      id: `GAP-${place}`,
      acceptedReason: long,
    }));
    const lines = words(gapRegister(gaps));
    expect(lines[1]).toMatch(/^201 open, 0 explained .*, 0 accepted /);
    expect(lines).not.toContain('GAP-200');
    expect(lines.at(-1)).toBe('The first 200 of 201 gaps are printed; gaps.csv has all of them.');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(700);
    const attached = (await buildAttachments({ ...content, gaps }, [])).find(({ name }) => name === 'gaps.csv')!;
    const [header, ...rows] = Buffer.from(attached.bytes).toString().trimEnd().split(/\r?\n/);
    expect(header).toMatch(/^"gap",.*,"accepted_by","accepted_at","accepted_until","accepted_reason",/);
    expect(rows).toHaveLength(201);
    expect(rows[200]).toContain(`,"2026-07-02T09:30:00Z","2026-12-31","${long}",`);
  });

  it('says that there is none', () => {
    expect(words(gapRegister([]))).toEqual([
      'Gaps (0)',
      'No gap was found between the first and the last day of the window.',
    ]);
  });
});

describe('the clock report', () => {
  const clock = (system: string, state: ClockLine['state'], lengthS: number): ClockLine => ({
    ...{ system, state, lengthS, maxAbsOffsetS: state === 'unknown' ? null : state === 'out' ? 180 : 0.004 },
    ...{ from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', because: `It is ${state}.` },
    citation: state === 'unknown' ? null : { sourceId: 3, record: 17 },
  });
  const report = (clocks: readonly ClockLine[], unmeasuredClocks: readonly string[]): readonly string[] =>
    words(clockReport({ clocks, completeness: { unmeasuredClocks } }));

  it('gives shares, the largest offset, and each stretch that is not within tolerance', () => {
    const lines = report([clock('web-1', 'within', 300), clock('web-1', 'out', 100)], []).join(' | ');
    expect(lines).toContain('web-1 | 75.0 % | 25.0 % | 0 % | 180.0 s');
    expect(lines).toContain(
      'web-1 | out | 2026-01-01 00:00:00 | 2026-01-02 00:00:00 | 1 min 40 s | It is out. | S3 #17',
    );
  });

  it('rounds neither to all of the window nor to nothing of it', () => {
    const lines = report([clock('web-1', 'within', 99_999), clock('web-1', 'unknown', 1)], []).join(' | ');
    expect(lines).toContain('web-1 | > 99.9 % | 0 % | < 0.1 % | 4.0 ms');
  });

  it('tells in one sentence of systems that nobody measured, and leaves them out of the tables', () => {
    const never = Array.from({ length: 22 }, (_, place) => `host-${place + 10}`);
    const lines = report([clock('web-1', 'within', 9), ...never.map((one) => clock(one, 'unknown', 9))], never);
    expect(lines.join('\n')).toContain(
      'The clocks of 22 systems were never measured, and the inventory asks for no measurements: host-10, ',
    );
    expect(lines.join('\n')).toContain(
      'host-29 and 2 more (clock.csv). Times of their records are taken as they stand.',
    );
    expect(lines).toContain('Every clock was within tolerance over the whole window.');
    expect(lines).not.toContain('host-10');
  });

  it('says that no clock was measured at all', () => {
    expect(report([clock('db-1', 'unknown', 9)], ['db-1']).slice(1)).toEqual([
      'No clock was measured: the times of records are taken as they are.',
      'The clock of 1 system was never measured, and the inventory asks for no measurements: db-1. ' +
        'Times of their records are taken as they stand.',
    ]);
  });
});
