/**
 * What `conftest test --output tap` printed.
 *
 *   1..3
 *   not ok 1 - deployment.yaml - main - Containers must not run as root
 *   # warnings                                   also skip, exceptions, successes: what the lines after it are
 *   not ok 2 - deployment.yaml - main - ...
 *
 * Of each file that was tested there is a plan (`1..3`) with its results. Old versions leave out the namespace; a
 * result of standard input has no file (`not ok 1 - - main - ...`). A message may go on over lines.
 */
import type { Problem } from '../../../shared/problem.ts';
import type { SourceReader } from '../format.ts';
import { firstLines, LineSplitter, decodeText } from '../framing/lines.ts';
import type { Check, RecordChecks } from './result-scan.ts';

const PLAN = /^1\.\.(\d{1,9})\s*$/;
const SECTION = /^# *(warnings|skip(?:ped)?|exceptions|successes|traces) *$/i;
const RESULT = /^(not ok|ok) +\d+ - (?:(\S.*?) - |- )([\w.]+) - (.*)$/;
const WITHOUT_NAMESPACE = /^(not ok|ok) +\d+ - (?:(\S.*?) - )?(.*)$/;
const LONGEST_MESSAGE = 64 * 1024;

type Verdict = Pick<Check, 'status' | 'status_text' | 'severity'>;

const sections: Readonly<Record<string, Verdict>> = {
  warnings: { status: 'informational', status_text: 'warning', severity: 'warning' },
  skip: { status: 'not checked', status_text: 'skipped' },
  skipped: { status: 'not checked', status_text: 'skipped' },
  exceptions: { status: 'not applicable', status_text: 'exception' },
};

/** How many of the first lines are such results, as a share; 0 where the first is no plan. */
export function shareOfTap(head: Uint8Array): number {
  const lines = firstLines(head, 100).filter((line) => line.trim() !== '');
  if (!PLAN.test(lines[0] ?? '')) return 0;
  const known = lines.filter((line) => PLAN.test(line) || SECTION.test(line) || RESULT.test(line.trimEnd()));
  return lines.some((line) => RESULT.test(line.trimEnd())) ? known.length / lines.length : 0;
}

export interface TapHandler {
  result(checks: RecordChecks, byte: number, length: number): void;
  /** Lines before any plan or result. */
  stray(byte: number, bytes: Uint8Array): void;
}

interface Pending {
  readonly check: Check;
  readonly byte: number;
  length: number;
  message: string;
}

export class TapReader implements SourceReader {
  readonly #splitter: LineSplitter;
  #section = '';
  #pending: Pending | undefined;
  #planned = 0;
  #found = 0;

  constructor(private readonly handler: TapHandler) {
    this.#splitter = new LineSplitter({
      line: (bytes, from, to, byte) => this.#line(bytes.subarray(from, to), byte),
      longLine: (head, byte) => handler.stray(byte, head),
    });
  }

  /** All results that the plans promise are there. */
  get isComplete(): boolean {
    return this.#found >= this.#planned;
  }

  push(piece: Uint8Array): void {
    this.#splitter.push(piece);
  }

  finish(): Problem | undefined {
    this.#splitter.finish();
    this.#give();
    return undefined;
  }

  #line(bytes: Uint8Array, byte: number): void {
    const text = decodeText(bytes, 0, bytes.length).trimEnd();
    const plan = PLAN.exec(text)?.[1];
    const section = SECTION.exec(text)?.[1];
    if (plan !== undefined || section !== undefined) {
      this.#give();
      this.#planned += Number(plan ?? 0);
      this.#section = section?.toLowerCase() ?? '';
    } else if (/^(?:not ok|ok) +\d/.test(text)) this.#begin(text, byte, bytes.length);
    else if (this.#pending !== undefined) this.#continue(this.#pending, text, byte + bytes.length);
    else if (text !== '' && this.#section !== 'traces') this.handler.stray(byte, bytes);
  }

  #begin(text: string, byte: number, length: number): void {
    this.#give();
    this.#found++;
    const [, word, file, namespace, said] = RESULT.exec(text) ?? withoutNamespace(text);
    const verdict = word === 'not ok' ? (sections[this.#section] ?? failed) : (sections[this.#section] ?? passed);
    const check = { resource: file, benchmark: namespace, ...verdict };
    this.#pending = { check, byte, length, message: said ?? '' };
  }

  #continue(pending: Pending, text: string, end: number): void {
    if (pending.message.length < LONGEST_MESSAGE) pending.message += `\n${text}`;
    if (text !== '') pending.length = end - pending.byte;
  }

  #give(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    const message = pending.message.trim();
    const [title, ...more] = message.split('\n');
    const check = { ...pending.check, title, detail: more.length === 0 ? undefined : message };
    this.handler.result({ tool: 'conftest', checks: [check] }, pending.byte, pending.length);
  }
}

const failed: Verdict = { status: 'fail', status_text: 'not ok' };
const passed: Verdict = { status: 'pass', status_text: 'ok' };

function withoutNamespace(text: string): readonly (string | undefined)[] {
  const [, word, file, said] = WITHOUT_NAMESPACE.exec(text) ?? [undefined, text.slice(0, 6).trim(), undefined, text];
  return [undefined, word, file, undefined, said];
}
