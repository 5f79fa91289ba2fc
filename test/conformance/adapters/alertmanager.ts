import { existsSync, readdirSync } from 'node:fs';
import { alertmanager as format } from '../../../engine/formats/alertmanager/alertmanager.ts';
import type { CollectedRow } from '../../engine/formats/collect-rows.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { jsonRecords } from '../json-records.ts';
import { asJson, asLower, asMicros, asText } from '../normal.ts';
import { memberAt, readEvidence } from '../reading.ts';

/** Alerts and silences as JSON.parse gives them, and outages that somebody wrote down while they were made. */
export const alertmanager: Adapter = {
  folders: ['alertmanager'],
  compare: (folder) => {
    const files = folder.entries.filter((entry) => /\.jsonl?(\.gz)?$/.test(entry));
    return Promise.resolve([
      ...files.flatMap((file) => compareFile(folder, file)),
      ...outageLogs(folder).flatMap((log) => files.flatMap((file) => compareOutages(folder, file, log))),
    ]);
  },
};

function compareFile(folder: CorpusFolder, file: string): readonly Comparison[] {
  const reading = readEvidence(format, folder, file);
  const rows = reading.all.rows('events');
  const count = new FieldCount(file, 'JSON.parse');
  for (const { record, value } of jsonRecords(folder, file, reading)) {
    const told = thingsOf(value);
    if (told.length === 0) continue;
    const ours = rows.filter((row) => row.record === record);
    count.record();
    count.field(record, 'record', reading.fate(record), 'read');
    count.field(record, 'rows', ours.length, told.length);
    told.forEach((one, index) => {
      if (memberAt(one, 'matchers') !== undefined) compareSilence(count, record, ours[index], one);
      else compareAlert(count, record, ours[index], one);
    });
    const fields = reading.rowsOf(record)['event_fields']?.['fields'];
    count.field(record, 'fields', asJson(JSON.parse(String(fields ?? 'null'))), asJson(value));
  }
  count.field(0, 'rejects', reading.all.rejects.length, 0);
  const result = count.result();
  return result.records === 0 ? [] : [result];
}

/** What a record tells of: the alerts of a group or a notification, an alert, or a silence. */
function thingsOf(value: unknown): readonly unknown[] {
  const alerts = memberAt(value, 'alerts');
  if (Array.isArray(alerts)) return alerts;
  return memberAt(value, 'startsAt') === undefined ? [] : [value];
}

function compareAlert(count: FieldCount, record: number, row: CollectedRow | undefined, alert: unknown): void {
  const isResolved = memberAt(alert, 'status') === 'resolved';
  const compare = (field: string, column: string, theirs: unknown): void =>
    count.field(record, field, row?.[column], asText(theirs));
  compare('time', 'time', asMicros(memberAt(alert, isResolved ? 'endsAt' : 'startsAt')));
  compare('alertname', 'code', memberAt(alert, 'labels', 'alertname'));
  compare('instance', 'target', memberAt(alert, 'labels', 'instance'));
  compare('severity', 'severity', asLower(memberAt(alert, 'labels', 'severity')));
  compare('status', 'activity', isResolved ? 'resolved' : 'firing');
  const held = memberAt(alert, 'status', 'silencedBy');
  const isSilenced = Array.isArray(held) && held.length > 0;
  count.field(record, 'silenced', String(row?.['message']).includes(', silenced'), isSilenced);
}

function compareSilence(count: FieldCount, record: number, row: CollectedRow | undefined, silence: unknown): void {
  const times = ['startsAt', 'updatedAt'].map((name) => asMicros(memberAt(silence, name)) as bigint);
  // One that begins later than it was made is a change from when it was made.
  count.field(record, 'time', row?.['time'], times[1]! < times[0]! ? times[1] : times[0]);
  count.field(record, 'state', row?.['code'], memberAt(silence, 'status', 'state'));
  count.field(record, 'createdBy', row?.['actor'], memberAt(silence, 'createdBy'));
  const matchers = memberAt(silence, 'matchers') as readonly unknown[];
  const named = matchers.every((matcher) => String(row?.['target']).includes(String(memberAt(matcher, 'value'))));
  count.field(record, 'matchers', named, true);
}

interface OutageLog {
  readonly name: string;
  readonly from: bigint;
  readonly to: bigint;
  readonly outages: readonly { readonly began: bigint; readonly ended: bigint }[];
}

/** `X.events.txt`, here or beside the snapshots of the same run: `<time> ... (outage 1 begins)`, `<time> outage 1 ends`. */
function outageLogs(folder: CorpusFolder): readonly OutageLog[] {
  return ['.', '../prometheus-tsdb']
    .filter((place) => existsSync(folder.path(place)))
    .flatMap((place) => readdirSync(folder.path(place)).map((name) => `${place}/${name}`))
    .filter((path) => path.endsWith('.events.txt'))
    .map((path) => outageLog(path.slice(path.lastIndexOf('/') + 1), folder.text(path)));
}

function outageLog(name: string, text: string): OutageLog {
  const lines = text.trimEnd().split('\n');
  const timeOf = (line: string | undefined): bigint => asMicros(line?.split(' ')[0]) as bigint;
  const begins = lines.filter((line) => line.includes('(outage'));
  const outages = begins.map((line) => {
    const number = /\(outage (\d+) begins\)/.exec(line)?.[1];
    return { began: timeOf(line), ended: timeOf(lines.find((other) => other.includes(` outage ${number} ends`))) };
  });
  return { name, from: timeOf(lines[0]), to: timeOf(lines.at(-1)), outages };
}

// How long Prometheus may take to see it: a scrape, an evaluation, and what the rule waits for.
const MINUTE = 60_000_000n;

/** Alerts from the time of the log: one fires within an outage, and is resolved soon after its end. */
function compareOutages(
  folder: CorpusFolder,
  file: string,
  { name, from, to, outages }: OutageLog,
): readonly Comparison[] {
  const alerts = readEvidence(format, folder, file)
    .all.rows('events')
    .filter((row) => {
      const time = row['time'] as bigint;
      return row['class'] === 'detection_finding' && time >= from && time <= to;
    });
  if (alerts.length === 0) return [];
  const count = new FieldCount(file, name);
  for (const { record, activity, ...row } of alerts) {
    const time = row['time'] as bigint;
    count.record();
    const isDuring = outages.some(({ began, ended }) => time > began && time < ended);
    const isAfter = outages.some(({ ended }) => time >= ended && time < ended + MINUTE);
    count.field(record, 'outage', activity === 'resolved' ? isAfter : isDuring, true);
  }
  return [count.result()];
}
