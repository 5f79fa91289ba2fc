/** What is read straight from bytes must be what is read by way of text: over all samples, and over damage to them. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readSyslogLine } from '../../../../engine/formats/syslog-3164/header.ts';
import { QuickLine } from '../../../../engine/formats/syslog-3164/quick-line.ts';
import { QuickMessage } from '../../../../engine/formats/syslog-5424/quick-message.ts';
import { readMessage5424, sequenceOf } from '../../../../engine/formats/syslog-5424/message.ts';
import { asObject, paramOf } from '../../../../engine/formats/syslog-5424/structured-data.ts';
import type { MessageStretches } from '../../../../engine/formats/syslog-messages/message-stretches.ts';
import { seededRandom } from '../damage.ts';

const samples = ['syslog-rfc3164', 'syslog-rfc5424', 'auth-log'].flatMap((folder) =>
  readdirSync(`test/fixtures/${folder}`)
    .filter((name) => !/expected|json$|lastb/.test(name))
    .flatMap((name) => readFileSync(`test/fixtures/${folder}/${name}`, 'utf8').split('\n'))
    .filter((line) => line.trim() !== ''),
);

/** Lines that are hard to read, beside the samples. */
const hard = [
  '<34>1 2026-03-01T00:00:00.5Z h a 1 ID [x@1 a="1"][x@1 b="2"] m',
  '<34>1 2026-03-01T00:00:00+05:30 - a - - [origin ip="192.0.2.1" software="x"][meta sequenceId="77"] m',
  '<34>1 2026-03-01T00:00:00Z h a p\\q i"d [x a="\\]\\"\\\\\\n\t" b=""] \ufeffhi',
  '<13>1 2026-03-01T23:59:60.123456789-0300 h a 12 - [timeQuality tzKnown="0" isSynced="0"][c timeReceived="2026-03-01T00:00:01Z"]  two',
  '<13>1 2026-02-30T00:00:00Z h a 12 - - x',
  '<165>1 2003-10-11T22:14:15.003Z m evntslog - ID47 [exampleSDID@32473 iut="3" 1="q" 0="z"] x',
  '<165>1 2026-03-01T00:00:00Z h a 1 - [a@1 x="ü✓"][b@1] ',
  '<165>1 2026-03-01T00:00:00Z - - - - -',
  '<13>Feb 29 00:00:00 h a[x y]: q',
  'Feb 29 00:00:00 h a[12] q',
  'Mar  1 00:00:00 INFO a[12]: q',
  '2026-03-01T00:00:00Z INFO a[12]: q',
  'Mar  1 00:00:00 h 12: *Mar  1 00:00:00: %SYS-5-CONFIG_I: q',
  'Mar  1 00:00:00 h sw-1: 12: Mar  1 00:00:00: %SYS-5-CONFIG_I: q',
  'Mar  1 00:00:00 h a[12] <Notice>: q',
  'Mar  1 00:00:00 h daemon.info a[12]: q',
];

const CHARACTERS = [...'<>[]"=\\ :-.0123456789TZabJM%*/\t\u0001\u007fü✓\ufeff,+'];
const ROUNDS = 20_000;

/** A line with up to three characters changed, left out, put in or doubled; mostly at its beginning. */
function changed(line: string, random: () => number): string {
  const below = (most: number): number => Math.floor(random() * most);
  let text = line;
  for (let times = below(4); times > 0; times--) {
    const at = below(Math.min(text.length, below(3) === 0 ? 400 : 90) + 1);
    const character = CHARACTERS[below(CHARACTERS.length)]!;
    const [before, after] = [text.slice(0, at), text.slice(at)];
    text = [before + character + after.slice(1), before + after.slice(1), before + character + after][below(4)] ?? text;
  }
  return text;
}

function* lines(): Generator<string> {
  yield* samples;
  yield* hard;
  const random = seededRandom(3164);
  const all = [...samples, ...hard, ...hard];
  for (let round = 0; round < ROUNDS; round++) yield changed(all[Math.floor(random() * all.length)]!, random);
}

/** Bytes with others around them, as the lines of a piece have them. */
function inPiece(line: string): { bytes: Buffer; from: number; to: number } {
  const bytes = Buffer.from(`"\n${line}\n"] x`);
  return { bytes, from: 2, to: 2 + Buffer.byteLength(line) };
}

const part = ({ bytes }: MessageStretches, from: number, to: number): string | undefined =>
  from < 0 ? undefined : bytes.toString('utf8', from, to);

function partsOf(quick: MessageStretches): Record<string, unknown> {
  return {
    priority: quick.priority < 0 ? undefined : quick.priority,
    host: part(quick, quick.hostFrom, quick.hostTo),
    program: part(quick, quick.programFrom, quick.programTo),
    processId: part(quick, quick.processFrom, quick.processTo),
    message: part(quick, quick.textFrom, quick.textTo),
  };
}

test('lines of syslog files', () => {
  const quick = new QuickLine();
  let count = 0;
  for (const text of lines()) {
    const { bytes, from, to } = inPiece(text);
    if (!quick.read(bytes, from, to)) continue;
    count++;
    const line = readSyslogLine(text, new Set());
    if (line.kind !== 'line') throw new Error(`Read from bytes only: ${text}`);
    const { priority, host, program, processId, message } = line;
    expect(partsOf(quick), text).toEqual({ priority, host, program, processId, message });
    expect([line.sequence, line.clockMark], text).toEqual([undefined, undefined]);
    if (priority === undefined) expect([line.severity, line.facility], text).toEqual([undefined, undefined]);
    const { month, day, microsOfDay } = quick;
    if (line.time.kind === 'instant')
      expect([quick.isInstant, BigInt(quick.time)], text).toEqual([true, line.time.time]);
    else expect({ kind: 'no_year', month, day, microsOfDay, isUtc: false }, text).toEqual(line.time);
  }
  expect(count).toBeGreaterThan(3000);
});

test('messages of RFC 5424', () => {
  const quick = new QuickMessage();
  let count = 0;
  for (const text of lines()) {
    const { bytes, from, to } = inPiece(text);
    if (!quick.read(bytes, from, to)) continue;
    count++;
    const said = readMessage5424(text);
    if (said.kind !== 'message') throw new Error(`Read from bytes only: ${text}`);
    const { priority, host, program, processId, messageId, data } = said;
    expect(partsOf(quick), text).toEqual({ priority, host, program, processId, message: said.text });
    expect([BigInt(quick.time), said.isTimeReceived, said.received], text).toEqual([said.time, false, undefined]);
    const fields = {
      ...(processId === undefined || /^\d{1,15}$/.test(processId) ? {} : { procid: processId }),
      ...(messageId === undefined ? {} : { msgid: messageId }),
      ...(data.size === 0 ? {} : { structured_data: asObject(data) }),
    };
    const json = quick.fields.bytes.toString('utf8', 0, quick.fields.length);
    expect(json, text).toBe(Object.keys(fields).length === 0 ? '' : JSON.stringify(fields));
    expect(Number.isNaN(quick.sequence) ? undefined : BigInt(quick.sequence), text).toBe(sequenceOf(data));
    expect(quick.isZoneless, text).toBe(paramOf(data, 'timeQuality', 'tzKnown') === '0');
  }
  expect(count).toBeGreaterThan(1000);
});
