// Letters, digits and a few marks, not beginning with a dot: what the build names its files. Anything else is a trick.
const PLAIN_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
const MAX_DEPTH = 4;

/**
 * The file a page asks for, as names from the static folder down: `/assets/app.js` gives `['assets', 'app.js']`, `/`
 * gives `['index.html']`. `undefined` for anything but plain names: `..`, encoded slashes, backslashes, drive letters,
 * hidden files and empty names never reach the file system.
 */
export function staticPath(pathname: string): readonly string[] | undefined {
  if (pathname === '/') return ['index.html'];
  if (!pathname.startsWith('/')) return undefined;
  // Not decoded: the build makes no name that needs it, so a % is refused like any other odd letter.
  const names = pathname.slice(1).split('/');
  return names.length <= MAX_DEPTH && names.every((name) => PLAIN_NAME.test(name)) ? names : undefined;
}
