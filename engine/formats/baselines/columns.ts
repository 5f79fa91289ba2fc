import type { TableSpec } from '../framing/csv-table.ts';
import type { Cells } from '../framing/cells.ts';
import { timeIn } from '../framing/table-times.ts';

/** The columns of config_items as they are exported, and by whom and when they were approved. */
export function baselineTable(zone: string): TableSpec<'baselines'> {
  return {
    table: 'baselines',
    columns: {
      approved_at: ['approvedon', 'approvaldate', 'approveddate', 'approved'],
      approved_by: ['approver', 'approvername'],
      provider: ['cloudprovider'],
      account: ['accountid', 'subscription', 'subscriptionid'],
      region: ['awsregion', 'location'],
      system: ['systemname', 'host', 'hostname'],
      resource_type: ['type'],
      resource_id: ['resource', 'resourceidentifier', 'arn'],
      resource_name: ['name'],
      configuration: ['config', 'baseline'],
    },
    needed: ['approved_at', 'approved_by', 'resource_type', 'configuration'],
    telling: 1,
    tellingColumns: ['resource_id', 'resource_name', 'system'],
    namesUnread: true,
    row: (cells) => {
      needIdentity(cells);
      return {
        approved_at: approvedAt(cells, zone),
        approved_by: cells.needed('approved_by'),
        provider: cells.text('provider')?.toLowerCase(),
        account: cells.text('account'),
        region: cells.text('region'),
        system: cells.text('system'),
        resource_type: cells.needed('resource_type'),
        resource_id: cells.text('resource_id'),
        resource_name: cells.text('resource_name'),
        configuration: configurationOf(cells),
      };
    },
  };
}

/** What nobody approved is no baseline. */
function approvedAt(cells: Cells, zone: string): bigint | undefined {
  const time = timeIn(cells, 'approved_at', { zone });
  if (time === undefined) cells.fail('Column "approved_at" has no time: what was never approved is no baseline.');
  return time;
}

function needIdentity(cells: Cells): void {
  if (['resource_id', 'resource_name', 'system'].every((column) => cells.text(column) === undefined))
    cells.fail('Columns "resource_id", "resource_name" and "system" are all empty: nothing says what was approved.');
}

function configurationOf(cells: Cells): string | undefined {
  const text = cells.needed('configuration');
  if (text === undefined) return undefined;
  try {
    JSON.parse(text);
    return text;
  } catch {
    cells.fail('Column "configuration" is not JSON.');
    return undefined;
  }
}
