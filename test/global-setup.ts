import { buildNodeSide } from '../scripts/build.mjs';

/** Some tests start the real command line or the engine's worker process: build them once, from what is on disk now. */
export default async function setup(): Promise<void> {
  await buildNodeSide();
}
