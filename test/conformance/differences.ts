/** The differences that are known, each with the reason why ours is right: differences.yaml. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Difference } from './adapter.ts';

const explanationSchema = z.strictObject({
  /** Folders of corpora; `*` stands for anything, as some have two names. */
  folder: z.string(),
  /** Files, with `*` too. All files when left out. */
  file: z.string().default('*'),
  /** Field, with `*` too. */
  field: z.string(),
  /** What ours and theirs look like, as regular expressions over the whole value; anything when left out. */
  ours: z.string().default('.*'),
  theirs: z.string().default('.*'),
  reason: z.string().min(20),
});
export type Explanation = z.infer<typeof explanationSchema>;

/** Reads the list. Fails (throws) on an entry of another shape. */
export function readExplanations(path: string): readonly Explanation[] {
  return z.array(explanationSchema).parse(parse(readFileSync(path, 'utf8')) ?? []);
}

/** The entry that explains a difference, if one does. */
export function explanationOf(
  folder: string,
  difference: Difference,
  explanations: readonly Explanation[],
): Explanation | undefined {
  return explanations.find(
    (one) =>
      wildcard(one.folder).test(folder) &&
      wildcard(one.file).test(difference.file) &&
      wildcard(one.field).test(difference.field) &&
      whole(one.ours).test(difference.ours) &&
      whole(one.theirs).test(difference.theirs),
  );
}

function wildcard(pattern: string): RegExp {
  return new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`, 's');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 's');
}
