/** Cuts SQL into pieces for highlighting. It colours; it does not judge: whatever it does not know is plain. */

export type SqlTokenKind = 'comment' | 'text' | 'number' | 'keyword' | 'parameter' | 'plain';

export interface SqlToken {
  readonly kind: SqlTokenKind;
  readonly text: string;
}

const KEYWORDS = new Set(
  `all and any as asc at between by case cast coalesce count cross date day desc distinct else end epoch except exists
  false filter first following from full group having hour ilike in inner interval intersect into is join last lateral
  left like limit max min month natural not null nulls on or order outer over partition preceding qualify range right
  row rows select semi anti asof similar sum table then timestamp to true unbounded union unnest using values when
  where window with within year`.split(/\s+/),
);

// In this order: block comment, line comment, 'text', "name", $parameter, number, word, anything else.
const TOKEN =
  /(\/\*[\s\S]*?(?:\*\/|$)|--[^\n]*)|('(?:[^']|'')*(?:'|$))|("(?:[^"]|"")*(?:"|$))|(\$\w+)|(\b\d+(?:\.\d+)?\b)|(\w+)|([^\w'"$/-]+|[\s\S])/g;

/** The pieces in order; joined they are the SQL again, character by character. */
export function sqlTokens(sql: string): readonly SqlToken[] {
  return [...sql.matchAll(TOKEN)].map(([text, comment, quoted, , parameter, number, word]) => ({
    kind: comment
      ? 'comment'
      : quoted
        ? 'text'
        : parameter
          ? 'parameter'
          : number
            ? 'number'
            : word && KEYWORDS.has(word.toLowerCase())
              ? 'keyword'
              : 'plain',
    text,
  }));
}
