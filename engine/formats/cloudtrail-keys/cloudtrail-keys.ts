/** The public keys of CloudTrail, as `aws cloudtrail list-public-keys` prints them. docs/formats/cloudtrail-keys.md */
import type { Problem } from '../../../shared/problem.ts';
import { parseInstant, type UtcMicros } from '../../../shared/time.ts';
import type { EvidenceRow } from '../../core/tables.ts';
import { readDigestKey } from '../cloudtrail-digest/signature.ts';
import type { Format, ReadContext, Recognition, RowSink, SourceReader } from '../format.ts';
import { JsonRecordScanner, type JsonRecord, type JsonRecordOptions } from '../framing/json-records.ts';

export const cloudtrailKeys: Format = {
  id: 'cloudtrail-keys',
  title: 'AWS CloudTrail public keys (list-public-keys)',
  version: 1,
  framing: 'spans',
  streams: [],
  recognise,
  open: (sink, context) => new KeyReader(sink, context),
};

const scannerOptions: JsonRecordOptions = {
  lists: ['PublicKeyList', 'publicKeyList'],
  firstKeys: ['Value', 'ValidityStartTime', 'ValidityEndTime', 'Fingerprint', 'value', 'fingerprint'],
};

function recognise(head: Uint8Array): Recognition {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length);
  if (!text.includes('"Value"') && !text.includes('"value"'))
    return { confidence: 0, reason: 'Nothing in it has a Value.' };
  let records = 0;
  let keys = 0;
  const scanner = new JsonRecordScanner(scannerOptions, {
    record: ({ value }) => {
      records++;
      if (typeof keyRow(value) !== 'string') keys++;
    },
    damaged: () => records++,
  });
  scanner.push(head);
  scanner.finish();
  const reason = `${keys} of the first ${records} JSON records are public keys of CloudTrail, with Value and Fingerprint.`;
  return { confidence: keys * 2 > records ? (0.99 * keys) / records : 0, reason };
}

class KeyReader implements SourceReader {
  readonly #scanner: JsonRecordScanner;
  #keys = 0;
  #firstReason = '';

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#scanner = new JsonRecordScanner(scannerOptions, {
      record: (record) => this.#read(record),
      damaged: (byte, bytes, reason) => this.#reject(byte, bytes, reason),
    });
  }

  push(piece: Uint8Array): void {
    this.#scanner.push(piece);
  }

  finish(): Problem | undefined {
    const ending = this.#scanner.finish();
    if (ending === 'cut-off') this.sink.assume('The file ends before its JSON does: keys after its end are unknown.');
    if (this.#keys > 0) return undefined;
    return {
      code: 'damaged_file',
      message: `The file holds no public key that can be read. ${this.#firstReason}`.trimEnd(),
      where: { file: this.context.name },
      remedy: 'Obtain it again with `aws cloudtrail list-public-keys --start-time ... --end-time ...`.',
    };
  }

  #read({ byte, bytes, value }: JsonRecord): void {
    const row = keyRow(value);
    if (typeof row === 'string') return this.#reject(byte, bytes, row);
    this.#keys++;
    this.sink.record(byte, bytes.length);
    this.sink.row('trail_keys', row);
  }

  #reject(byte: number, bytes: Uint8Array, reason: string): void {
    this.#firstReason ||= reason;
    this.sink.record(byte, bytes.length);
    this.sink.reject(reason, bytes.slice());
  }
}

/** The row of a key, or the sentence that says why it is none. */
function keyRow(value: unknown): EvidenceRow<'trail_keys'> | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'The record is not a JSON object.';
  const text = memberOf(value, 'Value');
  if (typeof text !== 'string' || text === '') return 'The record has no Value.';
  const key = readDigestKey(text);
  if (key === undefined) return 'The Value of the record is no RSA public key in base64.';
  const named = memberOf(value, 'Fingerprint');
  return {
    // What the list calls it is what digests call it; where it has no name, what is usual.
    fingerprint: typeof named === 'string' && named !== '' ? named.toWellFormed().toLowerCase() : key.fingerprint,
    value: text,
    valid_from: timeOf(memberOf(value, 'ValidityStartTime')),
    valid_until: timeOf(memberOf(value, 'ValidityEndTime')),
  };
}

/** Of a member that SDKs of AWS write with a small first letter too. */
function memberOf(value: object, name: string): unknown {
  const members = value as Readonly<Record<string, unknown>>;
  const small = name.charAt(0).toLowerCase() + name.slice(1);
  return Object.hasOwn(members, name) ? members[name] : Object.hasOwn(members, small) ? members[small] : undefined;
}

const MOST_SECONDS = 253_402_300_800;

/** Text with an offset, or seconds since 1970, as older versions of the command print. */
function timeOf(value: unknown): UtcMicros | undefined {
  if (typeof value === 'string') return parseInstant(value);
  const isTime = typeof value === 'number' && value >= 0 && value < MOST_SECONDS;
  return isTime ? BigInt(Math.round(value * 1000)) * 1000n : undefined;
}
