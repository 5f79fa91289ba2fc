import type { BinderEntry } from '../../shared/contract.ts';
import { RpcError, type Client } from '../../shared/rpc.ts';

/**
 * Reads a binder from the engine and hands it to the browser as a download.
 * Throws an `RpcError` when what arrived is not, byte for byte, what the engine lists.
 */
export async function saveBinder(client: Client, binder: BinderEntry): Promise<void> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const { base64 } of client.stream('binder.read', { binderId: binder.binderId })) {
    pieces.push(bytesOfBase64(base64));
  }
  const pdf = new Blob(pieces, { type: 'application/pdf' });
  await expectSame(pdf, binder);
  offer(pdf, binder.fileName);
}

/** The bytes that base64 text stands for. */
export function bytesOfBase64(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

async function expectSame(pdf: Blob, binder: BinderEntry): Promise<void> {
  const remedy = 'Verify the binder, then save it again.';
  if (pdf.size !== binder.bytes) {
    const message = `${binder.fileName} arrived with ${pdf.size} bytes; the engine lists ${binder.bytes}.`;
    throw new RpcError('differs', message, remedy);
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await pdf.arrayBuffer()));
  const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (sha256 !== binder.sha256) {
    const message = `${binder.fileName} arrived with SHA-256 ${sha256}; the engine lists ${binder.sha256}.`;
    throw new RpcError('differs', message, remedy);
  }
}

function offer(pdf: Blob, fileName: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(pdf);
  link.download = fileName;
  link.click();
  // The download takes its own hold of the bytes; a minute is ample for it to begin.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
