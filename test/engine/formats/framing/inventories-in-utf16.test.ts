/** "Unicode text" of a spreadsheet is UTF-16 with tabs: tables of paper read it as they read the same table in UTF-8. */
import { expect, test } from 'vitest';
import { accessReviews } from '../../../../engine/formats/access-reviews/access-reviews.ts';
import { accounts } from '../../../../engine/formats/accounts/accounts.ts';
import { authorizedPorts } from '../../../../engine/formats/authorized-ports/authorized-ports.ts';
import { baselines } from '../../../../engine/formats/baselines/baselines.ts';
import { systems } from '../../../../engine/formats/systems/systems.ts';
import { tickets } from '../../../../engine/formats/tickets/tickets.ts';
import { collectRows } from '../collect-rows.ts';

test.each([
  [systems, 'system\trole\tenvironment\towner\r\nwéb-1\tweb\tprod\tAna\r\n'],
  [
    authorizedPorts,
    'system_or_role\tport\tprotocol\towner\tpurpose\tapproved_at\r\nwéb\t443\ttcp\tAna\tpages\t2026-01-01\r\n',
  ],
  [accounts, 'account\tperson\tprovider\tprivileged\tmfa\tcreated\r\nana\tÄnne\town\tyes\tyes\t2026-01-01\r\n'],
  [
    accessReviews,
    'review_id\tkind\tperiod\treviewer\tcompleted\tsubject\tdecision\r\n1\taccess\tQ1\tÄnne\t2026-04-01\tben\tkeep\r\n',
  ],
  [
    baselines,
    'approved_at\tapproved_by\tresource_type\tresource_id\tconfiguration\r\n2026-01-01\tÄnne\tfirewall\tf1\t"{""a"":1}"\r\n',
  ],
  [tickets, 'ticket_id\tkind\topened\tstatus\tsummary\r\n7\tincident\t2026-01-01\topen\tÄrger\r\n'],
] as const)('$0.id', (format, text) => {
  const narrow = collectRows(format, text);
  const wide = Buffer.from(`\ufeff${text}`, 'utf16le');
  expect([narrow.problem, narrow.rejects, narrow.records]).toEqual([undefined, [], 1]);
  expect(format.recognise(wide).confidence).toBe(format.recognise(Buffer.from(text)).confidence);
  expect(format.recognise(wide).confidence).toBeGreaterThan(0.5);
  expect([...collectRows(format, wide).tables]).toEqual([...narrow.tables]);
});
