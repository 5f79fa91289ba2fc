/** What one resource, or one aspect of it, looks like in the answer of a call. */
export interface Shape {
  /** Our word for it, as in `config_items.resource_type`. */
  readonly type: string;
  /** Members that it has ... */
  readonly has: readonly string[];
  /** ... and at least one of these. */
  readonly any?: readonly string[];
  /** It has no members but these: for answers that are too short to be known otherwise. */
  readonly only?: readonly string[];
  /** Members that hold its identity, the one to prefer first; `A+B` is both, `A/B`; `A.B` is a member of a member. */
  readonly id?: readonly string[];
  readonly name?: readonly string[];
  /** The list that has such elements in the answer of a call. */
  readonly lists?: readonly string[];
  /** The member that holds it where the call answers with one. */
  readonly wrap?: string;
  /** It is one of the account, and has no identity of its own. */
  readonly ofAccount?: true;
  /**
   * The call names no resource in its answer: service and name of the call, with which the path of the file may say
   * of what it is. docs/formats/aws-cli.md, "Answers that name nothing".
   */
  readonly call?: readonly [service: string, call: string];
}

/** True where a value looks like this. Only names of members count, and that those of `only` are all. */
export function fits(shape: Shape, value: object): boolean {
  const has = (name: string): boolean => Object.hasOwn(value, name);
  if (!shape.has.every(has)) return false;
  if (shape.any && !shape.any.some(has)) return false;
  if (!shape.only) return true;
  const known = [...shape.has, ...shape.only, 'ResponseMetadata'];
  return Object.keys(value).every((name) => known.includes(name));
}
