import type { Recognition } from '../format.ts';

/** Names of members, as far as these bytes have them, at the first or second level of a document. */
export function keysIn(head: Uint8Array): ReadonlySet<string> {
  const names = Buffer.from(head.buffer, head.byteOffset, head.length)
    .toString('latin1')
    .matchAll(/"([A-Za-z$][\w.$]{0,40})"\s*:/g);
  return new Set([...names].map(([, name]) => name!));
}

export function notReport(tool: string): Recognition {
  return { confidence: 0, reason: `The file does not begin as a report of ${tool} in JSON.` };
}
