import { basename, join, resolve } from 'node:path';
import type { EngineOptions } from '../shared/engine-link.ts';

/**
 * What the application was started with: `--case=FOLDER` (as often as needed) and `--data=FOLDER`, where the sample and
 * the keys are. Without `--data` that is the user's own data folder.
 */
export function launchOptions(args: readonly string[], userData: string): EngineOptions {
  const given = (name: string) =>
    args.filter((arg) => arg.startsWith(`--${name}=`)).map((arg) => resolve(arg.slice(name.length + 3)));
  const data = given('data').at(-1) ?? userData;
  const cases = given('case').map((path, index) => ({ key: `case-${index + 1}`, path, title: basename(path) }));
  return {
    host: 'electron',
    cases,
    sampleDir: join(data, 'sample'),
    // The window's evidence comes from the system's dialog, and from what is dropped on it.
    evidence: [],
    identitiesDir: join(data, 'identities'),
    readOnly: false,
  };
}
