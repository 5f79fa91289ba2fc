import type { Problem } from '../../../shared/problem.ts';
import { formatInstant } from '../../../shared/time.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { copyOf } from '../framing/copy-of.ts';
import type { JsonRecord } from '../framing/json-records.ts';
import { AnswerScanner } from './answer-scanner.ts';
import { resourcesIn, type Found } from './classify.ts';
import { credentialReport, type CredentialReport } from './credential-report.ts';
import { imageScan } from './image-scan.ts';
import { pathHints, placeOf, type PathHints, type Place } from './place.ts';
import { unsoundness } from './sound-json.ts';
import { tellSurroundings } from './surroundings.ts';

/** Reads answers of calls: each element of their lists, or each answer that has none, is a record. */
export class AwsCliReader implements SourceReader {
  readonly #scanner: AnswerScanner;
  readonly #hints: PathHints;
  #read = 0;
  #rejected = 0;
  #dated = 0;
  #undated = 0;
  #unnamed = 0;
  #firstReason = '';

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#hints = pathHints(context.name, context.system);
    this.#scanner = new AnswerScanner({
      record: (record) => this.#take(record),
      damaged: (byte, bytes, reason) => this.#reject(byte, bytes, reason),
      document: (value) => tellSurroundings(value, sink),
    });
  }

  push(piece: Uint8Array): void {
    this.#scanner.push(piece);
  }

  finish(): Problem | undefined {
    const ending = this.#scanner.finish();
    const where = { file: this.context.name };
    if (this.#undated > 0)
      return {
        code: 'bad_request',
        message: `None of ${this.#undated} resources says when it was looked at: the command line prints no time.`,
        where,
        remedy: 'Say when the command was run: --taken-at 2026-03-31T18:00:00Z.',
      };
    if (this.#read === 0 && this.#rejected > 0) return this.#refusal();
    if (this.#dated > 0)
      this.sink.assume(`The answers are as of ${formatInstant(this.context.takenAt!)}, as given for the file.`);
    if (this.#read + this.#rejected === 0) this.sink.assume('The answer describes no resource: its list is empty.');
    if (ending === 'cut-off')
      this.sink.assume('The file ends before its JSON does: resources after its end are unknown.');
    return undefined;
  }

  #refusal(): Problem {
    const message = `None of ${this.#rejected} records describes a resource that is named. Record 1: ${this.#firstReason}`;
    const remedy =
      this.#unnamed > 0
        ? 'Put the name into each answer, as in {"Bucket": "NAME", ...}, or name the file for it, as in get-bucket-encryption/NAME.json, and import it again.'
        : 'Import the file as the format it is, or run the command again with --output json.';
    return {
      code: this.#unnamed > 0 ? 'bad_request' : 'damaged_file',
      message,
      where: { file: this.context.name },
      remedy,
    };
  }

  #take(record: JsonRecord): void {
    const unsound = unsoundness(textOf(record), record.value);
    if (unsound !== undefined) return this.#reject(record.byte, record.bytes, unsound);
    if (this.#takeDated(record)) return;
    const found = resourcesIn(record);
    if (found.length === 0) return this.#reject(record.byte, record.bytes, reasonOf(record.value));
    const misnamed = found.find(({ shape }) => shape.call && this.#hints.isOfOther(...shape.call));
    if (misnamed !== undefined) return this.#reject(record.byte, record.bytes, misnamedReason(misnamed));
    const places = found.map((each) => placeOf(each, this.#hints));
    const unnamed = places.findIndex(({ id }) => id === undefined);
    if (unnamed >= 0) {
      this.#unnamed++;
      return this.#reject(record.byte, record.bytes, unnamedReason(found[unnamed]!));
    }
    if (this.context.takenAt === undefined) this.#undated++;
    this.#begin(record);
    found.forEach((each, at) => this.#add(each, places[at]!));
    this.#dated++;
  }

  /** What carries a time of its own: the findings of an image scan, the report of credentials. */
  #takeDated(record: JsonRecord): boolean {
    const scan = imageScan(record.value);
    if (typeof scan === 'string') this.#reject(record.byte, record.bytes, scan);
    else if (scan) {
      this.#begin(record);
      scan(this.sink);
    }
    if (scan !== undefined) return true;
    const report = credentialReport(record.value, this.context);
    if (typeof report === 'string') this.#reject(record.byte, record.bytes, report);
    else if (report !== undefined) this.#addAccounts(record, report);
    return report !== undefined;
  }

  #addAccounts(record: JsonRecord, { rows, assumptions }: CredentialReport): void {
    this.#begin(record);
    for (const row of rows) this.sink.row('accounts', row);
    for (const statement of assumptions) this.sink.assume(statement);
  }

  #begin(record: JsonRecord): void {
    this.#read++;
    this.sink.record(record.byte, record.bytes.length);
  }

  #add({ shape, text, around, byArn }: Found, { account, region, id, name, fromPath }: Place): void {
    const { takenAt, system } = this.context;
    this.sink.row('config_items', {
      captured: takenAt,
      provider: 'aws',
      account,
      region,
      system: account === undefined ? system : `aws:${account}`,
      resource_type: shape.type,
      resource_id: id,
      resource_name: name,
      configuration: text,
    });
    if (fromPath.length > 0) this.#tellPath(shape.type, fromPath, { account, region, id });
    if (account === undefined) this.sink.assume(`Of which account a ${shape.type} is, is not said.`);
    if (around) tellSurroundings(around, this.sink, [shape.wrap!, ...(shape.id ?? [])]);
    if (shape.type === 's3_bucket_versioning' && !text.includes('"MFADelete"'))
      this.sink.assume(
        'An answer that is a Status alone is taken for that of get-bucket-versioning; get-bucket-accelerate-configuration gives the same.',
      );
    if (byArn) this.sink.assume(`A ${shape.type} is known by its ARN alone.`);
  }

  #tellPath(type: string, parts: Place['fromPath'], values: Pick<Place, 'account' | 'region' | 'id'>): void {
    for (const part of parts) {
      const value = part === 'resource' ? values.id : values[part];
      const from =
        part === 'account' && this.context.system?.endsWith(value ?? '')
          ? 'as given for the file'
          : 'by the path of the file';
      this.sink.assume(`The ${part} of a ${type} is ${value}, ${from}: the answer does not say it.`);
    }
  }

  #reject(byte: number, bytes: Uint8Array, reason: string): void {
    this.#rejected++;
    this.#firstReason ||= reason;
    this.sink.record(byte, bytes.length);
    this.sink.reject(reason, copyOf(bytes));
  }
}

function reasonOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return 'The record is not a JSON object.';
  const names = Object.keys(value)
    .slice(0, 5)
    .map((name) => (name.length > 40 ? `${name.slice(0, 40)}…` : name).toWellFormed());
  return `The record describes no resource that is known; it has ${names.length === 0 ? 'no members' : names.map((name) => JSON.stringify(name)).join(', ')}.`;
}

function misnamedReason({ shape }: Found): string {
  return `The answer looks like a ${shape.type}, but the path of the file names another call than ${callOf(shape)}.`;
}

function unnamedReason({ shape }: Found): string {
  return `The answer is a ${shape.type}, but neither it nor the path of the file says of what; name the file as in ${callOf(shape)}/NAME.json.`;
}

function callOf({ call, type }: Found['shape']): string {
  return call?.[1].replace(/\(\?:([^|)]*)[^)]*\)\??/g, '$1') ?? type;
}

function textOf({ bytes }: JsonRecord): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}
