/** What tests of host-facts share: an output read, its items with their configuration as an object. */
import { readFileSync } from 'node:fs';
import { hostFacts } from '../../../../engine/formats/host-facts/host-facts.ts';
import type { ReadContext } from '../../../../engine/formats/format.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows, type Collected } from '../collect-rows.ts';

export const takenAt = parseInstant('2026-03-01T10:00:00Z')!;

export interface FactItem {
  readonly type: string;
  readonly id: string;
  readonly system: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}

export function read(content: string | Uint8Array, context: Partial<ReadContext> = {}): Collected {
  return collectRows(hostFacts, content, { takenAt, system: 'web-1', ...context });
}

export function itemsOf(collected: Collected): readonly FactItem[] {
  return collected.rows('config_items').map((row) => ({
    type: String(row['resource_type']),
    id: String(row['resource_id']),
    system: row['system'] as string | undefined,
    fields: JSON.parse(String(row['configuration'])) as FactItem['fields'],
  }));
}

export const items = (content: string | Uint8Array): readonly FactItem[] => itemsOf(read(content));
export const fixture = (path: string): Uint8Array => readFileSync(`test/fixtures/${path}`);
