/** What engagement.yaml and people say about how long streams may be silent, as the ledger had it by one of its entries. */
import { durationSeconds } from '../core/duration.ts';
import type { Engagement } from '../intake/engagement.ts';
import { entriesOf, type ExpectationDecided } from '../intake/ledger-kinds.ts';
import type { LedgerEntry } from '../intake/ledger.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import { byCodeUnits } from './coverage.ts';
import type { DeclaredExpectation } from './expectations.ts';
import { readInventory } from './sightings.ts';

/** Which systems need each stream by the inventory, or were heard in it: what `*` stands for. */
export type SystemsByStream = ReadonlyMap<string, readonly string[]>;

/** Reads who needs each stream or was heard in it. */
export async function readSystemsByStream(database: CaseDatabase): Promise<SystemsByStream> {
  const heard = await database.query(
    'SELECT DISTINCT stream, system FROM stream_hours WHERE stream IS NOT NULL AND system IS NOT NULL',
  );
  const pairs = [
    ...heard.map((row) => [String(row['stream']), String(row['system'])] as const),
    ...(await readInventory(database)).flatMap(({ system, needs }) => needs.map((need) => [need, system] as const)),
  ];
  const systems = new Map<string, Set<string>>();
  for (const [stream, system] of pairs) systems.set(stream, (systems.get(stream) ?? new Set()).add(system));
  return new Map([...systems].map(([stream, names]) => [stream, [...names].sort(byCodeUnits)]));
}

interface Said {
  readonly engagement: Engagement;
  /** The ledger, and the last of its entries that counts. */
  readonly entries: readonly LedgerEntry[];
  readonly upToSeq: number;
  readonly systems: SystemsByStream;
}

/**
 * Gives one expectation for each stream and system of which something is said. What names the system stands before what
 * is said of `*`, a person before engagement.yaml, and of two decisions the later one.
 * Shape: ordered by stream, then system.
 */
export function declaredExpectations({ engagement, entries, upToSeq, systems }: Said): readonly DeclaredExpectation[] {
  const found = new Map<string, DeclaredExpectation>();
  const add = (stated: Stated, named: string): void => {
    const everyone = named === '*' ? (systems.get(stated.stream) ?? []) : [named];
    for (const system of everyone) found.set(`${stated.stream}\n${system}`, { ...stated, system });
  };
  const fromFile = (engagement.expectations ?? []).flatMap((one) =>
    one.systems.map((system) => [one, system] as const),
  );
  const decided = [...standing(entries, upToSeq).values()];
  // The last one written stays: from the weakest to the strongest.
  for (const isNamed of [false, true]) {
    for (const [one, system] of fromFile) if ((system !== '*') === isNamed) add(ofFile(one), system);
    for (const { data, says } of decided)
      if ((data.system !== '*') === isNamed) add(ofDecision(data, says), data.system);
  }
  return [...found.values()].sort((a, b) => byCodeUnits(a.stream, b.stream) || byCodeUnits(a.system, b.system));
}

type Stated = Omit<DeclaredExpectation, 'system'>;

function ofFile({ stream, longest_silence }: NonNullable<Engagement['expectations']>[number]): Stated {
  const allowedS = durationSeconds(longest_silence) ?? 0;
  return { stream, allowedS, basis: 'declared', says: `engagement.yaml: a silence of at most ${longest_silence}.` };
}

function ofDecision(data: ExpectationDecided, says: string): Stated {
  const { stream, longest_silence_s, usual_s, allowed_s } = data;
  if (data.action === 'confirm')
    return { stream, allowedS: allowed_s ?? [], usualS: usual_s ?? [], basis: 'confirmed', says };
  return { stream, allowedS: longest_silence_s ?? 0, basis: 'declared', says };
}

interface Decided {
  readonly data: ExpectationDecided;
  /** Who decided it, where that stands, and why. */
  readonly says: string;
}

/** What counts of the decisions, by stream and system: the last one of each, none where that is a withdrawal. */
function standing(entries: readonly LedgerEntry[], upToSeq: number): ReadonlyMap<string, Decided> {
  const decided = new Map<string, Decided>();
  for (const { entry, data } of entriesOf(entries.slice(0, upToSeq), 'expectation-decided')) {
    const key = `${data.stream}\n${data.system}`;
    const what = data.action === 'confirm' ? 'Confirmed' : 'Declared';
    const reason = data.reason === null ? '' : ` ${data.reason}`;
    if (data.action === 'withdraw') decided.delete(key);
    else
      decided.set(key, { data, says: `${what} by ${entry.by} at ${entry.at} (ledger entry ${entry.seq}).${reason}` });
  }
  return decided;
}

/** What is decided by a person about a stream of a system by name (or of `*`), as the ledger stands. */
export function standingExpectation(
  entries: readonly LedgerEntry[],
  { stream, system }: { readonly stream: string; readonly system: string },
): ExpectationDecided | undefined {
  return standing(entries, entries.length).get(`${stream}\n${system}`)?.data;
}
