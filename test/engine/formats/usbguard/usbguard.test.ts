import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { recogniseFormat } from '../../../../engine/formats/registry.ts';
import { usbguard } from '../../../../engine/formats/usbguard/usbguard.ts';
import { collectRows, inPieces, type Collected } from '../collect-rows.ts';
import { damageLines } from '../damage.ts';
import { fixture } from '../event-records/event-promises.ts';

const log = fixture('usbguard/gen-usbguard-audit.log');
const lines = log.toString('utf8').trimEnd().split('\n');

interface Fields {
  readonly device?: Readonly<Record<string, unknown>>;
  readonly 'device.rule'?: string;
  readonly 'device.system_name'?: string;
  readonly [name: string]: unknown;
}

function fieldsOf(read: Collected): readonly Fields[] {
  return read.rows('event_fields').map(({ fields }) => JSON.parse(String(fields)) as Fields);
}

it('reads what a device is called, whatever that is', () => {
  const read = collectRows(usbguard, log);
  const evil = fieldsOf(read).find(({ device }) => device?.['port'] === '1-3');
  expect(evil?.device).toEqual({
    ...{ target: 'block', id: '0781:5567', serial: 'SN with space', name: 'Evil "Stick" x', port: '1-3' },
    ...{ hash: 'a49hEzJmnP/6JrNW1j5cQeJm076saGpsH43jOXwH+Tw=', interfaces: ['08:06:50', '03:01:01'] },
  });
  const injected = `' type='Policy.Insert' result='SUCCESS' x='`;
  const line = `[1795244110.242] (A) uid=0 pid=1 result='FAILURE' device.rule='block id 1:2 name "Bob${injected}" hash "h"' type='Device.Insert' `;
  const [row] = collectRows(usbguard, line).rows('events');
  expect(row).toMatchObject({ code: 'Device.Insert', outcome: 'failure', target: `1:2 Bob${injected}` });
  const utf8 = String.raw`[1795244110.242] (A) uid=1000 pid=1 result='SUCCESS' device.rule='allow id 1:2 name "Caf\xc3\xa9 \\x41"' type='Device.Insert'`;
  expect(collectRows(usbguard, utf8).rows('events')[0]).toMatchObject({ actor: '1000', target: '1:2 Café \\x41' });
});

it('has changes of the policy as changes of configuration', () => {
  const head = `[1795244110.242] (A) uid=1000 pid=77 result='SUCCESS'`;
  const text = [
    `${head} rule='allow id 1:*' rule.id='7' type='Policy.Insert' `,
    `${head} rule.new='block id 1:*' rule.old='allow id 1:*' rule.id='7' type='Policy.Update' `,
    `${head} rule='block id 1:*' rule.id='7' type='Policy.Remove' `,
  ].join('\n');
  const read = collectRows(usbguard, text);
  expect(read.rows('events').map((row) => [row['class'], row['activity'], row['target'], row['actor']])).toEqual([
    ['configuration_change', 'create', 'rule 7', '1000'],
    ['configuration_change', 'update', 'rule 7', '1000'],
    ['configuration_change', 'delete', 'rule 7', '1000'],
  ]);
  expect(read.rows('events')[0]!['message']).toBe('Policy.Insert: rule 7, allow id 1:*: success.');
});

it('reads the lines of the Linux Audit backend, decoded, also with a node', () => {
  const rule = 'block id 0781:5567 name "Cruzer Blade" via-port "1-2"';
  const hex = Buffer.from(rule).toString('hex').toUpperCase();
  const body = `pid=640 uid=0 auid=4294967295 ses=4294967295 msg='op="changed-authorization-state-for" device="/devices/usb1/1-2" device_rule=${hex} target="block" exe="/usr/sbin/usbguard-daemon" hostname=? addr=? terminal=? res=success'`;
  const text = [
    `type=USER_DEVICE msg=audit(1795244110.242:77): ${body}`,
    `node=web-1 type=UNKNOWN[1137] msg=audit(1795244110.243:78): ${body.replace('changed-authorization-state-for', 'inserted-device').replace('success', 'failed')}`,
    'type=SYSCALL msg=audit(1795244110.243:79): arch=c000003e',
  ].join('\n');
  const read = collectRows(usbguard, text);
  expect(read.rows('events')).toMatchObject([
    {
      time: 1_795_244_110_242_000n,
      sequence: 77,
      code: 'Policy.Device.Update',
      activity: 'block',
      outcome: 'success',
      target: '0781:5567 Cruzer Blade',
      actor: 'root',
    },
    { system: 'web-1', code: 'Device.Insert', activity: 'insert', outcome: 'failure' },
  ]);
  expect(fieldsOf(read)[0]).toMatchObject({
    'device.rule': rule,
    'device.system_name': '/devices/usb1/1-2',
    'target.new': 'block',
  });
  expect(read.rejects.map(({ reason }) => reason)).toEqual([
    'The line is an audit record of type SYSCALL, not USER_DEVICE.',
  ]);
  // An audit log is one first: it is read as such unless somebody says otherwise.
  const candidates = recogniseFormat(Buffer.from(text));
  expect(candidates[0]?.format.id).toBe('auditd');
  expect(usbguard.recognise(Buffer.from(text)).confidence).toBeLessThan(0.65);
});

it('rejects lines without a time that can be, a type or a whole value', () => {
  const text = [
    `[0000001606.123] (A) uid=0 pid=1 result='SUCCESS' type='Device.Insert'`,
    `uid=0 pid=1 result='SUCCESS' type='Device.Insert'`,
    `[1795244110.242] (A) uid=0 pid=1 result='SUCCESS' `,
    `[1795244110.242] (A) uid=0 pid=1 type='Device.Insert' `,
    `[1795244110.242] (A) uid=0 type='Device.Insert' result='SUCCESS`,
    `[1795244110.242] (A) uid=0 type='Device.Insert' type='Device.Remove' result='SUCCESS'`,
    `[1795244110.242] (A) uid=0 type='Device.Insert' !! result='SUCCESS'`,
    lines[0]!,
  ].join('\n');
  expect(collectRows(usbguard, text).rejects.map(({ reason }) => reason)).toEqual([
    'The stamp 0000001606.123 is a time before 2015: the clock was not set, so the time is not known.',
    'The line does not begin with [seconds.milliseconds] (A).',
    'The line has no type.',
    'The line has no result.',
    'The value of result has no apostrophe at its end.',
    'The line has type twice.',
    'At character 49 of the line stands no field NAME=VALUE.',
  ]);
  expect(collectRows(usbguard, 'x\ny').problem?.message).toMatch(/^None of 2 lines/);
});

it('gives the same rows for pieces of any size, CRLF and a mark at the start', () => {
  const whole = collectRows(usbguard, log);
  for (const size of [1, 7, 4096]) expect(collectRows(usbguard, inPieces(log, size)).tables).toEqual(whole.tables);
  expect(collectRows(usbguard, `\uFEFF${lines.join('\r\n')}\r\n`).tables).toEqual(whole.tables);
});

it('keeps the lines that damage did not touch, and every line in one place', () => {
  const clean = collectRows(usbguard, log);
  const many = Array.from({ length: 10 }, () => lines).flat();
  for (const seed of [1, 2, 3]) {
    const { bytes, damaged } = damageLines(
      many.map((line) => Buffer.from(line)),
      seed,
    );
    const read = collectRows(usbguard, bytes);
    expect([read.records, damaged.size > 10]).toEqual([many.length, true]);
    for (const row of read.rows('events')) {
      const expected = clean.rows('events')[(row.record - 1) % lines.length]!;
      if (!damaged.has(row.record)) expect({ ...row, record: 0 }).toEqual({ ...expected, record: 0 });
    }
    const read1 = new Set(read.rows('events').map(({ record }) => record));
    for (let record = 1; record <= many.length; record++)
      if (!damaged.has(record)) expect(read1.has(record)).toBe(true);
  }
});

it('stays bounded on a line made to exhaust it', () => {
  const hostile = [`'`, `"`, `x='`, ` a='b'`, `\\"`, '{ ', '\\x41'];
  for (const part of hostile) {
    const line = `[1795244110.242] (A) uid=0 result='SUCCESS' type='Device.Insert' device.rule='block name "${part.repeat(200_000)}`;
    const started = performance.now();
    expect(collectRows(usbguard, `${line}\n${lines[0]}`).records).toBe(2);
    expect(performance.now() - started).toBeLessThan(2000);
  }
});

it('is recognised by its lines, and claims no other file', () => {
  expect(usbguard.recognise(log)).toEqual({
    confidence: 0.97,
    reason: '22 of the first 22 lines are entries of USBGuard.',
  });
  for (const { format, confidence } of recogniseFormat(log))
    if (format.id !== 'usbguard') expect([format.id, confidence < 0.9]).toEqual([format.id, true]);
  const root = join(import.meta.dirname, '../../../fixtures');
  for (const folder of readdirSync(root, { withFileTypes: true }).filter(
    (each) => each.isDirectory() && each.name !== 'usbguard',
  ))
    for (const file of readdirSync(join(root, folder.name), { withFileTypes: true }).filter((each) => each.isFile())) {
      const head = fixture(join(folder.name, file.name)).subarray(0, 65_536);
      expect([folder.name, file.name, usbguard.recognise(head).confidence]).toEqual([folder.name, file.name, 0]);
    }
  for (const name of ['gen-list-devices.txt', 'gen-list-rules.txt', 'gen-rules.conf'])
    expect(usbguard.recognise(fixture(`usbguard/${name}`)).confidence).toBe(0);
});
