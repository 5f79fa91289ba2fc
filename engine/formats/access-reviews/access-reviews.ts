/** Decisions of access reviews, as CSV. docs/formats/access-reviews.md */
import type { Format, ReadContext, Recognition, RowSink, SourceReader } from '../format.ts';
import type { Cells } from '../framing/cells.ts';
import { CsvTableReader, recogniseTable, type TableSpec } from '../framing/csv-table.ts';
import { timeIn } from '../framing/table-times.ts';
import { alsoInUtf16 } from '../framing/utf16-text.ts';

export const accessReviews: Format = alsoInUtf16({
  id: 'access-reviews',
  title: 'Decisions of access reviews (CSV)',
  version: 2,
  framing: 'spans',
  streams: [],
  recognise: (head): Recognition => recogniseTable(spec('UTC'), head),
  open: (sink: RowSink, context: ReadContext): SourceReader => new CsvTableReader(spec(context.zone), sink, context),
});

function spec(zone: string): TableSpec<'access_reviews'> {
  return {
    table: 'access_reviews',
    columns: {
      review_id: [
        ...['review', 'reviewname', 'accessreview', 'accessreviewid', 'accessreviewname', 'campaign', 'campaignid'],
        ...['campaignname', 'certification', 'certificationid', 'certificationname', 'reviewinstanceid'],
      ],
      kind: ['reviewtype', 'reviewkind', 'type', 'scope', 'campaigntype', 'accesstype'],
      period: ['reviewperiod', 'quarter', 'cycle', 'reviewcycle'],
      reviewer: ['reviewedby', 'reviewername', 'reviewerupn', 'certifier', 'certifiername', 'decidedby'],
      completed: [
        ...['completedat', 'completedon', 'completiondate', 'reviewcompleted', 'reviewcompletedat', 'signedoff'],
        ...['signedoffat', 'signedoffon', 'campaignclosed', 'reviewenddate'],
      ],
      subject: [
        ...['account', 'accountname', 'user', 'username', 'userprincipalname', 'principalname', 'login', 'useremail'],
        ...['email', 'identity', 'identityname', 'principal', 'displayname', 'userdisplayname', 'accountid'],
      ],
      item: [
        'entitlement',
        'entitlementname',
        'role',
        'permission',
        'group',
        'groupname',
        'resource',
        'application',
        'access',
        'right',
      ],
      decision: [
        'reviewdecision',
        'accessreviewdecision',
        'outcome',
        'result',
        'reviewresult',
        'action',
        'decisionmade',
      ],
      decided_at: [
        ...[
          'decidedon',
          'decisiondate',
          'decisiontime',
          'reviewedat',
          'reviewedon',
          'revieweddate',
          'revieweddatetime',
        ],
        ...['reviewdate', 'actiondate', 'dateofdecision'],
      ],
    },
    needed: ['subject', 'decision'],
    telling: 1,
    tellingColumns: ['review_id', 'reviewer', 'decided_at', 'period', 'completed'],
    namesUnread: true,
    row: (cells) => ({
      review_id: cells.text('review_id'),
      kind: cells.text('kind')?.toLowerCase(),
      period: cells.text('period'),
      reviewer: cells.text('reviewer'),
      completed: timeIn(cells, 'completed', { zone }),
      subject: subjectOf(cells),
      decision: cells.needed('decision'),
      decided_at: timeIn(cells, 'decided_at', { zone }),
    }),
  };
}

/** The account, so that it is found among accounts; where a review is not of accounts, what it was of. */
function subjectOf(cells: Cells): string | undefined {
  const item = cells.cell('item');
  const account = cells.cell('subject');
  if (account === undefined && item !== undefined) return item.text;
  if (account !== undefined && item !== undefined)
    cells.assume(`A decision about a right is kept under its account; column "${item.column}" is not read.`);
  return cells.needed('subject');
}
