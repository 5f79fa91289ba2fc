import { findDeliveryDifferences, type DeliveryDifference } from './evidence/delivery-differences.ts';
import type { EvidenceCase } from './intake/evidence-case.ts';

/** How logs that were delivered more than once differ, day by day. */
export async function readDeliveries({ database, engagement }: EvidenceCase): Promise<readonly DeliveryDifference[]> {
  return findDeliveryDifferences((sql, parameters) => database.query(sql, parameters), engagement.window.zone);
}
