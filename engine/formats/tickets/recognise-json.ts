import type { Recognition } from '../format.ts';
import { JsonRecordScanner } from '../framing/json-records.ts';
import { ticketLists } from './json-tickets.ts';

// Members that only the tickets of a tracker have together; a dot goes into an object.
const signatures: Readonly<Record<string, readonly string[]>> = {
  Jira: ['key', 'fields.issuetype', 'fields.created'],
  ServiceNow: ['number', 'opened_at', 'short_description'],
  GitHub: ['number', 'title', 'html_url', 'created_at', 'state'],
};

/** How many of the complete records in the head are tickets of a tracker that is known. */
export function recogniseJsonTickets(head: Uint8Array): Recognition {
  let records = 0;
  let tickets = 0;
  let tracker = 'a known tracker';
  const scanner = new JsonRecordScanner(ticketLists, {
    record: ({ value }) => {
      records++;
      const found = Object.keys(signatures).find((name) => signatures[name]!.every((path) => hasMember(value, path)));
      if (found === undefined) return;
      tickets++;
      tracker = found;
    },
    damaged: () => undefined,
  });
  scanner.push(head);
  scanner.finish();
  const confidence = tickets * 2 <= records ? 0 : (0.95 * tickets) / records;
  return { confidence, reason: `${tickets} of the first ${records} JSON records are tickets of ${tracker}.` };
}

function hasMember(value: unknown, path: string): boolean {
  let at = value;
  for (const name of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return false;
    at = (at as Record<string, unknown>)[name];
  }
  return true;
}
