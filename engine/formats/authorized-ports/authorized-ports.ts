/** The inventory of ports that may be open, as CSV. docs/formats/authorized-ports.md */
import type { Format } from '../format.ts';
import type { Cells } from '../framing/cells.ts';
import { CsvTableReader, recogniseTable, type TableSpec } from '../framing/csv-table.ts';

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
      'authorisedat',
      'authorizedat',
      'authorisedfrom',
      'validfrom',
    ],
    change_ticket: ['change', 'changeid', 'changerequest', 'changenumber', 'ticket', 'ticketid'],
  },
  needed: ['system_or_role', 'port', 'protocol'],
  telling: 1,
  tellingColumns: ['owner', 'purpose', 'justification', 'approved_at', 'change_ticket'],
  row: (cells) => {
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

function protocolOf(cells: Cells): string | undefined {
  const protocol = cells.needed('protocol')?.toLowerCase();
  const cell = cells.cell('protocol');
  if (cell && !protocols.includes(protocol ?? '')) cells.failOn(cell, `is not one of ${protocols.join(', ')}`);
  return protocol;
}

export const authorizedPorts: Format = {
  id: 'authorized-ports',
  title: 'Inventory of authorised ports (CSV)',
  version: 1,
  framing: 'spans',
  streams: [],
  recognise: (head) => recogniseTable(spec, head),
  open: (sink, context) => new CsvTableReader(spec, sink, context),
};
