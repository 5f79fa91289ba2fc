/**
 * The variables that `ntpq -c rv` prints: `name=value` with commas and line ends between. A value in quotes may hold
 * commas, and so may the date after a timestamp: a comma ends a value only where a name follows it.
 *
 *     associd=0 status=c416 leap_alarm, sync_uhf_radio, 1 event, restart,
 *     leap=11, stratum=1, precision=-24, rootdelay=0.0, rootdisp=1938.06,
 *     reftime=eeabb83a.f0b0e9d8 2026-11-21T06:27:06.940Z, tc=1, ...
 */

/** True for a line that begins with a variable. */
export function isVariables(text: string): boolean {
  return /^\s*[A-Za-z_][\w.]{0,30} ?=/.test(text);
}

/** ntpsec 1.2 writes some numbers of these lists as bare bytes (`0^D` for 0.0), so that the line is no text. */
const LAST_SAMPLES = /^((?:\s*[A-Za-z_][\w.]{0,30}=[^,]*,)*)\s*filt(?:delay|offset|disp) =/;

/**
 * What is text in a line with a list of the last samples of a peer (`keyid=0,  filtdelay =...`): the variables before the
 * list. `undefined` for other lines.
 */
export function beforeLastSamples(bytes: Uint8Array): string | undefined {
  return LAST_SAMPLES.exec(Buffer.from(bytes.subarray(0, 1000)).toString('latin1'))?.[1];
}

/** The first line of the variables of the system (association 0) or of a peer. Old versions leave out which. */
export function isFirstOfVariables(text: string): boolean {
  return /^(?:ass(?:oc)?id=\d{1,5} )?status=[0-9a-f]{4}\b/i.test(text);
}

const VARIABLE = /^\s*([A-Za-z_][\w.]{0,30}) ?=(.*)$/s;
const FIRST = /^(?:(\d{1,5}) status=)?([0-9a-f]{4})(?:\s+(.*))?$/s;
const WITH_FIRST = /^(?:ass(?:oc)?id|status)$/i;

/**
 * The variables in the text, the last value where a name comes twice. `associd` (written assID by old versions),
 * `status` (its hexadecimal word) and `status_text` come from the first line.
 */
export function readVariables(text: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  let name = '';
  for (const part of splitAtCommas(text)) {
    const begun = VARIABLE.exec(part);
    if (begun) name = begun[1] ?? '';
    variables.set(name, begun ? (begun[2] ?? '') : `${variables.get(name) ?? ''},${part}`);
  }
  variables.delete('');
  return tidied(variables);
}

function tidied(raw: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const [name, value] of raw) {
    const written = value.trim().replace(/,$/, '');
    const first = WITH_FIRST.test(name) ? FIRST.exec(written) : null;
    if (first) {
      if (first[1] !== undefined) variables.set('associd', first[1]);
      variables.set('status', first[2] ?? '');
      variables.set('status_text', (first[3] ?? '').trim().replace(/,$/, ''));
    } else variables.set(name, /^".*"$/s.test(written) ? written.slice(1, -1) : written);
  }
  return variables;
}

/** Splits at commas that are not in quotes. */
function splitAtCommas(text: string): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') isQuoted = !isQuoted;
    if (text[at] !== ',' || isQuoted) continue;
    parts.push(text.slice(from, at));
    from = at + 1;
  }
  parts.push(text.slice(from));
  return parts;
}
