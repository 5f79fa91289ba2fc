/** Lines of chronyc and chronyd that are headings or messages, not records. */

/** Lines of the drawing that `-v` prints above the columns. */
const CAPTION = /^\s*(?:\||\/ |\.-)/;

/**
 * True for lines between the records: rules of `=`, names of columns, the captions of `-v`, `200 OK` and
 * `210 Number of sources = 3`, which old versions print.
 */
export function isHeading(text: string): boolean {
  return (
    /^={10,}( ?=+)*$/.test(text) ||
    /^MS Name\/IP address\s+Stratum\s+Poll\s/.test(text) ||
    /^Name\/IP Address\s+NP\s+NR\s+Span\s/.test(text) ||
    /^(?:200 OK|210 Number of sources = \d+|210 n_samples = \d+)$/.test(text) ||
    CAPTION.test(text)
  );
}

/** True when chronyc says that it could not ask chronyd. */
export function isChronycError(text: string): boolean {
  return /^(?:50\d [A-Z].*|51\d [A-Z].*|Could not open connection to daemon)$/.test(text);
}
