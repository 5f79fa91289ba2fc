/** Gives the path of the Electron runtime; `undefined` where none is installed. */
export function findElectron(): string | undefined;
