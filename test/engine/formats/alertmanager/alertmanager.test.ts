import { expect, it } from 'vitest';
import { alertmanager } from '../../../../engine/formats/alertmanager/alertmanager.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows } from '../collect-rows.ts';
import { checkPromises, fixture, jsonLines } from '../event-records/event-promises.ts';

const event = {
  annotations: { summary: 'db-1 is down' },
  endsAt: '2026-03-01T10:05:00.000Z',
  fingerprint: '8e2549e73d3b3655',
  receivers: [{ name: 'hook' }],
  startsAt: '2026-03-01T10:00:00.123Z',
  status: { inhibitedBy: [], silencedBy: [], state: 'active' },
  updatedAt: '2026-03-01T10:00:01.000Z',
  labels: { alertname: 'HostDown', instance: 'db-1:9100', severity: 'Critical' },
};

checkPromises({
  format: alertmanager,
  lines: 'alertmanager/webhook-payloads.jsonl',
  event,
  folders: ['alertmanager'],
  hasNoTable: true,
});

interface Alert {
  readonly status: string | { readonly state: string; readonly silencedBy: readonly string[] | null };
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

function expectRows(rows: readonly Readonly<Record<string, unknown>>[], alerts: readonly Alert[]): void {
  expect(rows).toHaveLength(alerts.length);
  for (const [i, { status, labels, startsAt, endsAt }] of alerts.entries()) {
    const row = rows[i]!;
    expect(row['time']).toBe(parseInstant(status === 'resolved' ? endsAt : startsAt));
    expect(row['code']).toBe(labels['alertname']);
    expect(row['target']).toBe(labels['instance']);
    expect(row['severity']).toBe(labels['severity']?.toLowerCase());
    expect(row['activity']).toBe(status === 'resolved' ? 'resolved' : 'firing');
    expect(row).toMatchObject({ class: 'detection_finding', stream: 'alertmanager' });
  }
}

it('agrees with a real Alertmanager: its alerts, in version 1 of the API too, and what amtool prints', () => {
  const during = 'alertmanager/v2-alerts_during.json';
  for (const name of ['alertmanager/gen-alerts.json', 'alertmanager/gen-amtool.json', during]) {
    const alerts = JSON.parse(fixture(name).toString('utf8')) as Alert[];
    const read = collectRows(alertmanager, fixture(name));
    expectRows(read.rows('events'), alerts);
    expect(read.rows('event_fields').map(({ fields }) => JSON.parse(String(fields)) as unknown)).toEqual(alerts);
  }
  const { data } = JSON.parse(fixture('alertmanager/gen-alerts-v1.json').toString('utf8')) as { data: Alert[] };
  expectRows(collectRows(alertmanager, fixture('alertmanager/gen-alerts-v1.json')).rows('events'), data);
});

it('has an event for each alert of a group, and keeps the group', () => {
  const groups = JSON.parse(fixture('alertmanager/gen-groups.json').toString('utf8')) as { alerts: Alert[] }[];
  const read = collectRows(alertmanager, fixture('alertmanager/gen-groups.json'));
  expectRows(
    read.rows('events'),
    groups.flatMap(({ alerts }) => alerts),
  );
  expect(read.rows('event_fields').map(({ fields }) => JSON.parse(String(fields)) as unknown)).toEqual(groups);
  const held = read.rows('events').map((row) => String(row['message']));
  expect(held.filter((message) => message.includes(', silenced'))).toHaveLength(1);
  expect(held.filter((message) => message.includes(', inhibited by another alert'))).toHaveLength(1);
  expect(collectRows(alertmanager, fixture('alertmanager/v2-alert_groups.json'))).toMatchObject({
    records: 0,
    problem: undefined,
  });
});

it('agrees with what a webhook got, firing and resolved, and when the exporter was really down', () => {
  for (const name of ['alertmanager/gen-webhook.jsonl', 'alertmanager/webhook-payloads.jsonl']) {
    const payloads = jsonLines(name) as unknown as { alerts: Alert[]; externalURL: string }[];
    const read = collectRows(alertmanager, fixture(name));
    expectRows(
      read.rows('events'),
      payloads.flatMap(({ alerts }) => alerts),
    );
    for (const row of read.rows('events')) {
      const { externalURL } = payloads[row.record - 1]!;
      expect(row['system']).toBe(new URL(externalURL).hostname);
    }
    const ends = payloads.flatMap(({ alerts }) =>
      alerts.filter(({ status }) => status === 'resolved').map(({ endsAt }) => parseInstant(endsAt)),
    );
    expect([read.times, ends.length]).toEqual([ends, 1]);
  }
  const log = fixture('prometheus-tsdb/live-snapshot.events.txt').toString('utf8');
  const at = (what: string) => parseInstant(new RegExp(`^(\\S+) ${what}`, 'm').exec(log)![1]!)!;
  const [firing, resolved] = collectRows(alertmanager, fixture('alertmanager/webhook-payloads.jsonl')).rows('events');
  const minute = 60_000_000n;
  expect(BigInt(firing!['time'] as bigint) - at('node_exporter stopped')).toBeGreaterThan(0n);
  expect(BigInt(firing!['time'] as bigint) - at('node_exporter stopped')).toBeLessThan(minute);
  expect(String(resolved!['message'])).toContain('was resolved at 2026-11-21T06:13:18.103Z');
  expect(parseInstant('2026-11-21T06:13:18.103Z')! - at('outage 1 ends')).toBeLessThan(minute);
});

it('has silences as changes, dated when they were made, with who made them', () => {
  const read = collectRows(alertmanager, fixture('alertmanager/gen-silences.json'));
  expect(read.rows('events')).toMatchObject([
    {
      ...{ class: 'configuration_change', activity: 'silence', code: 'active', actor: 'ana' },
      ...{ time: parseInstant('2026-11-25T14:23:43.045Z'), target: 'alertname="DiskFull", instance=~"web-.*"' },
      message: 'ana silenced alertname="DiskFull", instance=~"web-.*" until 2027-01-01T00:00:00Z: CHG-104: new disk.',
    },
    { code: 'expired', actor: 'eve', target: 'severity!="none"' },
  ]);
  const pending = {
    id: '1',
    status: { state: 'pending' },
    updatedAt: '2026-03-01T00:00:00Z',
    startsAt: '2026-06-01T00:00:00Z',
    endsAt: '2026-06-02T00:00:00Z',
    matchers: [],
  };
  expect(collectRows(alertmanager, JSON.stringify(pending)).rows('events')).toMatchObject([
    { time: parseInstant('2026-03-01T00:00:00Z'), code: 'pending' },
  ]);
});

it('says how many alerts notifications left out, and rejects one without any', () => {
  const payload = jsonLines('alertmanager/webhook-payloads.jsonl')[0]!;
  const text = `${JSON.stringify({ ...payload, truncatedAlerts: 7 })}\n${JSON.stringify({ ...payload, alerts: [] })}`;
  const read = collectRows(alertmanager, text);
  expect(read.assumptions).toEqual(['Alerts that notifications left out, as they say in truncatedAlerts: 7.']);
  expect(read.rejects.map(({ reason }) => reason)).toEqual([
    'The record has an empty list of alerts: it tells of nothing that happened.',
  ]);
});

it('rejects alerts without a time, and says which of a group it is', () => {
  const never = { ...event, startsAt: '0001-01-01T00:00:00Z' };
  const group = { labels: {}, receiver: { name: 'x' }, alerts: [event, { ...event, startsAt: 'soon' }] };
  const read = collectRows(alertmanager, [never, group, event].map((each) => JSON.stringify(each)).join('\n'));
  expect(read.rejects.map(({ reason }) => reason)).toEqual([
    'The alert has no startsAt.',
    'Alert 2 of 2: startsAt "soon" is not a time.',
  ]);
});

it('reads since when the server runs, in both versions of the API', () => {
  const status = JSON.parse(fixture('alertmanager/gen-status.json').toString('utf8')) as Record<string, unknown>;
  const row = {
    record: 1,
    ...{ stream: 'alertmanager', class: 'service_activity', activity: 'start', code: 'status', outcome: 'success' },
    ...{ target: 'alertmanager', time: parseInstant(String(status['uptime'])) },
  };
  const read = collectRows(alertmanager, fixture('alertmanager/gen-status.json'));
  expect(read.rows('events')).toMatchObject([row]);
  expect(JSON.parse(String(read.rows('event_fields')[0]?.['fields']))).toEqual(status);
  const first = { status: 'success', data: { ...status, cluster: undefined, configYAML: 'global:\n' } };
  expect(collectRows(alertmanager, JSON.stringify(first)).rows('events')).toMatchObject([row]);
});

it('reads what Grafana sends to webhooks', () => {
  const alert = { ...event, status: 'firing', endsAt: '0001-01-01T00:00:00Z', values: { B: 44.2 }, silenceURL: '' };
  const sent = { receiver: 'hook', status: 'firing', orgId: 1, alerts: [alert], groupLabels: {}, version: '1' };
  const text = JSON.stringify({
    ...sent,
    externalURL: 'http://grafana.example:3000/',
    groupKey: '{}:{}',
    state: 'alerting',
  });
  const [row] = collectRows(alertmanager, text).rows('events');
  expect(row).toMatchObject({ system: 'grafana.example', code: 'HostDown', activity: 'firing', target: 'db-1:9100' });
});

it('does not claim alerts of Prometheus', () => {
  for (const name of ['prometheus-api/prom_alerts_during.json', 'prometheus-api/rules.json'])
    expect([name, alertmanager.recognise(fixture(name)).confidence]).toEqual([name, 0]);
});
