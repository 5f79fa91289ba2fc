/** Entry of the process that runs SQL written by people. It knows one database file, read-only, and nothing else. */
import { openLockedParent } from './core/locked-parent.ts';
import { serveLocked } from './store/locked/serve-locked.ts';

serveLocked(await openLockedParent(), () => process.exit(0));
