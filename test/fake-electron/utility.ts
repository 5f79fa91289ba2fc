/** A worker thread that looks like a utility process from inside: `process.parentPort`, which queues until heard. */
import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';
import { parentPort as worker, workerData, type MessagePort } from 'node:worker_threads';
import { FakePort } from './ports.ts';

const queue: unknown[] = [];
const parentPort = Object.assign(new EventEmitter(), {
  postMessage: (message: unknown) => worker?.postMessage(message),
});

worker?.on('message', ({ message, ports }: { message: unknown; ports: MessagePort[] }) => {
  const event = { data: message, ports: ports.map((port) => new FakePort(port)) };
  if (parentPort.listenerCount('message') > 0) parentPort.emit('message', event);
  else queue.push(event);
});
parentPort.on('newListener', (name) => {
  if (name !== 'message') return;
  setImmediate(() => {
    for (const event of queue.splice(0)) parentPort.emit('message', event);
  });
});
Object.assign(process, { parentPort });
await import(pathToFileURL((workerData as { file: string }).file).href);
