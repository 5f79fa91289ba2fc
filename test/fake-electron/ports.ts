import { EventEmitter } from 'node:events';
import type { MessagePort } from 'node:worker_threads';

/** A port as Electron gives it: messages come wrapped, and only once it was started. */
export class FakePort extends EventEmitter {
  constructor(readonly raw: MessagePort) {
    super();
    raw.on('close', () => this.emit('close'));
  }
  postMessage(message: unknown): void {
    this.raw.postMessage(message);
  }
  start(): void {
    this.raw.on('message', (data: unknown) => this.emit('message', { data, ports: [] }));
  }
  close(): void {
    this.raw.close();
  }
}
