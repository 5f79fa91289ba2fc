/** What tests of readers of integrity reports share. */
import { readFileSync } from 'node:fs';
import type { Collected } from './collect-rows.ts';

/** A report of the fixtures. */
export function report(folder: string, name: string): Uint8Array {
  return readFileSync(`test/fixtures/${folder}/${name}`);
}

/** Files and what was done to them, sorted: `added /etc/new`. */
export function changesOf(all: Collected): readonly string[] {
  return all
    .rows('file_changes')
    .map(({ change, path }) => `${String(change)} ${String(path)}`)
    .sort();
}

/** The attributes of a file as the row has them. */
export function attributesOf(all: Collected, path: string): unknown {
  const row = all.rows('file_changes').find((each) => each['path'] === path);
  const attributes = row?.['attributes'];
  return typeof attributes === 'string' ? (JSON.parse(attributes) as unknown) : undefined;
}

/** Everything that a reader gave, for comparisons. */
export function everything({ tables, rejects, spans, assumptions }: Collected): unknown {
  return { tables: [...tables], rejects, spans, assumptions };
}
