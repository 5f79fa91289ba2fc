/** One record, whatever it is written in: text of its fields by the names that AWS gives them. */
export interface FlowSource {
  /** `undefined` where the record has no such field, and where it is `-`. */
  text(field: string): string | undefined;
  /** The log has this field, whatever stands in it. */
  has(field: string): boolean;
  /** Everything that is no column of its own, as members of a JSON object: `"vpc-id":"vpc-1"`. */
  others(): readonly string[];
}

/** Says each thing once, however many records give rise to it. */
export class FlowNotes {
  readonly #said = new Set<string>();

  constructor(private readonly say: (statement: string) => void) {}

  note(statement: string): void {
    if (this.#said.has(statement)) return;
    this.#said.add(statement);
    this.say(statement);
  }
}
