/** Which case a workbench has open, and how one is opened, made and closed. One at a time. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../shared/problem.ts';
import type { EngineOptions } from '../shared/engine-link.ts';
import type { Output } from '../shared/contract.ts';
import type { JobContext } from './core/effects.ts';
import type { Engine } from './engine.ts';
import type { EvidenceCase } from './intake/evidence-case.ts';
import { makeSampleCase } from './sample-case.ts';
import { openCase } from './open-case.ts';

export const SAMPLE_KEY = 'sample';

export class WorkbenchSession {
  private opened: { readonly key: string; readonly target: EvidenceCase } | undefined;
  // Opening, closing and everything that writes come one after the other.
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    readonly engine: Engine,
    readonly options: EngineOptions,
  ) {}

  get current(): { readonly key: string; readonly target: EvidenceCase } | undefined {
    return this.opened;
  }

  /** The open case. Fails with `not_found` when none is. */
  get target(): EvidenceCase {
    return this.opened?.target ?? failNoCase();
  }

  /** Does work that must not run beside other such work. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work, work);
    this.queue = result.catch(() => undefined);
    return result;
  }

  /** The same for work that changes the case. Fails with `bad_request` in a workbench that only reads. */
  async change<T>(work: () => Promise<T>): Promise<T> {
    this.checkWritable();
    return this.alone(work);
  }

  /** Fails with `bad_request` in a workbench that only reads. */
  checkWritable(): void {
    if (this.options.readOnly) failReadOnly();
  }

  /** The cases that this workbench may open, by the names its host gave them. */
  async list(): Promise<Output<'case.list'>> {
    const given = await Promise.all(
      this.options.cases.map(async ({ key, path, title }) => ({
        key,
        title,
        location: path,
        kind: 'case' as const,
        exists: await isThere(path),
      })),
    );
    const location = this.samplePath;
    const exists = await isThere(location);
    return [...given, { key: SAMPLE_KEY, title: 'Sample engagement', location, kind: 'sample', exists }];
  }

  /** Opens the case with this name; makes the sample first where it is not there yet. */
  async open(key: string, job: JobContext): Promise<EvidenceCase> {
    return this.alone(async () => {
      if (this.opened?.key === key) return this.opened.target;
      await this.closeNow();
      const target = await openCase(this.engine, await this.pathOf(key, job), job);
      this.opened = { key, target };
      return target;
    });
  }

  async close(): Promise<void> {
    await this.alone(() => this.closeNow());
  }

  private async closeNow(): Promise<void> {
    await this.opened?.target.close();
    this.opened = undefined;
  }

  private get samplePath(): string {
    return join(this.options.sampleDir, 'case.fieldwork');
  }

  private async pathOf(key: string, job: JobContext): Promise<string> {
    const given = this.options.cases.find((entry) => entry.key === key);
    if (given) return given.path;
    if (key !== SAMPLE_KEY) return failNoSuchCase(key);
    if (!(await isThere(this.samplePath))) await makeSampleCase(this.engine, this.options.sampleDir, job);
    return this.samplePath;
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(join(path, 'data', 'ledger.jsonl')).then(
    () => true,
    () => false,
  );
}

function failNoCase(): never {
  return fail({ code: 'not_found', message: 'No case is open.', remedy: 'Open a case first.' });
}

function failNoSuchCase(key: string): never {
  return fail({
    code: 'not_found',
    message: `This workbench has no case ${key}.`,
    remedy: 'Choose one of the cases in the list.',
  });
}

function failReadOnly(): never {
  return fail({
    code: 'bad_request',
    message: 'This workbench was started to read only.',
    remedy: 'Start it without --read-only to make changes.',
  });
}
