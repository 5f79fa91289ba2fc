import { syslog3164 } from '../../../../engine/formats/syslog-3164/syslog-3164.ts';
import { syslog5424 } from '../../../../engine/formats/syslog-5424/syslog-5424.ts';
import type { Format } from '../../../../engine/formats/format.ts';
import { formatInstant } from '../../../../shared/time.ts';
import type { CorpusFolder } from '../../adapter.ts';
import { readEvidence, valueAt, type Reading, type RecordRows } from '../../reading.ts';

const HEAD_BYTES = 65_536;

/** The reader that is surer of a file. */
export function syslogFormat(folder: CorpusFolder, file: string): Format {
  const head = folder.bytes(file).subarray(0, HEAD_BYTES);
  return syslog5424.recognise(head).confidence > syslog3164.recognise(head).confidence ? syslog5424 : syslog3164;
}

export function readMessages(folder: CorpusFolder, file: string): Reading {
  return readEvidence(syslogFormat(folder, file), folder, file);
}

/** A value of the message of a record, by the name of its column, or of what RFC 5424 has beyond them. */
export function messageValue(rows: RecordRows, name: string): unknown {
  if (['program', 'pid', 'facility'].includes(name)) return valueAt(rows, `syslog_records.${name}`);
  if (['msgid', 'procid', 'structured_data'].includes(name)) return valueAt(rows, `event_fields.fields.${name}`);
  return valueAt(rows, `events.${name}`);
}

/** What the file of a program says for nothing. */
export function nil(value: unknown): unknown {
  return value === '-' || value === '' || value === null ? undefined : value;
}

/** A message without the space after its tag, and without the byte order mark that RFC 5424 lets stand before it. */
export function asMessage(value: unknown): unknown {
  return typeof value === 'string' ? nil(value.trim().replace(/^\ufeff/, '')) : value;
}

/** `03-11 19:26:39` of the time of a record, for times without a year, a fraction or a zone. */
export function wallClock(time: unknown): unknown {
  return typeof time === 'bigint' ? formatInstant(time).slice(5, 19).replace('T', ' ') : time;
}

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

/** The same of a time as it is written: `Mar  7 04:02:16`, or a longer one with a year. */
export function writtenWallClock(written: unknown): unknown {
  const [, name = '', day = '', clock] = /^([A-Z][a-z]{2}) +(\d+) (\d\d:\d\d:\d\d)/.exec(String(written)) ?? [];
  const month = MONTHS.indexOf(name) / 3 + 1;
  if (clock !== undefined) return `${String(month).padStart(2, '0')}-${day.padStart(2, '0')} ${clock}`;
  const [, date, time] = /^\d{0,4}-(\d\d-\d\d)[T ](\d\d:\d\d:\d\d)/.exec(String(written)) ?? [];
  return time === undefined ? written : `${date} ${time}`;
}
