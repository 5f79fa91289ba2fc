/** The inventory of what is in scope, as CSV. docs/formats/systems.md */
import type { Format, ReadContext, RowSink, SourceReader } from '../format.ts';
import type { Cells } from '../framing/cells.ts';
import { CsvTableReader, recogniseTable, type TableSpec } from '../framing/csv-table.ts';
import { alsoInUtf16 } from '../framing/utf16-text.ts';
import { NeedsSeen } from './needs.ts';

const spec: TableSpec<'systems'> = {
  table: 'systems',
  columns: {
    system: ['systemname', 'hostname', 'host', 'server', 'servername', 'asset', 'assetname', 'name'],
    role: ['systemrole', 'function', 'type'],
    environment: ['env', 'stage'],
    segment: ['networksegment', 'network', 'zone', 'vlan', 'subnet'],
    criticality: ['criticalitylevel', 'businesscriticality', 'importance'],
    owner: ['systemowner', 'assetowner', 'responsible', 'contact', 'team'],
    addresses: ['address', 'ipaddresses', 'ipaddress', 'ips', 'ip', 'fqdn', 'dnsname', 'aliases', 'othernames'],
    scope_from: ['inscopefrom', 'validfrom', 'from', 'since', 'commissioned'],
    scope_to: ['inscopeto', 'inscopeuntil', 'validto', 'to', 'until', 'decommissioned'],
    needs: ['needsstreams', 'streams', 'evidence', 'requiredevidence'],
  },
  needed: ['system'],
  telling: 2,
  tellingColumns: ['role', 'environment', 'segment', 'criticality', 'addresses', 'scope_from', 'scope_to', 'needs'],
  namesUnread: true,
  row: (cells) => ({
    system: cells.needed('system'),
    role: cells.text('role'),
    environment: cells.text('environment'),
    segment: cells.text('segment'),
    criticality: cells.text('criticality')?.toLowerCase(),
    owner: cells.text('owner'),
    addresses: cells.list('addresses'),
    scope_from: cells.time('scope_from'),
    scope_to: cells.endTime('scope_to'),
    needs: cells.list('needs'),
  }),
};

function openSystems(sink: RowSink, context: ReadContext): SourceReader {
  const needs = new NeedsSeen();
  const row = (cells: Cells): ReturnType<typeof spec.row> => {
    const values = spec.row(cells);
    if (cells.problem === undefined) needs.add(values.system ?? '', values.needs ?? []);
    return values;
  };
  const reader = new CsvTableReader({ ...spec, row }, sink, context);
  return {
    push: (piece) => reader.push(piece),
    finish: () => {
      const problem = reader.finish();
      if (!problem) needs.state(sink);
      return problem;
    },
  };
}

export const systems: Format = alsoInUtf16({
  id: 'systems',
  title: 'Inventory of systems in scope (CSV)',
  version: 2,
  framing: 'spans',
  streams: [],
  recognise: (head) => recogniseTable(spec, head),
  open: openSystems,
});
