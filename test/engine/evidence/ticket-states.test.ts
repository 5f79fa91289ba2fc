import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importFiles, type EvidenceCase } from '../../../engine/index.ts';
import { parseInstant } from '../../../shared/time.ts';
import { newTestCase, temporaryFolder, testJob } from '../test-case.ts';

const HEADER = 'ticket_id,kind,system,opened,resolved,status,summary\n';
const march = `${HEADER}INC-1,incident,web-1,2026-03-02T10:00:00Z,,open,Disk full
INC-2,incident,web-1,2026-03-05T10:00:00Z,2026-03-06T10:00:00Z,closed,Log stopped
INC-3,incident,web-2,2026-03-07T10:00:00Z,,open,Host gone
`;
const april = `${HEADER}INC-1,incident,web-1,2026-03-02T10:00:00Z,2026-04-03T12:00:00Z,closed,Disk full
INC-2,incident,web-1,2026-03-05T10:00:00Z,2026-03-06T10:00:00Z,closed,Log stopped
INC-4,incident,web-1,2026-04-01T10:00:00Z,,open,Late
INC-4,incident,web-2,2026-04-01T10:00:00Z,,open,Late
`;

async function imported(target: EvidenceCase, text: string, takenAt?: string): Promise<readonly string[]> {
  const path = join(await temporaryFolder(), 'tickets.csv');
  await writeFile(path, text);
  const options = takenAt === undefined ? {} : { takenAt: parseInstant(takenAt)! };
  const [file] = (await importFiles(target, [path], options, testJob())).files;
  expect(file).toMatchObject({ outcome: 'imported', rejected: 0 });
  return file?.outcome === 'imported' ? file.assumptions : [];
}

const STATES = `SELECT ticket_id, system, status, source_id FROM tickets ORDER BY ticket_id, system`;

describe('a ticket that stands in two exports', () => {
  it('is one ticket with its newer state, in whatever order they are imported; all states stay to be cited', async () => {
    for (const [first, second, older, newer] of [
      [march, april, 1, 2],
      [april, march, 2, 1],
    ] as const) {
      const target = await newTestCase();
      await imported(target, first);
      const said = await imported(target, second);
      expect(await target.database.query(STATES)).toEqual([
        { ticket_id: 'INC-1', system: 'web-1', status: 'closed', source_id: newer },
        { ticket_id: 'INC-2', system: 'web-1', status: 'closed', source_id: newer },
        { ticket_id: 'INC-3', system: 'web-2', status: 'open', source_id: older },
        { ticket_id: 'INC-4', system: 'web-1', status: 'open', source_id: newer },
        { ticket_id: 'INC-4', system: 'web-2', status: 'open', source_id: newer },
      ]);
      expect(
        await target.database.query(
          `SELECT status, source_id, record, is_latest FROM ticket_states WHERE ticket_id = 'INC-1' ORDER BY is_latest`,
        ),
      ).toEqual([
        { status: 'open', source_id: older, record: 1, is_latest: false },
        { status: 'closed', source_id: newer, record: 1, is_latest: true },
      ]);
      expect(said).toContain(
        `Tickets that are in S1 too: 2. Each is one ticket; its state in the newer export, S${newer} (2026-04-03T12:00:00Z), counts, and the other stays in its history.`,
      );
      // A ticket that a newer export should have is missed; an older one can miss none.
      expect(said.filter((one) => one.startsWith('Finding'))).toEqual(
        newer === 2
          ? [
              'Finding: tickets that S1 has are not in this newer export, though they were opened in the time that it covers: S1 #3. They count as S1 has them; ask whether they were deleted or left out.',
            ]
          : [],
      );
    }
  });

  it('is as new as a person says, where nothing in the export tells', async () => {
    const target = await newTestCase();
    await imported(
      target,
      march.replace(
        'INC-1,incident,web-1,2026-03-02T10:00:00Z,,open',
        'INC-1,incident,web-1,2026-03-02T10:00:00Z,,reopened',
      ),
      '2026-05-01T00:00:00Z',
    );
    await imported(target, april, '2026-04-04T00:00:00Z');
    expect(await target.database.query(`SELECT status FROM tickets WHERE ticket_id = 'INC-1'`)).toEqual([
      { status: 'reopened' },
    ]);
  });

  it('is another ticket where the number is of another tracker: it was opened at another time', async () => {
    const target = await newTestCase();
    await imported(target, march);
    await imported(target, `${HEADER}INC-1,change,web-1,2026-03-09T10:00:00Z,,open,Of another tracker\n`);
    expect(await target.database.query(`SELECT kind FROM tickets WHERE ticket_id = 'INC-1' ORDER BY kind`)).toEqual([
      { kind: 'change' },
      { kind: 'incident' },
    ]);
  });
});
