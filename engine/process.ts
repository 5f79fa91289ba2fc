/** Entry of the engine as a process of its own, under either host. */
import { openHostLine } from './host-line.ts';
import { installationPaths } from './paths.ts';
import { serveHost } from './serve-host.ts';
import { createWorkbench } from './workbench.ts';

serveHost({
  line: openHostLine(),
  createWorkbench,
  lockedEntry: installationPaths().lockedProcess,
  exit: (code) => process.exit(code),
});
