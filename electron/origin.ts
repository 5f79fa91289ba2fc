/** The one place the window's content comes from. */
export const SCHEME = 'app';
export const HOST = 'fieldwork';
export const ORIGIN = `${SCHEME}://${HOST}`;

/**
 * True for an address of ours. Protocol and host are compared one by one: Node's URL gives every custom scheme the
 * origin "null", which would make any two of them equal.
 */
export function isOurs(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, host } = new URL(address);
  return protocol === `${SCHEME}:` && host === HOST;
}

/** True for data that our own page made and offers for saving. */
export function isOurBlob(address: string): boolean {
  return address.startsWith(`blob:${ORIGIN}/`);
}

/** True for what the window may ask the network layer for: our files, our blobs, pictures written in place. */
export function mayLoad(address: string, { devTools }: { readonly devTools: boolean }): boolean {
  if (devTools && address.startsWith('devtools://')) return true;
  return isOurs(address) || isOurBlob(address) || address.startsWith('data:image/');
}
