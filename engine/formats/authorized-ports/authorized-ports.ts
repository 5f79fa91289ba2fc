/** The inventory of ports that may be open, as CSV. docs/formats/authorized-ports.md */
import type { Format } from '../format.ts';
import type { Cells } from '../framing/cells.ts';
import { CsvTableReader, recogniseTable, type TableSpec } from '../framing/csv-table.ts';
import { alsoInUtf16 } from '../framing/utf16-text.ts';

const protocols = ['tcp', 'udp', 'sctp'];

const spec: TableSpec<'authorized_ports'> = {
  table: 'authorized_ports',
  columns: {
    system_or_role: ['system', 'systemname', 'hostname', 'host', 'server', 'asset', 'appliesto', 'role', 'systemrole'],
    port: ['portnumber', 'portno'],
    protocol: ['proto', 'transport'],
    owner: ['portowner', 'serviceowner', 'responsible', 'contact', 'team'],
    purpose: ['service', 'description', 'usedfor', 'use'],
    justification: ['businessjustification', 'reason', 'rationale'],
    risk: ['riskassessment', 'riskrating', 'risklevel'],
    approved_at: [
      'approved',
      'approvedon',
      'approvaldate',
      'approveddate',
      'dateapproved',
      'authorisedon',
      'authorizedon',
      'authorisedat',
      'authorizedat',
      'authorisedfrom',
      'validfrom',
    ],
    // Not kept: it decides whether the row is an authorisation at all.
    approval: ['approvalstatus', 'approvalstate', 'status'],
    change_ticket: ['change', 'changeid', 'changerequest', 'changenumber', 'ticket', 'ticketid'],
  },
  needed: ['system_or_role', 'port', 'protocol'],
  telling: 1,
  tellingColumns: ['owner', 'purpose', 'justification', 'approved_at', 'change_ticket'],
  namesUnread: true,
  row: (cells) => {
    refuseUnapproved(cells);
    const port = cells.integer('port', 0, 65535);
    if (port === undefined) cells.needed('port');
    return {
      system_or_role: cells.needed('system_or_role'),
      port,
      protocol: protocolOf(cells),
      owner: cells.text('owner'),
      purpose: cells.text('purpose'),
      justification: cells.text('justification'),
      risk: cells.text('risk'),
      approved_at: cells.time('approved_at'),
      change_ticket: cells.text('change_ticket'),
    };
  },
};

// In this order: what takes an approval back stands for itself; "approved after review" is approved, "in review" is not.
const refusals =
  /^(?:no|n|false|0|none)$|\b(?:not|no longer|unapproved|unauthori|reject|refus|den(?:y|ied)|declin|disapprov|expire|revok|withdr[ae]w)/i;
const approvals =
  /^(?:(?:fully |is )?(?:approved?|authori[sz]ed|accepted|granted|active|valid|current|in force)\b|(?:yes|y|true|ok|1)$)/i;
const unsettled =
  /\b(?:pending|await|draft|propos|request|review|cancel|clos|inactive|invalid|unknown|retire|disabl|remov|decommission)/i;

/** A row whose own words say that it is not approved, or no longer, or not yet, authorises nothing. */
function refuseUnapproved(cells: Cells): void {
  const cell = cells.cell('approval');
  if (cell === undefined) return;
  const isRefused = refusals.test(cell.text) || (!approvals.test(cell.text) && unsettled.test(cell.text));
  if (isRefused) cells.failOn(cell, 'does not say that the port is approved');
  else if (!approvals.test(cell.text))
    cells.assume(`Words in column "${cell.column}" that are neither a yes nor a no are taken as approved.`);
}

function protocolOf(cells: Cells): string | undefined {
  const protocol = cells.needed('protocol')?.toLowerCase();
  const cell = cells.cell('protocol');
  if (cell && !protocols.includes(protocol ?? '')) cells.failOn(cell, `is not one of ${protocols.join(', ')}`);
  return protocol;
}

export const authorizedPorts: Format = alsoInUtf16({
  id: 'authorized-ports',
  title: 'Inventory of authorised ports (CSV)',
  version: 3,
  framing: 'spans',
  streams: [],
  recognise: (head) => recogniseTable(spec, head),
  open: (sink, context) => new CsvTableReader(spec, sink, context),
});
