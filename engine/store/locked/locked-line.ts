import type { LockedChild } from '../../core/locked-child.ts';
import type { ChildMessage, ParentMessage } from './messages.ts';

type Answer = Exclude<ChildMessage, { kind: 'alive' }>;

/** What waiting for an answer can end with, besides an answer. */
export type LineEvent =
  | Answer
  | { readonly kind: 'ended'; readonly reason: string }
  | { readonly kind: 'late' }
  | { readonly kind: 'large'; readonly megabytes: number }
  | { readonly kind: 'cancelled' };

export interface Patience {
  readonly milliseconds: number;
  readonly mostMegabytes: number;
  readonly signal: AbortSignal | undefined;
}

/** A started locked process: its answers in order, its size, and whether it is still there. */
export class LockedLine {
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
  private readonly answers: Answer[] = [];
  private reason: string | undefined;
  private residentMegabytes = 0;
  private wake: (() => void) | undefined;

  constructor(private readonly child: LockedChild) {
    child.onMessage((message) => this.take(message as ChildMessage));
    this.ended = new Promise((resolve) =>
      child.onExit((reason) => {
        this.reason = reason;
        this.wake?.();
        resolve();
      }),
    );
  }

  get isEnded(): boolean {
    return this.reason !== undefined;
  }

  send(message: ParentMessage): void {
    this.child.send(message);
  }

  kill(): void {
    this.child.kill();
  }

  /** Waits for the next answer, or for the first reason not to. */
  async next({ milliseconds, mostMegabytes, signal }: Patience): Promise<LineEvent> {
    const until = performance.now() + milliseconds;
    for (;;) {
      const answer = this.answers.shift();
      if (answer) return answer;
      if (this.reason !== undefined) return { kind: 'ended', reason: this.reason };
      if (signal?.aborted) return { kind: 'cancelled' };
      if (this.residentMegabytes > mostMegabytes) return { kind: 'large', megabytes: this.residentMegabytes };
      const left = until - performance.now();
      if (left <= 0) return { kind: 'late' };
      await this.anything(left, signal);
    }
  }

  /** Waits for the answer that ends a request, dropping rows; false when it does not come in time. */
  async settled(milliseconds: number): Promise<boolean> {
    const until = performance.now() + milliseconds;
    for (;;) {
      const left = until - performance.now();
      const answer = await this.next({ milliseconds: left, mostMegabytes: Infinity, signal: undefined });
      if (answer.kind === 'late' || answer.kind === 'ended') return false;
      if (answer.kind === 'failed' || answer.kind === 'done' || answer.kind === 'inspected') return true;
    }
  }

  private take(message: ChildMessage): void {
    if (message.kind === 'alive') this.residentMegabytes = message.residentMegabytes;
    else this.answers.push(message);
    this.wake?.();
  }

  private anything(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        this.wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal?.addEventListener('abort', done, { once: true });
      this.wake = done;
    });
  }
}
