/**
 * Flow logs as lines: fields between spaces, named by a header line where there is one.
 *
 *   line   = [time SP [log stream SP]] field *(SP field)     the time is what CloudWatch puts before what it exports
 *   header = name *(SP name)                                 again wherever files were put together
 */
import { parseInstant } from '../../../shared/time.ts';
import { defaultFields, fieldsOfFormat, transitGatewayFields } from './field-names.ts';
import { FlowLayout, isHeader, wasHeader } from './flow-layout.ts';
import type { FlowNotes, FlowSource } from './flow-source.ts';

/** A line is a record, or one that cannot be read, with the reason; a header line is neither. */
export type TextLine = FlowSource | string | 'header';

const vpcDefault = FlowLayout.of(defaultFields) as FlowLayout;
const gatewayDefault = FlowLayout.of(transitGatewayFields) as FlowLayout;
const LOG_STREAM = /^(?:eni|tgw|vpc|subnet)-[\w-]+$/;
/** Nothing before a record, CloudWatch's time, or its time and the name of the log stream. */
const UNREADABLE = /[\0-\x08\x0b-\x1f\x7f\ufffd]/;

/** Reads one line after the other; a header line holds for those after it. */
export class TextRecords {
  /** `unknown`: a header line was damaged. `undefined`: there has been none. */
  #layout: FlowLayout | 'unknown' | undefined;
  headers = 0;

  constructor(
    private readonly notes: FlowNotes,
    /** The format string of the log, `${version} ${srcaddr} ...`, as a person gives it. */
    format: string | undefined,
  ) {
    const names = fieldsOfFormat(format ?? '');
    const layout = names.length === 0 ? undefined : FlowLayout.of(names);
    if (!(layout instanceof FlowLayout)) return;
    this.#layout = layout;
    notes.note(`The fields are taken to be those of the format that was given: ${names.join(' ')}.`);
  }

  read(text: string): TextLine {
    const words = text.trim().split(/[ \t]+/);
    if (UNREADABLE.test(text)) {
      if (wasHeader(words)) this.#layout = 'unknown';
      return 'The line is no UTF-8 text, or has control characters in it.';
    }
    if (isHeader(words)) return this.#header(words);
    if (wasHeader(words)) {
      this.#layout = 'unknown';
      return 'The line is a header line that is damaged.';
    }
    return this.#record(words);
  }

  #header(words: readonly string[]): TextLine {
    const layout = FlowLayout.of(words);
    if (typeof layout === 'string') {
      this.#layout = 'unknown';
      return layout;
    }
    this.headers++;
    this.#layout = layout;
    noteUnknown(layout, this.notes);
    return 'header';
  }

  #record(words: readonly string[]): TextLine {
    if (this.#layout === 'unknown')
      return 'The header line before this record is damaged: what its fields are is unknown.';
    const layout = this.#layout ?? defaultLayout(words.length);
    const before = layout === undefined ? 0 : words.length - layout.names.length;
    const stamp = before === 1 || before === 2 ? words[0]! : undefined;
    const isStamped = stamp !== undefined && parseInstant(stamp) !== undefined;
    const isWhole = before === 0 || (isStamped && (before === 1 || LOG_STREAM.test(words[1]!)));
    if (layout === undefined || !isWhole) return wrongCount(words.length, this.#layout);
    const values = before === 0 ? words : words.slice(before);
    if (this.#layout === undefined) {
      const reason = notDefault(layout, values);
      if (reason !== undefined) return reason;
      this.notes.note('Records without a header line are taken to be in the default format of flow logs.');
    }
    const row = layout.row(values);
    return before === 0 ? row : withStamp(row, words.slice(0, before));
  }
}

/** The layout of a record that no header line names: which default has as many fields. */
function defaultLayout(words: number): FlowLayout | undefined {
  const fits = (layout: FlowLayout): boolean => words >= layout.names.length && words <= layout.names.length + 2;
  return [vpcDefault, gatewayDefault].find(fits);
}

function wrongCount(count: number, layout: FlowLayout | undefined): string {
  if (layout !== undefined) return `The line has ${count} fields, but the header line has ${layout.names.length}.`;
  return `The line has ${count} fields; the default format has ${defaultFields.length}, and no header line names others.`;
}

/** Another format can have as many fields; its version then differs, for that of the default is fixed. */
function notDefault(layout: FlowLayout, values: readonly string[]): string | undefined {
  if (layout === vpcDefault && values[0] === '2') return undefined;
  if (layout === gatewayDefault && values[0] === '6' && values[1]!.startsWith('TransitGateway')) return undefined;
  return 'The line has as many fields as the default format, but not its version, and no header line names its fields.';
}

function withStamp(row: FlowSource, [time, stream]: readonly string[]): FlowSource {
  const stamp = [`"@timestamp":${JSON.stringify(time)}`];
  if (stream !== undefined) stamp.push(`"@logStream":${JSON.stringify(stream)}`);
  return {
    has: row.has,
    text: (field) => (field === '@timestamp' ? time : row.text(field)),
    others: () => [...row.others(), ...stamp],
  };
}

/** A later version may have fields that are not known here; so may a damaged header line. */
export function noteUnknown({ unknown }: FlowLayout, notes: FlowNotes): void {
  if (unknown.length > 0)
    notes.note(
      `The header names fields that are not known here, and are kept as they are: ${unknown.slice(0, 20).join(', ')}.`,
    );
}
