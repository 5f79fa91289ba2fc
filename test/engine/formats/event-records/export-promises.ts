/** The ways in which tools hand on a log of events, whatever its events are; part of what checkPromises checks. */
import { expect, it } from 'vitest';
import { recogniseFormat } from '../../../../engine/formats/registry.ts';
import { collectRows, inPieces, type Collected } from '../collect-rows.ts';
import { fixture, type Promised } from './event-promises.ts';

function rowsOf({ tables }: Collected): unknown {
  return [...tables].map(([name, rows]) => [name, rows]);
}

function inUtf16(text: string, order: 'le' | 'be'): Buffer {
  const bytes = Buffer.from(text, 'utf16le');
  return order === 'be' ? bytes.swap16() : bytes;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

export function checkExportPromises({ format, lines, event, hasNoTable }: Promised): void {
  const written = fixture(lines).toString('utf8').trimEnd().split('\n');

  it('reads UTF-16 as PowerShell writes it, and cites the bytes of the file', () => {
    const odd = JSON.stringify({ ...event, padding: 'Ärger 中文 😀' });
    const all = [odd, ...written, odd];
    const plain = collectRows(format, all.join('\r\n'));
    for (const order of ['le', 'be'] as const)
      for (const mark of ['\uFEFF', '']) {
        const bytes = inUtf16(`${mark}${all.join('\r\n')}\r\n`, order);
        const read = collectRows(format, bytes);
        expect(rowsOf(read)).toEqual(rowsOf(plain));
        expect(read.assumptions).toContain('The file is UTF-16 text; it is read as the same text in UTF-8.');
        const cited = read.spans.map(({ byte, length }) => {
          const record = Buffer.from(bytes.subarray(byte, byte + length));
          return (order === 'be' ? record.swap16() : record).toString('utf16le');
        });
        expect(cited).toEqual(all.map((line) => line.trim()));
        for (const size of [3001, 4096])
          expect(rowsOf(collectRows(format, inPieces(bytes, size)))).toEqual(rowsOf(read));
        expect(recogniseFormat(bytes.subarray(0, 65_536))[0]?.format.id).toBe(format.id);
      }
  });

  it('keeps the bytes of what it rejects in UTF-16, and says when a file ends within a character', () => {
    const bytes = inUtf16(`${JSON.stringify(event)}\n{"a":"ü😀"}\n`, 'le');
    const whole = Buffer.concat([bytes, Buffer.from([0x20])]);
    const read = collectRows(format, whole);
    for (const size of [1, 3])
      expect(collectRows(format, inPieces(whole, size))).toEqual({ ...read, rows: expect.anything() as unknown });
    expect(read.rejects).toHaveLength(2);
    expect(Buffer.from(read.rejects[0]!.raw, 'latin1').toString('utf16le')).toBe('{"a":"ü😀"}');
    expect(read.rejects[1]?.reason).toBe('The file ends in the middle of a character of UTF-16.');
    expect(read.spans.at(-1)).toEqual({ byte: bytes.length, length: 1 });
  });

  it('reads events behind what a collector puts before each line', () => {
    const plain = collectRows(format, written.join('\n'));
    const prefixes = [
      '2026-03-01T10:00:00.000Z ',
      '2026-03-01T10:00:00.123456789Z stdout F ',
      'Mar  1 10:00:00 host-1 vault[812]: ',
      '<13>1 2026-03-01T10:00:00Z host-1 app 812 - - ',
      'app-1  | ',
    ];
    for (const prefix of prefixes) {
      const text = written.map((line) => `${prefix}${line}`).join('\r\n');
      const read = collectRows(format, text);
      expect(rowsOf(read)).toEqual(rowsOf(plain));
      expect(read.assumptions.join()).toContain(JSON.stringify(prefix.trim()).slice(0, -1));
      expect(rowsOf(collectRows(format, inPieces(Buffer.from(text), 5)))).toEqual(rowsOf(plain));
      // A syslog whose messages are such events is one first; the others are recognised by what they hold.
      const surest = recogniseFormat(Buffer.from(text).subarray(0, 65_536)).filter(
        (candidate) => !candidate.format.id.startsWith('syslog-'),
      )[0];
      expect(surest?.format.id).toBe(format.id);
    }
  });

  it('rejects the lines between them that hold no JSON, and loses none', () => {
    const first = written[0]!;
    const others = ['app-1 | started up', `app-1 | ${'x'.repeat(600)}{"a":1}`];
    const read = collectRows(format, `app-1 | ${first}\n${others[0]}\napp-1 | ${first}\n${others[1]}\n`);
    expect(read.rows('events').map(({ record }) => record)).toEqual([1, 3]);
    expect(read.rejects.map(({ raw }) => raw)).toEqual(others);
  });

  if (hasNoTable !== true) checkTables({ format, lines });

  it('reads events in the answers of CloudWatch and Elasticsearch', () => {
    const one = JSON.stringify(event);
    const own = collectRows(format, one);
    const row = [
      { field: '@timestamp', value: '2026-03-01 10:00:00.000' },
      { field: '@message', value: one },
    ];
    for (const answer of [
      { messageType: 'DATA_MESSAGE', owner: '1', logGroup: 'g', logEvents: [{ id: '1', timestamp: 1, message: one }] },
      { took: 1, hits: { total: { value: 1 }, hits: [{ _index: 'i', _source: event }] } },
      [row],
    ])
      expect(rowsOf(collectRows(format, JSON.stringify(answer)))).toEqual(rowsOf(own));
  });

  it('reads events that Loki and OpenTelemetry hand on', () => {
    const one = JSON.stringify(event);
    const own = collectRows(format, one);
    for (const envelope of [
      { labels: { job: 'x' }, line: one, timestamp: '2026-03-01T00:00:00Z' },
      { body: one, attributes: {} },
      { TimeGenerated: '2026-03-01T00:00:00Z', log_s: one },
    ])
      expect(rowsOf(collectRows(format, JSON.stringify(envelope)))).toEqual(rowsOf(own));
  });
}

function checkTables({ format, lines }: Pick<Promised, 'format' | 'lines'>): void {
  const written = fixture(lines).toString('utf8').trimEnd().split('\n');

  it('reads events in a column of a table, as Splunk, CloudWatch and Kibana export them', () => {
    const plain = collectRows(format, written.join('\n'));
    for (const column of ['_raw', '@message', 'message', 'log_s']) {
      const rows = written.map((line, i) => `${i},${quoted(line)},host-1`);
      const read = collectRows(format, `number,${column},host\r\n${rows.join('\r\n')}\r\n`);
      expect(rowsOf(read)).toEqual(rowsOf(plain));
      expect(read.spans).toHaveLength(written.length);
    }
  });
}
