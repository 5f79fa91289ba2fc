/** The digest files with which AWS CloudTrail vouches for its log files. docs/formats/cloudtrail-digest.md */
import type { EvidenceRow } from '../../core/tables.ts';
import { sha256, startSha256 } from '../../core/hash.ts';
import type { Problem } from '../../../shared/problem.ts';
import type { Format, ReadContext, RowSink, SourceReader } from '../format.ts';
import { repeatedMember } from '../framing/json-members.ts';
import { JsonRecordScanner, type JsonRecord } from '../framing/json-records.ts';
import { readDigest, regionOf, type Digest } from './digest.ts';
import { recogniseDigest, scannerOptions } from './recognise.ts';

export const cloudtrailDigest: Format = {
  id: 'cloudtrail-digest',
  title: 'AWS CloudTrail digest files',
  version: 2,
  framing: 'spans',
  streams: ['cloudtrail-digest'],
  recognise: recogniseDigest,
  open: (sink, context) => new DigestReader(sink, context),
};

interface FirstDigest {
  readonly digest: Digest;
  readonly byte: number;
  readonly length: number;
  readonly ownHash: string;
}

class DigestReader implements SourceReader {
  readonly #scanner: JsonRecordScanner;
  readonly #fileHash = startSha256();
  /** Held until it is known whether it is alone in its file: only then is the hash of the file its own. */
  #first: FirstDigest | undefined;
  #records = 0;
  #digests = 0;
  #rejects = 0;
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
    this.#fileHash.update(piece);
    this.#scanner.push(piece);
  }

  finish(): Problem | undefined {
    const ending = this.#scanner.finish();
    if (this.#first) this.#give(this.#first, this.#records === 1 ? this.#fileHash.digest() : this.#first.ownHash);
    if (ending === 'utf-16') return this.#refusal('The file is UTF-16 text, not UTF-8.');
    if (this.#digests === 0 && this.#rejects > 0)
      return this.#refusal(`None of ${this.#rejects} records is a CloudTrail digest. Record 1: ${this.#firstReason}`);
    if (ending === 'cut-off')
      this.sink.assume('The file ends before its JSON does: digests after its end are unknown.');
    return undefined;
  }

  #refusal(message: string): Problem {
    const remedy = 'Obtain the digest file again, as CloudTrail delivered it.';
    return { code: 'damaged_file', message, where: { file: this.context.name }, remedy };
  }

  #read(record: JsonRecord): void {
    const digest = readDigest(record.value);
    const repeated = repeatedMember(record);
    if (typeof digest === 'string') return this.#reject(record.byte, record.bytes, digest);
    if (repeated !== undefined) return this.#reject(record.byte, record.bytes, 'The digest gives a member twice.');
    this.#beginRecord();
    const read = { digest, byte: record.byte, length: record.bytes.length, ownHash: sha256(record.bytes) };
    if (this.#records === 1) this.#first = read;
    else this.#give(read, read.ownHash);
  }

  #reject(byte: number, bytes: Uint8Array, reason: string): void {
    this.#beginRecord();
    this.#rejects++;
    this.#firstReason ||= reason;
    this.sink.record(byte, bytes.length);
    this.sink.reject(reason, bytes.slice());
  }

  #beginRecord(): void {
    this.#records++;
    if (this.#records !== 2) return;
    this.sink.assume(
      'Several digests are in one file: the hash of each is that of its own text, which is that of the digest file only if it was put there unchanged.',
    );
    if (this.#first) this.#give(this.#first, this.#first.ownHash);
    this.#first = undefined;
  }

  #give({ digest, byte, length }: FirstDigest, hash: string): void {
    this.#digests++;
    if (digest.algorithm !== undefined && digest.algorithm !== 'SHA256withRSA')
      this.sink.assume(`Digests are signed with ${digest.algorithm.slice(0, 60)}, which is not checked here.`);
    this.sink.record(byte, length);
    this.sink.sawTime(digest.from);
    for (const row of digestRows(digest, hash)) this.sink.row('trail_digests', row);
  }
}

/** The digest first, then the log files that it names, in its order. */
function digestRows(digest: Digest, hash: string): EvidenceRow<'trail_digests'>[] {
  const period = { time: digest.to, from_time: digest.from, account: digest.account };
  const own = {
    ...period,
    region: regionOf(digest.object),
    bucket: digest.bucket,
    object: digest.object,
    kind: 'digest',
    hash,
    previous_bucket: digest.previousBucket,
    previous_object: digest.previousObject,
    previous_hash: digest.previousHash,
    signature: digest.previousSignature,
    fingerprint: digest.fingerprint,
  };
  const logs = digest.logs.map(({ bucket, object, hash: logHash }) => ({
    ...period,
    region: regionOf(object) ?? regionOf(digest.object),
    ...{ bucket, object, kind: 'log', hash: logHash },
  }));
  return [own, ...logs];
}
