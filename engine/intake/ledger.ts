/**
 * The ledger: what was done to a case, one entry a line in canonical JSON, each with the hash of the one before.
 * It is the truth of the case; the database is a view of it.
 */
import { appendFile, open, readFile, truncate } from 'node:fs/promises';
import { z } from 'zod';
import { fail } from '../../shared/problem.ts';
import { formatInstant } from '../../shared/time.ts';
import { canonicalJson, type Json } from '../core/canonical-json.ts';
import type { Effects } from '../core/effects.ts';
import { sha256, type Sha256 } from '../core/hash.ts';

/** The `previous` of the first entry. */
export const NO_ENTRY: Sha256 = '0'.repeat(64);

const entrySchema = z.object({
  seq: z.int().min(1),
  at: z.string(),
  kind: z.string(),
  by: z.string(),
  data: z.record(z.string(), z.json()),
  previous: z.string(),
  /** SHA-256 of the canonical JSON of the entry without this member. */
  hash: z.string(),
});

export type LedgerEntry = z.infer<typeof entrySchema>;

export interface NewEntry {
  readonly kind: string;
  readonly data: Readonly<Record<string, Json | undefined>>;
}

export class Ledger {
  private constructor(
    private readonly path: string,
    private readonly list: LedgerEntry[],
    private bytes: number,
  ) {}

  /**
   * Reads a ledger and checks its chain. A last line that a crash cut short was never acknowledged and is taken off;
   * a whole entry that only lacks its line end is kept.
   * Fails with `case_damaged`, naming the line, when an entry was changed, removed or added in between.
   */
  static async open(path: string): Promise<Ledger> {
    const content = await readFile(path);
    const whole = content.lastIndexOf(10) + 1;
    const lines = content.subarray(0, whole).toString('utf8').split('\n').slice(0, -1);
    const entries: LedgerEntry[] = [];
    lines.forEach((line, index) => entries.push(checkedEntry(line, index + 1, entries.at(-1)?.hash ?? NO_ENTRY, path)));
    const rest = content.subarray(whole).toString('utf8');
    if (rest === '') return new Ledger(path, entries, whole);
    if (parsedEntry(rest)) {
      entries.push(checkedEntry(rest, entries.length + 1, entries.at(-1)?.hash ?? NO_ENTRY, path));
      await appendFile(path, '\n');
      return new Ledger(path, entries, content.length + 1);
    }
    await truncate(path, whole);
    return new Ledger(path, entries, whole);
  }

  /** Begins the ledger of a new case; the file must not exist. */
  static async create(path: string): Promise<Ledger> {
    const file = await open(path, 'wx');
    await file.close();
    return new Ledger(path, [], 0);
  }

  get entries(): readonly LedgerEntry[] {
    return this.list;
  }

  get head(): { readonly seq: number; readonly hash: Sha256 } {
    const last = this.list.at(-1);
    return last ? { seq: last.seq, hash: last.hash } : { seq: 0, hash: NO_ENTRY };
  }

  /** Adds an entry and returns once it is on the disk. */
  async append(entry: NewEntry, effects: Effects): Promise<LedgerEntry> {
    const [stored] = await this.appendAll([entry], effects);
    return stored!;
  }

  /** Adds entries, which are on the disk together: a crash leaves some first ones of them, or all. */
  async appendAll(entries: readonly NewEntry[], effects: Effects): Promise<readonly LedgerEntry[]> {
    const stored: LedgerEntry[] = [];
    let text = '';
    let { seq, hash: previous } = this.head;
    for (const { kind, data } of entries) {
      seq++;
      const body = { seq, at: formatInstant(effects.now()), kind, by: effects.actor, data, previous };
      const line = canonicalJson({ ...body, hash: sha256(canonicalJson(body)) });
      text += `${line}\n`;
      const entry = entrySchema.parse(JSON.parse(line));
      stored.push(entry);
      previous = entry.hash;
    }
    await this.write(text);
    this.list.push(...stored);
    this.bytes += Buffer.byteLength(text);
    return stored;
  }

  /** Takes back the entries after `seq`, whose step turned out not to be possible (a full disk at the commit). */
  async retractAfter(seq: number): Promise<void> {
    for (const entry of this.list.splice(seq)) this.bytes -= Buffer.byteLength(`${canonicalJson(entry as Json)}\n`);
    await truncate(this.path, this.bytes);
  }

  private async write(text: string): Promise<void> {
    const file = await open(this.path, 'a');
    try {
      await file.writeFile(text);
      await file.datasync();
    } catch (error) {
      await file.truncate(this.bytes).catch(() => undefined); // half a line would be taken off at the next opening
      throw error;
    } finally {
      await file.close();
    }
  }
}

function checkedEntry(line: string, number: number, previous: Sha256, path: string): LedgerEntry {
  const entry = parsedEntry(line);
  if (!entry) return failDamaged(`Line ${number} is not a ledger entry.`, number, path);
  const { hash, ...body } = entry;
  if (sha256(canonicalJson(body as Json)) !== hash)
    return failDamaged(`Entry ${number} was changed after it was written.`, number, path);
  if (entry.seq !== number) return failDamaged(`Entry ${number} says that it is number ${entry.seq}.`, number, path);
  if (entry.previous !== previous)
    return failDamaged(`Entry ${number} does not follow the entry before it.`, number, path);
  return entry;
}

function parsedEntry(line: string): LedgerEntry | undefined {
  try {
    return entrySchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function failDamaged(message: string, line: number, file: string): never {
  return fail({
    code: 'case_damaged',
    message,
    where: { file, line },
    remedy: 'Restore the case from a sealed copy; a ledger that was changed cannot be relied on.',
  });
}
