import type { Recognition } from '../format.ts';
import { JsonRecordScanner } from '../framing/json-records.ts';
import { ticketLists } from './json-tickets.ts';
import { findTicket } from './trackers.ts';

/** How many of the complete records in the head are tickets of a tracker that is known. */
export function recogniseJsonTickets(head: Uint8Array): Recognition {
  let records = 0;
  let tickets = 0;
  let tracker = 'a known tracker';
  const scanner = new JsonRecordScanner(ticketLists, {
    record: ({ value }) => {
      records++;
      const found = findTicket(value)?.tracker;
      if (found === undefined) return;
      tickets++;
      tracker = found === 'own' ? 'Fieldwork' : found;
    },
    damaged: () => undefined,
  });
  scanner.push(head);
  const complete = [records, tickets] as const;
  // What is found in a record that the head cuts off is no record of its own.
  if (scanner.finish() === 'cut-off' && complete[0] > 0) [records, tickets] = complete;
  const confidence = tickets * 2 <= records ? 0 : (0.95 * tickets) / records;
  return { confidence, reason: `${tickets} of the first ${records} JSON records are tickets of ${tracker}.` };
}
