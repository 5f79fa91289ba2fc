import { parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import { fail } from '../../shared/problem.ts';

const LONGEST_CHARACTERS = 1 << 20;

/**
 * Reads YAML into values and checks their shape. Aliases, tags of one's own and more than a mebibyte are refused: they
 * are how a small file becomes a large value.
 * Fails with `pack_invalid`, naming `file` and what is wrong.
 */
export function readPlainYaml<T>(text: string, schema: z.ZodType<T>, file: string): T {
  if (text.length > LONGEST_CHARACTERS) {
    failYaml(`The text has ${text.length} characters; at most ${LONGEST_CHARACTERS} are read.`, file);
  }
  const document = parseDocument(text, { customTags: [], schema: 'core', uniqueKeys: true });
  const [first] = [...document.errors, ...document.warnings];
  if (first) failYaml(`The YAML cannot be read: ${first.message.split('\n')[0]}.`, file);
  visit(document, { Alias: () => failYaml('The YAML has an alias, which is not read.', file) });
  const parsed = schema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`);
  return failYaml(`${issues.slice(0, 10).join('; ')}.`, file);
}

function failYaml(message: string, file: string): never {
  return fail({
    code: 'pack_invalid',
    message,
    where: { file },
    remedy: 'Correct the file; docs/recipes/write-a-control.md shows its shape.',
  });
}
