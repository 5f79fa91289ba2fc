import { hostFacts } from '../../../../engine/formats/host-facts/host-facts.ts';
import type { CorpusFolder } from '../../adapter.ts';
import { readEvidence, type Reading } from '../../reading.ts';

export interface Item {
  readonly type: string;
  readonly system: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A file as we read it, taken at some time. */
export function readFacts(
  folder: CorpusFolder,
  file: string,
): { readonly reading: Reading; readonly items: readonly Item[] } {
  const reading = readEvidence(hostFacts, folder, file, { takenAt: 1_767_225_600_000_000n, system: 'given' });
  const items = reading.all.rows('config_items').map((row) => ({
    type: String(row['resource_type']),
    system: row['system'] as string | undefined,
    fields: JSON.parse(String(row['configuration'])) as Item['fields'],
  }));
  return { reading, items };
}
