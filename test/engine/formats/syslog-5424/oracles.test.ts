/**
 * The reader against independent parses of the same files: rsyslog, which wrote them, and jc. Every field of theirs is
 * compared; where ours differs on purpose, the test says why.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { syslog5424 } from '../../../../engine/formats/syslog-5424/syslog-5424.ts';
import { formatInstant } from '../../../../shared/time.ts';
import { collectRows, type Collected } from '../collect-rows.ts';

const FOLDER = 'test/fixtures/syslog-rfc5424';
const text = (name: string): string => readFileSync(`${FOLDER}/${name}`, 'utf8');
const read = (name: string): Collected => collectRows(syslog5424, readFileSync(`${FOLDER}/${name}`));
const fieldsByRecord = (collected: Collected): ReadonlyMap<number, Readonly<Record<string, unknown>>> =>
  new Map(
    collected
      .rows('event_fields')
      .map(({ record, fields }) => [record, JSON.parse(String(fields)) as Readonly<Record<string, unknown>>]),
  );
const nil = (value: string | undefined): string => (value === undefined || value === '' ? '-' : value);

describe('rsyslog', () => {
  interface RsyslogRecord {
    readonly timereported: string;
    readonly hostname: string;
    readonly facility: string;
    readonly severity: string;
    readonly app_name: string;
    readonly procid: string;
    readonly msgid: string;
    readonly structured_data: string;
    readonly msg: string;
  }

  test('every field of every message', () => {
    const golden = text('gen-all.json')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RsyslogRecord);
    const collected = read('gen-all.rfc5424.log');
    const { rows } = collected;
    expect(collected.rejects).toEqual([]);
    expect(rows('events')).toHaveLength(golden.length);
    const more = fieldsByRecord(collected);
    golden.forEach((theirs, at) => {
      const event = rows('events')[at]!;
      const { program, pid, facility } = rows('syslog_records')[at]!;
      const others = more.get(at + 1);
      // A leap second is the first second of the next day; rsyslog keeps it as it is written.
      const time = theirs.timereported.includes(':60')
        ? '2024-03-01T00:00:00Z'
        : formatInstant(
            BigInt(Date.parse(theirs.timereported.replace(/\.(\d{3})\d*/, '.$1'))) * 1000n + microsOf(theirs),
          );
      expect({
        time: formatInstant(event['time'] as bigint),
        host: nil(event['system'] as string | undefined),
        facility,
        severity: event['severity'],
        program: nil(program as string | undefined),
        processId: nil((pid as number | undefined)?.toString() ?? (others?.['procid'] as string | undefined)),
        messageId: nil(others?.['msgid'] as string | undefined),
        data: written(others?.['structured_data']),
        message: nil(event['message'] as string | undefined),
      }).toEqual({
        time,
        host: theirs.hostname,
        facility: theirs.facility,
        severity: theirs.severity === 'warn' ? 'warning' : theirs.severity,
        program: nil(theirs.app_name),
        processId: theirs.procid,
        messageId: theirs.msgid,
        data: theirs.structured_data,
        // RFC 3164 messages are handed on with the space after their tag; a byte order mark is no part of the message.
        message: nil(theirs.msg.replace(/^[ \ufeff]/, '')),
      });
    });
  });

  function microsOf({ timereported }: RsyslogRecord): bigint {
    return BigInt((/\.(\d+)/.exec(timereported)?.[1] ?? '').padEnd(6, '0').slice(3));
  }

  /** The elements as RFC 5424 writes them. */
  function written(elements: unknown): string {
    if (elements === undefined) return '-';
    return Object.entries(elements as Record<string, Record<string, string>>)
      .map(([id, params]) => {
        const all = Object.entries(params).map(([name, value]) => ` ${name}="${value.replace(/["\\\]]/g, '\\$&')}"`);
        return `[${id}${all.join('')}]`;
      })
      .join('');
  }

  test('messages as it received them: of RFC 5424, of RFC 3164, and neither', () => {
    const { rejects, rows, assumptions, records } = read('gen-all.raw.log');
    expect([records, rows('events').length]).toEqual([151, 148]);
    // rsyslog dates what has no time by when it came in; this reader dates nothing by guess.
    expect(rejects.map(({ raw }) => raw)).toEqual([
      '<18>1 - - nilapp - - - no time and no host',
      'Use the BFG!',
      "<0>1990 Oct 22 10:52:01 TZ-6 scapegoat.dmz.example.org 10.1.2.3 sched[0]: That's All Folks!",
    ]);
    expect(assumptions[0]).toBe('Messages of RFC 3164 among them: 143; they were read as such.');
  });
});

describe('jc', () => {
  interface JcRecord {
    readonly unparsable?: string;
    readonly priority: number | null;
    readonly version: number | null;
    readonly timestamp: string | null;
    readonly hostname: string;
    readonly appname: string | null;
    readonly proc_id: number | null;
    readonly msg_id: string | null;
    readonly structured_data: readonly { identity: string; parameters: Readonly<Record<string, string>> }[] | null;
    readonly message: string | null;
  }

  test('every field of every line', () => {
    const golden = JSON.parse(text('jc-generic-syslog-5424.json')) as readonly JcRecord[];
    const collected = read('jc-generic-syslog-5424.out');
    const { rows, rejects } = collected;
    // jc takes a message of an unknown version, 12, without a time; this reader dates nothing by guess.
    expect(rejects.map(({ raw }) => raw)).toEqual([
      ...golden.flatMap(({ unparsable }) => unparsable ?? []),
      '<1>12 - mymachine - - ID47 - asd asdaasd',
    ]);
    const readable = golden.filter(({ unparsable, version }) => unparsable === undefined && version !== 12);
    expect(rows('events')).toHaveLength(readable.length);
    const more = fieldsByRecord(collected);
    readable.forEach((theirs, at) => {
      const event = rows('events')[at]!;
      const { pid, program } = rows('syslog_records')[at]!;
      const others = more.get(event.record);
      const data = theirs.structured_data?.map(({ identity, parameters }) => [identity, parameters]);
      expect({
        time: event['time'],
        host: event['system'],
        program,
        pid: pid ?? null,
        messageId: others?.['msgid'] ?? null,
        data: others?.['structured_data'],
        message: event['message'] ?? null,
        severity: event['severity'],
      }).toEqual({
        time: BigInt(Date.parse(theirs.timestamp ?? '')) * 1000n + (theirs.timestamp?.includes('.000003') ? 3n : 0n),
        host: theirs.hostname,
        program: theirs.appname,
        pid: theirs.proc_id,
        messageId: theirs.msg_id,
        data: data === undefined ? undefined : Object.fromEntries(data),
        message: theirs.message,
        severity:
          theirs.priority === null
            ? undefined
            : ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'][theirs.priority % 8],
      });
    });
  });
});
