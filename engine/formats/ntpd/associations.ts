/**
 * What `ntpq -c as` prints: which associations there are, and which of them discipline the clock. It has no offsets.
 *
 *     ind assid status  conf reach auth condition  last_event cnt
 *       1 17767  961a   yes   yes  none  sys.peer    sys_peer  1
 */
import { reading, type ReadResult } from '../clocks/clock-rows.ts';
import { isSelection, isUsed, readPeerStatus } from './peer-status.ts';

const ROW =
  /^\s*(\d+)\s+(\d{1,5})\s+([0-9a-f]{4})\s+(yes|no|none)\s+(yes|no)\s+(\w+)\s+(\S+)(?:\s+(\S.*?))?\s+(\d{1,2})$/;

export function isAssociationsHeading(text: string): boolean {
  return /^ind ass[iI][dD]\s+status\s+conf\s+reach\s+auth\s+condition\s+last_event\s+cnt$/.test(text.trim());
}

/** Reads a line of the table; `undefined` for other lines. */
export function readAssociation(text: string): ReadResult | undefined {
  const parts = ROW.exec(text);
  if (!parts) return undefined;
  const [
    ,
    index = '',
    association = '',
    status = '',
    configured,
    reachable,
    authenticated,
    condition = '',
    event,
    count,
  ] = parts;
  const isReachable = reachable === 'yes';
  const selection = isSelection(condition) ? condition : readPeerStatus(status).selection;
  const fields = {
    report: 'associations',
    index: Number(index),
    association: Number(association),
    status,
    configured,
    reachable,
    authenticated,
    condition,
    last_event: event,
    count: Number(count),
  };
  const synchronised = isReachable ? isUsed(selection) : false;
  return reading({ reference: `association ${association}`, synchronised, fields });
}
