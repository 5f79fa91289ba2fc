/** One finding of testssl, whatever file it comes from. docs/formats/testssl.md */
import { member } from '../scan-reports/values.ts';

export interface Finding {
  readonly id: string;
  /** As it is written: OK, INFO, LOW, MEDIUM, HIGH, CRITICAL, WARN, FATAL, DEBUG. */
  readonly severity: string;
  readonly finding: string;
  readonly cve: string | undefined;
  readonly cwe: string | undefined;
  readonly hint: string | undefined;
}

/** Where a finding belongs, as the file writes it. */
export interface Place {
  /** Name and address, of which each may be missing. */
  readonly names: readonly (string | undefined)[];
  readonly port: string | undefined;
}

const MAX_TEXT = 256 * 1024;

/** Text, or a number as text; `undefined` for anything else and for nothing. */
export function textOf(value: unknown, name: string): string | undefined {
  const found = member(value, name);
  if (typeof found === 'number' && Number.isFinite(found)) return String(found);
  if (typeof found !== 'string' || found.trim() === '') return undefined;
  return found.slice(0, MAX_TEXT).toWellFormed().trim();
}

/** A finding in JSON; the sentence why it is none. */
export function findingOf(value: unknown): Finding | string {
  const id = textOf(value, 'id');
  const severity = textOf(value, 'severity');
  if (id === undefined) return 'The finding has no id.';
  if (severity === undefined) return 'The finding has no severity.';
  if (!['string', 'number'].includes(typeof member(value, 'finding'))) return 'The finding has no text.';
  const [cve, cwe, hint] = ['cve', 'cwe', 'hint'].map((name) => textOf(value, name));
  return { id, severity, finding: textOf(value, 'finding') ?? '', cve, cwe, hint };
}

/** Where a finding of a flat file belongs: `"ip": "www.example.test/192.0.2.1"`. */
export function placeOf(value: unknown): Place | undefined {
  const written = textOf(value, 'ip') ?? textOf(value, 'fqdn/ip');
  return written === undefined ? undefined : placeIn(written, textOf(value, 'port'));
}

/** `name/address`; either may be empty, and older files have one alone. */
export function placeIn(written: string, port: string | undefined): Place {
  const slash = written.lastIndexOf('/');
  return { names: slash < 0 ? [written] : [written.slice(0, slash), written.slice(slash + 1)], port };
}

const untested =
  /\b(?:not (?:been )?tested|(?:couldn't|could not|cannot|can't) be tested|not checked|skipp?(?:ed|ing))\b/i;
const notLocally = /missing local support|not supported by (?:the )?local|local (?:\S+ )?(?:problem|support)/i;

/** True where testssl says that it did not look. */
export function isUntested({ finding, severity }: Finding): boolean {
  return statusOf(severity) !== 'fail' && (untested.test(finding) || notLocally.test(finding));
}

/** What a severity means for a check. A finding that is graded is one; a warning says that something did not work. */
export function statusOf(severity: string): 'pass' | 'fail' | 'informational' | 'error' {
  const word = severity.toUpperCase();
  if (word === 'OK') return 'pass';
  if (['LOW', 'MEDIUM', 'HIGH', 'CRITICAL', 'NOT OK'].includes(word)) return 'fail';
  return word === 'WARN' || word === 'FATAL' ? 'error' : 'informational';
}

/** The CVEs that a finding names, each once. */
export function cvesOf({ cve }: Finding): readonly string[] {
  return [...new Set((cve ?? '').toUpperCase().match(/\bCVE-\d{4}-\d{4,19}\b/g) ?? [])];
}
