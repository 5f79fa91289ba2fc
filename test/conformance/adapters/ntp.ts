import { z } from 'zod';
import { ntpd as format } from '../../../engine/formats/ntpd/ntpd.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { readClocks, type ClockReading } from '../clock-readings.ts';
import { compareAsserts } from '../insights.ts';
import { near } from '../measured.ts';
import { insightsAsserts, oraclesBeside } from '../oracles.ts';

/** Reports of ntpq: jc, Insights, and the statistics that ntpd wrote in the same run. */
export const ntp: Adapter = {
  folders: ['ntp', 'ntpd'],
  compare: (folder) =>
    Promise.resolve([...compareJc(folder), ...compareInsights(folder), ...compareStatistics(folder)]),
};

const peersSchema = z.array(
  z.object({
    state: z.string().nullable(),
    remote: z.string(),
    refid: z.string(),
    st: z.number().nullable(),
    t: z.string(),
    when: z.number().nullable(),
    poll: z.number().nullable(),
    reach: z.number().nullable(),
    delay: z.number().nullable(),
    offset: z.number().nullable(),
    jitter: z.number().nullable(),
  }),
);
type Peer = z.infer<typeof peersSchema>[number];

/** `X.json` beside `X.out`: an object for each line of `ntpq -p`. */
function compareJc(folder: CorpusFolder): readonly Comparison[] {
  return oraclesBeside(folder, /(?<!\.expected)\.json$/, (stem) => [`${stem}.out`]).flatMap(({ file, oracle }) => {
    const peers = peersSchema.safeParse(folder.json(oracle)).data;
    if (!peers) return [];
    const { clocks, reading } = readClocks(format, folder, file);
    const count = new FieldCount(file, oracle);
    count.field(0, 'records', clocks.length, peers.length);
    count.field(0, 'rejects', reading.all.rejects.length, 0);
    peers.forEach((peer, index) => {
      count.record();
      comparePeer(count, index + 1, clocks[index], peer);
    });
    return [count.result()];
  });
}

function comparePeer(count: FieldCount, record: number, clock: ClockReading | undefined, peer: Peer): void {
  const { fields, sample } = { fields: clock?.fields ?? {}, sample: clock?.sample };
  const compare = (field: string, ours: unknown, theirs: unknown): void => count.field(record, field, ours, theirs);
  const millis = (field: string, theirs: number | null): void =>
    compare(field, near(fields[`${field}_s`], (theirs ?? NaN) / 1000, 1e-12), (theirs ?? NaN) / 1000);
  compare('state', String(fields['tally']).trim(), peer.state);
  compare('remote', sample?.['reference'], peer.remote);
  compare('refid', fields['refid'], peer.refid);
  compare('st', sample?.['stratum'], peer.st);
  compare('t', fields['type'], peer.t);
  compare('when', number(fields['when']), peer.when);
  compare('poll', number(fields['poll']), peer.poll);
  // jc reads the octal register as if it were decimal; both are the digits that ntpq printed.
  compare('reach', number(fields['reach']), peer.reach);
  millis('delay', peer.delay);
  millis('offset', peer.offset);
  millis('jitter', peer.jitter);
  // The offset is that of the server: positive where our clock is behind.
  const isMeasured =
    Number(peer.reach) > 0 && (peer.st ?? 16) < 16 && !peer.remote.startsWith('LOCAL(') && !isNothing(peer);
  const ahead = 0 - Number(peer.offset) / 1000;
  compare('ahead', near(sample?.['offset_s'], ahead, 1e-12), isMeasured ? ahead : undefined);
  const isUsed = ['*', '+', 'o'].includes(peer.state ?? '') || undefined;
  compare('synchronised', sample?.['synchronised'], isMeasured ? isUsed : false);
}

// Zeros after a poll without an answer stand for the sample that did not come.
function isNothing({ offset, delay, reach }: Peer): boolean {
  return offset === 0 && delay === 0 && (Number.parseInt(String(reach), 8) & 1) === 0;
}

/** `-` is none; `10m` is ten minutes, which jc leaves as text and so does not give as a number. */
function number(text: unknown): unknown {
  return text === '-' || text === undefined ? undefined : Number(text);
}

function compareInsights(folder: CorpusFolder): readonly Comparison[] {
  return insightsAsserts(folder).map(({ file, oracle, expected }) => {
    const count = new FieldCount(file, oracle);
    const { clocks, reading } = readClocks(format, folder, file);
    const records = clocks.map(({ fields, sample }) => ({
      ...fields,
      source: sample?.['reference'],
      flag: fields['tally'],
    }));
    const isDown = reading.all.rejects.some(({ reason }) => reason.includes('ntpd did not answer'));
    for (const { assert = '' } of expected)
      if (/^'NTP service is down' in str\(e\)$/.test(assert)) count.field(0, 'ntpd did not answer', isDown, true);
    compareAsserts(count, expected, { records, search: () => [] });
    return count.result();
  });
}

/** `X-ntpq-*.txt` beside `X-peerstats` of the same run: an offset that ntpq printed is one that ntpd wrote of that peer. */
function compareStatistics(folder: CorpusFolder): readonly Comparison[] {
  return folder.entries
    .filter((entry) => /peerstats$/.test(entry))
    .flatMap((file) => {
      const written = readClocks(format, folder, file).clocks;
      const stem = file.replace(/peerstats$/, '');
      const tables = folder.entries.filter((entry) => entry.startsWith(stem) && /ntpq-pn?-.*\.txt$/.test(entry));
      return tables.map((oracle) => compareTable(folder, { file, oracle, written }));
    });
}

interface Table {
  readonly file: string;
  readonly oracle: string;
  readonly written: readonly ClockReading[];
}

// Four decimals of a millisecond.
const HALF_OF_PRINTED = 0.5e-7;

function compareTable(folder: CorpusFolder, { file, oracle, written }: Table): Comparison {
  const count = new FieldCount(file, oracle);
  printedPeers(folder.text(oracle)).forEach(({ remote, offset, isReached }, index) => {
    const ofPeer = written.filter(({ sample }) => sample?.['reference'] === remote);
    if (!isReached || ofPeer.length === 0) return;
    count.record();
    const found = ofPeer.find(({ sample }) => near(sample?.['offset_s'], -offset, HALF_OF_PRINTED) === -offset);
    count.field(index + 1, `offset of ${remote}`, found === undefined ? 'none like it' : -offset, -offset);
  });
  return count.result();
}

interface PrintedPeer {
  readonly remote: string;
  /** Seconds. */
  readonly offset: number;
  readonly isReached: boolean;
}

// remote refid st t when poll reach delay offset jitter, the last three in milliseconds
function printedPeers(text: string): readonly PrintedPeer[] {
  return text.split('\n').flatMap((line) => {
    const words = line.slice(1).trim().split(/ +/);
    const [remote = '', , , , , , reach, , offset] = words;
    if (words.length !== 10 || !/^-?\d+\.\d+$/.test(offset ?? '')) return [];
    return [{ remote, offset: Number(offset) / 1000, isReached: reach !== '0' }];
  });
}
