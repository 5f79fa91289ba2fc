/** The scan itself: what the start tag, scaninfo and runstats say. */
import { sha256 } from '../../core/hash.ts';
import type { EvidenceRow } from '../../core/tables.ts';
import type { UtcMicros } from '../../../shared/time.ts';
import type { XmlElement } from '../framing/xml.ts';
import { excludedBy } from './arguments.ts';
import { epochAttribute } from './host.ts';

const MAX_TARGETS = 100_000;

export class Scan {
  readonly tool: string;
  readonly started: UtcMicros | undefined;
  readonly #version: string | undefined;
  readonly #arguments: string | undefined;
  readonly #scopes: string[] = [];
  readonly #targets = new Set<string>();
  #finished: UtcMicros | undefined;
  #completed = false;
  #id: string | undefined;

  constructor(root: XmlElement) {
    this.tool = root.attributes.get('scanner') ?? 'nmap';
    this.started = epochAttribute(root, 'start');
    this.#version = root.attributes.get('version');
    this.#arguments = root.attributes.get('args');
  }

  /** Same file, same id: the tool, its start, and a short hash of how it was called. */
  get id(): string {
    const called = JSON.stringify([this.#arguments ?? '', this.#scopes]);
    const start = this.started === undefined ? 'unknown' : (this.started / 1_000_000n).toString();
    return (this.#id ??= `${this.tool}-${start}-${sha256(called).slice(0, 8)}`);
  }

  get targetsFull(): boolean {
    return this.#targets.size >= MAX_TARGETS;
  }

  /** `tcp/connect 1-65535`: what one scaninfo element says. */
  addScope({ attributes }: XmlElement): void {
    const kind = [attributes.get('protocol'), attributes.get('type')].filter((part) => part !== undefined).join('/');
    this.#scopes.push([kind, attributes.get('services') ?? ''].join(' ').trim());
  }

  addTarget(target: string | undefined): void {
    if (target !== undefined && !this.targetsFull) this.#targets.add(target);
  }

  /** Takes the `finished` element. Scanners that do not write `exit` write it only when they are done. */
  finish(element: XmlElement): void {
    this.#finished = epochAttribute(element, 'time');
    this.#completed = (element.attributes.get('exit') ?? 'success') === 'success';
  }

  row(): EvidenceRow<'scans'> {
    return {
      scan_id: this.id,
      tool: this.tool,
      version: this.#version,
      started: this.started,
      finished: this.#finished,
      completed: this.#completed,
      scope: this.#scopes.length === 0 ? undefined : this.#scopes.join('; '),
      targets: [...this.#targets],
      excluded: excludedBy(this.#arguments),
      arguments: this.#arguments,
    };
  }
}
