const RECORDS_A_SOURCE = 2n ** 32n;

/**
 * The identity of a series in a case: its source and its record there, in one number. It is the same whenever the
 * source is read again.
 */
export function seriesId(sourceId: number, record: number): bigint {
  return BigInt(sourceId) * RECORDS_A_SOURCE + BigInt(record);
}
