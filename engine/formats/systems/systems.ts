/** The inventory of what is in scope, as CSV. docs/formats/systems.md */
import type { Format } from '../format.ts';
import { CsvTableReader, recogniseTable, type TableSpec } from '../framing/csv-table.ts';

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

export const systems: Format = {
  id: 'systems',
  title: 'Inventory of systems in scope (CSV)',
  version: 1,
  framing: 'spans',
  streams: [],
  recognise: (head) => recogniseTable(spec, head),
  open: (sink, context) => new CsvTableReader(spec, sink, context),
};
