import { expect, it } from 'vitest';
import { accessReviews } from '../../../../engine/formats/access-reviews/access-reviews.ts';
import { accounts } from '../../../../engine/formats/accounts/accounts.ts';
import { recogniseFormat } from '../../../../engine/formats/registry.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows, inPieces } from '../collect-rows.ts';
import { damageLines } from '../damage.ts';

const at = (text: string): bigint => parseInstant(text)!;
const own = 'review_id,kind,period,reviewer,completed,subject,decision,decided_at';

it('reads the columns of its own, and says what a day alone means', () => {
  const text = `${own}\nR1,Accounts,2026-Q1,Ana,2026-04-01,ben,keep,2026-03-30T10:00:00+02:00\n`;
  const read = collectRows(accessReviews, text);
  expect(read.rows('access_reviews')).toEqual([
    {
      record: 1,
      review_id: 'R1',
      kind: 'accounts',
      period: '2026-Q1',
      reviewer: 'Ana',
      completed: at('2026-04-01T00:00:00Z'),
      subject: 'ben',
      decision: 'keep',
      decided_at: at('2026-03-30T08:00:00Z'),
    },
  ]);
  expect(read.assumptions).toEqual(['A day alone in column "completed" means its start in UTC.']);
  for (const size of [1, 7, 4096])
    expect([...collectRows(accessReviews, inPieces(Buffer.from(text), size)).tables]).toEqual([...read.tables]);
});

it('reads what review tools call these columns, and says which right it leaves in the file', () => {
  const text = [
    'Campaign Name,User Principal Name,Group Name,Review Decision,Reviewed By,Reviewed Date,Justification',
    'Q1 admins,ben@x.com,Admins,Deny,ana@x.com,2026-03-30 10:00:00,left',
  ].join('\n');
  const read = collectRows(accessReviews, text, { zone: 'Europe/Berlin' });
  expect(read.rows('access_reviews')).toMatchObject([
    { review_id: 'Q1 admins', subject: 'ben@x.com', decision: 'Deny', decided_at: at('2026-03-30T08:00:00Z') },
  ]);
  expect(read.assumptions).toEqual([
    'The column "Justification" is not read.',
    'A decision about a right is kept under its account; column "Group Name" is not read.',
    'Times without an offset are taken in Europe/Berlin.',
  ]);
});

it('rejects rows without a subject or a decision, and with times of no known order', () => {
  const read = collectRows(
    accessReviews,
    'reviewer,account,decision,decided_at\nana,,keep,\nana,ben,,\nana,ben,keep,03/04/2026\nana,ben,keep,\n',
  );
  expect(read.rejects.map(({ reason }) => reason.slice(0, 60))).toEqual(
    [
      'Column "subject" is empty.',
      'Column "decision" is empty.',
      'Column "decided_at": "03/04/2026" is not a time that can be r',
    ].map((reason) => reason.slice(0, 60)),
  );
  expect(read.rows('access_reviews')).toHaveLength(1);
});

it('keeps the rows around damage', () => {
  const lines = Array.from({ length: 60 }, (_, i) => Buffer.from(`R1,accounts,Q1,ana,2026-04-01,user-${i},keep,`));
  const { bytes, damaged } = damageLines(lines, 7);
  const read = collectRows(accessReviews, Buffer.concat([Buffer.from(`${own}\n`), bytes]));
  if (read.problem) throw new Error(read.problem.message);
  expect(read.records).toBe(60);
  const kept = new Set(read.rows('access_reviews').map((row) => row['subject']));
  for (let i = 0; i < 60; i++) if (!damaged.has(i + 1)) expect(kept.has(`user-${i}`)).toBe(true);
});

it('is recognised by its header, and by no other format', () => {
  for (const text of [`${own}\n`, 'account,reviewer,decision,status,last_used,created\n']) {
    const head = Buffer.from(text);
    expect(accessReviews.recognise(head).confidence).toBeGreaterThan(0.6);
    expect(accounts.recognise(head).confidence).toBe(0);
    expect(recogniseFormat(head).filter(({ format }) => format.id !== 'access-reviews')).toEqual([]);
  }
  for (const text of ['account,status,mfa\n', 'user,action,ip\n', '{"decision":"x","account":"y"}\n'])
    expect(accessReviews.recognise(Buffer.from(text)).confidence).toBe(0);
});
