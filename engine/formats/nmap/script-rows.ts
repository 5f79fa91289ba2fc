/** Rows from the output of any script: what it printed, and what its words say of a weakness. */
import type { EvidenceRow } from '../../core/tables.ts';
import type { ScriptNode } from './scripts.ts';
import type { Endpoint } from './tls.ts';

const MAX_OUTPUT = 64 * 1024;

export interface Script {
  readonly id: string;
  readonly output: string | undefined;
}

export type ScriptPlace = Omit<Endpoint, 'port'> & { readonly port?: number; readonly protocol?: string | undefined };

// Scripts of the library vulns print "State: VULNERABLE", also with more words, for each weakness that they look for.
const STATE = /\bState: ((?:LIKELY |NOT )?VULNERABLE(?: \([^)\n]{1,60}\))?|UNKNOWN \(unable to test\))/g;

function statesIn(output: string): readonly string[] {
  return [...output.matchAll(STATE)].map(([, state]) => state!);
}

function isBad(state: string): boolean {
  return /^(?:LIKELY )?VULNERABLE/.test(state);
}

/** The output of a script as a check. It passes or fails only in the words of the library for weaknesses. */
export function scriptCheck({ id, output = '' }: Script, place: ScriptPlace): EvidenceRow<'config_checks'> {
  const { scan_id, time, system, address, port, protocol } = place;
  const states = statesIn(output);
  const bad = states.find(isBad);
  const good = states.length > 0 && states.every((state) => state.startsWith('NOT'));
  const at = port === undefined ? address : `${address ?? ''}:${port}/${protocol ?? ''}`;
  return {
    scan_id,
    time,
    system: system ?? address,
    resource: at,
    rule_id: id,
    title: id,
    status: bad === undefined ? (good ? 'pass' : 'informational') : 'fail',
    status_text: bad ?? states[0],
    detail: output.length > MAX_OUTPUT ? output.slice(0, MAX_OUTPUT).toWellFormed() : output,
  };
}

/** The CVEs of a script that looks for one weakness and says that it is there. */
export function scriptVulnerabilities(
  { id, output = '' }: Script,
  place: ScriptPlace,
): EvidenceRow<'vulnerabilities'>[] {
  const states = statesIn(output);
  if (states.length !== 1 || !isBad(states[0]!)) return [];
  const ids = [...new Set(output.match(/\bCVE-\d{4}-\d{4,19}\b/g) ?? [])];
  return ids.map((vulnerability_id) => ({
    ...place,
    vulnerability_id,
    aliases: [id, ...ids.filter((each) => each !== vulnerability_id)],
    status: states[0],
    title: id,
  }));
}

/** What the script ssh2-enum-algos says a server offers, list by list; `undefined` when it is not structured. */
export function sshServer(script: ScriptNode, place: Endpoint): EvidenceRow<'config_items'> | undefined {
  const lists = script.children.map(({ key, children }) => [key, children.map(({ text }) => text.trim())] as const);
  if (lists.length === 0) return undefined;
  const { time, system, address, port } = place;
  return {
    captured: time,
    provider: 'nmap',
    system: system ?? address,
    resource_type: 'ssh_server',
    resource_id: `${address ?? ''}:${port}`,
    configuration: JSON.stringify(Object.fromEntries(lists)),
  };
}
