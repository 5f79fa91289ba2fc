/**
 * What `conftest test --output junit` printed: a test case for each result, named `file - namespace - message`.
 *
 *   <testsuite name="conftest" ...><testcase classname="conftest" name="a.yaml - main - No root"><failure>...
 */
import { XmlTokenizer, type XmlElement, type XmlTrouble } from '../framing/xml.ts';
import type { Check, RecordChecks } from './result-scan.ts';

const NAME = /^(?:(\S.*?) - |- )([\w.]+) - ([^]*)$/;
const SUITE = /<testsuite\b[^>]*\bname="conftest"|<testcase\b[^>]*\bclassname="conftest"/;
const LONGEST_MESSAGE = 64 * 1024;

/** Whether the beginning of a file is such a report. */
export function isJunit(head: Uint8Array): boolean {
  return SUITE.test(Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1'));
}

export interface JunitHandler {
  result(checks: RecordChecks, byte: number, length: number): void;
}

interface Case {
  readonly byte: number;
  readonly name: string;
  kind: 'pass' | 'failure' | 'skipped' | 'error';
  said: string;
}

export class JunitReader {
  readonly #tokenizer: XmlTokenizer;
  #case: Case | undefined;

  constructor(private readonly handler: JunitHandler) {
    this.#tokenizer = new XmlTokenizer({
      open: (element) => this.#open(element),
      close: (name, end) => this.#close(name, end),
      text: (text) => this.#text(text),
    });
  }

  push(piece: Uint8Array): void {
    this.#tokenizer.push(piece);
  }

  /** Nothing: the report was whole. */
  finish(): XmlTrouble | undefined {
    return this.#tokenizer.finish();
  }

  #open({ name, attributes, byte }: XmlElement): void {
    if (name === 'testcase') this.#case = { byte, name: attributes.get('name') ?? '', kind: 'pass', said: '' };
    if (this.#case === undefined || (name !== 'failure' && name !== 'skipped' && name !== 'error')) return;
    this.#case.kind = name;
    if (name === 'skipped') this.#case.said = attributes.get('message') ?? '';
  }

  #text(text: string): void {
    if (this.#case && this.#case.kind !== 'pass' && this.#case.said.length < LONGEST_MESSAGE) this.#case.said += text;
  }

  #close(name: string, end: number): void {
    if (name !== 'testcase' || this.#case === undefined) return;
    const done = this.#case;
    this.#case = undefined;
    this.handler.result({ tool: 'conftest', checks: [checkOf(done)] }, done.byte, end - done.byte);
  }
}

const statuses = { pass: 'pass', failure: 'fail', skipped: 'not checked', error: 'error' } as const;

function checkOf({ name, kind, said }: Case): Check {
  const [, resource, benchmark, title] = NAME.exec(name) ?? [undefined, undefined, undefined, name];
  const detail = said.trim();
  return {
    ...{ resource, benchmark, title, status: statuses[kind], status_text: kind },
    detail: detail === '' || detail === title ? undefined : detail,
  };
}
