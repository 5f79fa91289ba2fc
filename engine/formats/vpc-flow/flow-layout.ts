/** Which column of a record holds which field, from a header line or a schema. */
import { fieldsOf, isFieldName, knownField } from './field-names.ts';
import { flowColumns } from './flow-rows.ts';
import type { FlowSource } from './flow-source.ts';

const NAME = /^[A-Za-z@][\w@-]*$/;

export class FlowLayout {
  readonly #places = new Map<string, number>();
  /** Columns that are none of the reader's: the name they keep, and where they stand. */
  readonly #others: (readonly [name: string, place: number])[] = [];
  /** Names in the header that no version of flow logs has, as far as is known here. */
  readonly unknown: readonly string[];

  private constructor(readonly names: readonly string[]) {
    fieldsOf(names).forEach((field, place) => {
      this.#places.set(field, place);
      if (!flowColumns.has(field)) this.#others.push([field, place]);
    });
    this.unknown = names.filter((name) => knownField(name) === undefined);
  }

  /** A layout for these names; a sentence where they are none that can be used. */
  static of(names: readonly string[]): FlowLayout | string {
    const fields = fieldsOf(names);
    const twice = fields.find((field, i) => fields.indexOf(field) !== i);
    if (twice !== undefined) return `The header names the field "${twice}" twice.`;
    return new FlowLayout(names);
  }

  has(field: string): boolean {
    return this.#places.has(field);
  }

  /** A record of this layout; `values` has one text for each name. */
  row(values: readonly (string | undefined)[]): FlowSource {
    return {
      has: (field) => this.#places.has(field),
      text: (field) => given(values[this.#places.get(field) ?? -1]),
      others: () => {
        const parts: string[] = [];
        for (const [name, place] of this.#others) {
          const text = given(values[place]);
          if (text !== undefined) parts.push(`${JSON.stringify(name)}:${JSON.stringify(text)}`);
        }
        return parts;
      },
    };
  }
}

/** A field that does not apply to a record is written `-`. */
function given(text: string | undefined): string | undefined {
  return text === '-' || text === '' ? undefined : text;
}

/** True for the names of a header: all look like names, none stands twice, and most are those of flow logs. */
export function isHeader(names: readonly string[]): boolean {
  // Nearly every line ends here: a record begins with its version or another number, or has one soon.
  if (names.length < 2 || !names.every((name) => NAME.test(name))) return false;
  return names.filter((name) => knownField(name) !== undefined).length * 2 > names.length;
}

/** True for what was a header line before it was damaged: several words that are names of fields. */
export function wasHeader(words: readonly string[]): boolean {
  let names = 0;
  for (const word of words) if (isFieldName(word)) names++;
  return names >= 3;
}
