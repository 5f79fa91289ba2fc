/** The account of every fixture holds, whole and damaged; and a reader that loses something makes it fail. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Format, RowSink } from '../../engine/formats/format.ts';
import { findFormat } from '../../engine/formats/registry.ts';
import { accountFor } from './accounting.ts';
import { checkAccounts, describeAccounts } from './check-accounts.ts';

it('every fixture that a format recognises is accounted for, whole and with a tenth of it damaged', async () => {
  const accounts = await checkAccounts('test/fixtures');
  expect(accounts.failures).toEqual([]);
  expect(accounts.formats.length).toBeGreaterThan(20);
  for (const { files, damaged } of accounts.formats) expect(Math.min(files, damaged)).toBeGreaterThan(0);
  const lines = describeAccounts(accounts);
  for (const { format } of accounts.formats) expect(lines.some((line) => line.startsWith(`${format} `))).toBe(true);
});

const auditd = { format: findFormat('auditd') as Format, bytes: readFileSync('test/fixtures/auditd/gen-audit.log') };
const vault = {
  format: findFormat('vault-audit') as Format,
  bytes: readFileSync('test/fixtures/vault-audit/gen-openbao-2.7.2.jsonl'),
};

/** A reader with one thing done wrong. */
function broken(
  { format, bytes }: typeof auditd,
  spoil: (sink: RowSink) => Partial<RowSink>,
  cut = (piece: Uint8Array) => piece,
): typeof auditd {
  const open: Format['open'] = (sink, context) => {
    const whole: RowSink = {
      record: (byte, length) => sink.record(byte, length),
      row: (table, row, record) => sink.row(table, row, record),
      columns: (table) => sink.columns(table),
      seriesId: (record) => sink.seriesId(record),
      reject: (reason, raw) => sink.reject(reason, raw),
      assume: (statement) => sink.assume(statement),
      sawTime: (micros) => sink.sawTime(micros),
      recordsAreLines: () => sink.recordsAreLines(),
    };
    const reader = format.open({ ...whole, ...spoil(sink) }, context);
    return { push: (piece) => reader.push(cut(piece)), finish: () => reader.finish() };
  };
  return { format: { ...format, open }, bytes };
}

it('the readers as they are pass', () => {
  for (const { format, bytes } of [auditd, vault, broken(auditd, () => ({}))]) {
    const { failures, records, damaged, unchanged, dependent, rejected } = accountFor(format, bytes, 'a.log');
    expect(failures).toEqual([]);
    expect(damaged).toBeGreaterThan(5);
    expect(unchanged + damaged + dependent).toBe(records + rejected);
  }
});

/** From the first record that was rejected on, all rows are of another system. */
function remembering(sink: RowSink): Partial<RowSink> {
  let sawReject = false;
  return {
    row: (table, row, record) => sink.row(table, sawReject ? { ...row, system: 'other' } : row, record),
    reject(reason, raw) {
      sawReject = true;
      sink.reject(reason, raw);
    },
  };
}

/** Every reject is a row as well. */
function twice(sink: RowSink): Partial<RowSink> {
  return {
    reject(reason, raw) {
      sink.row('events', {});
      sink.reject(reason, raw);
    },
  };
}

it.each([
  ['drops what it should reject', broken(vault, () => ({ reject: () => undefined })), /ended in 0 places/],
  ['puts what it rejects into a table as well', broken(vault, twice), /ended in 2 places/],
  [
    'never sees the last lines',
    broken(
      auditd,
      () => ({}),
      (piece) => piece.subarray(0, -400),
    ),
    /lines with content/,
  ],
  ['carries damage over to later lines', broken(vault, remembering), /was not damaged, and is another/],
])('a reader that %s is found out', (_what, { format, bytes }, words) => {
  expect(accountFor(format, bytes, 'a.log').failures.join('\n')).toMatch(words);
});
