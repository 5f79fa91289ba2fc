/** Gives the path of a Chromium that the tests can drive; `undefined` where there is none. */
export function findChromium(): Promise<string | undefined>;
