/** SQL that takes values out of JSON texts whose members are called as the command line (Name) or as Config does (name). */

/** A member as text, objects and lists as JSON; NULL where it is not there or null. `expression` is a JSON text. */
export function text(expression: string, name: string): string {
  const [upper, lower] = spellings(name);
  return `coalesce(${expression}->>'$.${upper}', ${expression}->>'$.${lower}')`;
}

/**
 * A member that is JSON itself, as it stands or folded into a text; NULL for other texts. Only what this gives may be
 * looked into: DuckDB fails at a text that is no JSON.
 */
export function json(expression: string, name: string): string {
  const member = text(expression, name);
  return `(CASE WHEN json_valid(${member}) THEN ${member} END)`;
}

/** A member that is true or false, also as text; NULL for anything else. */
export function flag(expression: string, name: string): string {
  return `(CASE lower(${text(expression, name)}) WHEN 'true' THEN true WHEN 'false' THEN false END)`;
}

/** A member that is a whole number; NULL for anything else. */
export function number(expression: string, name: string): string {
  return `try_cast(${text(expression, name)} AS BIGINT)`;
}

/** The elements of a member that is a list, each JSON; an empty list for anything else. */
export function list(expression: string, name: string): string {
  const [upper, lower] = spellings(name);
  const of = (spelling: string): string => `json_extract(${expression}, '$.${spelling}[*]')`;
  return `coalesce(nullif(${of(upper)}, []), ${of(lower)}, [])`;
}

/** When the same thing, by these columns, was looked at the next time after `captured`; a window function. */
export function replacedAt(columns: string): string {
  return `min(captured) OVER (PARTITION BY ${columns} ORDER BY captured
    RANGE BETWEEN INTERVAL 1 MICROSECOND FOLLOWING AND UNBOUNDED FOLLOWING)`;
}

function spellings(name: string): readonly [string, string] {
  return [`${name[0]!.toUpperCase()}${name.slice(1)}`, `${name[0]!.toLowerCase()}${name.slice(1)}`];
}
