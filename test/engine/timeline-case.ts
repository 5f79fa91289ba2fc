/** A small case with a whole timeline: a stream that is learned, silences, tickets, and a clock that goes wrong. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { importFiles } from '../../engine/index.ts';
import { newTestCase, temporaryFolder, testJob, year2026 } from './test-case.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);

/** Silences of web-1, in hours of the year: two of 30 hours and one of 12. */
export const silences = [
  { from: 1000, to: 1030 },
  { from: 2000, to: 2030 },
  { from: 3000, to: 3012 },
] as const;

/** The hour of the year as an instant. */
export const hourText = (hour: number): string => new Date(START + hour * HOUR).toISOString().replace('.000Z', 'Z');

const SYSTEMS = [
  'system,role,environment,criticality,owner,scope_from,scope_to,needs',
  'web-1,web,production,high,Web team,,,syslog;clock',
  'db-1,db,production,high,Data team,,,syslog',
].join('\n');

const ticket = (id: string, hours: { from: number; to: number }, cause: string): string =>
  `${id},incident,web-1,${hourText(hours.from)},,${hourText(hours.to)},resolved,No logs,${cause},,,,`;
const TICKETS = [
  'ticket_id,kind,system,opened,acknowledged,resolved,status,summary,root_cause,requester,approver,approved_at,links',
  ticket('INC-1', { from: 1001, to: 1031 }, 'Disk full'),
  ticket('INC-2', { from: 2001, to: 2031 }, ''),
  ticket('INC-3', { from: 3002, to: 3005 }, 'Restart'),
].join('\n');

/** One record in each hour of the window, but for the silences. */
function syslog(): string {
  const hours = Array.from({ length: 181 * 24 }, (_, hour) => hour);
  const spoken = hours.filter((hour) => !silences.some(({ from, to }) => hour > from && hour < to));
  return spoken.map((hour) => `<38>1 ${hourText(hour)} web-1 sshd 91 - - Session ${hour} opened\n`).join('');
}

/** A measurement an hour of the first ten days; over the last day the clock is 180 s ahead. */
function chronyLog(): string {
  const banner = `${'='.repeat(132)}\n   Date (UTC) Time     IP Address   St   Freq ppm   Skew ppm     Offset L Co  Offset sd Rem. corr. Root delay Root disp. Max. error\n${'='.repeat(132)}\n`;
  const lines = Array.from({ length: 240 }, (_, hour) => {
    const offset = hour < 216 ? `${1 + (hour % 7)}.000e-04` : `1.80${hour % 7}e+02`;
    const stamp = new Date(START + hour * HOUR).toISOString().slice(0, 19).replace('T', ' ');
    const zero = '0.000e+00';
    return `${stamp} 10.20.0.1         3     -1.500      0.050  ${zero} N  1  3.100e-05 -${offset}  4.200e-04  2.200e-04  6.100e-04\n`;
  });
  return banner + lines.join('');
}

/** Makes the case, closed; gives its folder. */
export async function timelineCase(): Promise<string> {
  const folder = await temporaryFolder();
  const write = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  };
  const window = { from: '2026-01-01', to: '2026-06-30', zone: 'UTC' };
  const target = await newTestCase({ ...year2026, window });
  const files = [
    await write('systems.csv', `${SYSTEMS}\n`),
    await write('tickets.csv', `${TICKETS}\n`),
    await write('syslog.log', syslog()),
  ];
  await importFiles(target, files, {}, testJob());
  await importFiles(target, [await write('tracking.log', chronyLog())], { system: 'web-1' }, testJob());
  await target.close();
  return target.folder.root;
}
