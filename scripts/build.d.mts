/** Bundles every Node entry point that exists into dist/. */
export function buildNodeSide(): Promise<void>;
