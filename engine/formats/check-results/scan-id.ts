import { sha256 } from '../../core/hash.ts';
import type { UtcMicros } from '../../../shared/time.ts';

/**
 * Identity of a scan: its tool, its start in seconds and a short hash of what else tells it from others, so that the
 * same scan exported twice has the same id.
 */
export function scanId(tool: string, started: UtcMicros | undefined, parts: readonly (string | undefined)[]): string {
  const start = started === undefined ? 'unknown' : (started / 1_000_000n).toString();
  return `${tool}-${start}-${sha256(JSON.stringify(parts.map((part) => part ?? null))).slice(0, 8)}`;
}
