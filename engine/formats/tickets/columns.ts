import type { UtcMicros } from '../../../shared/time.ts';
import type { Cells } from '../framing/cells.ts';
import type { TableSpec } from '../framing/csv-table.ts';
import { timeIn, type TimeOptions } from '../framing/table-times.ts';
import { saysYesOrNo } from '../framing/table-words.ts';
import { ticketKind } from './kind.ts';
import { rootCauseOf } from './root-cause.ts';

/** ServiceNow calls what a company added `u_...`. */
function withOwn(...names: readonly string[]): readonly string[] {
  return [...names, ...names.map((name) => `u${name}`)];
}

/** What trackers call the columns of a ticket. Those after `links` are not kept: others are made of them. */
const columns: TableSpec<'tickets'>['columns'] = {
  ticket_id: ['ticket', 'ticketnumber', 'ticketkey', 'issuekey', 'key', 'number', 'casenumber', 'id'],
  // A change of ServiceNow has the type Normal, and its class says that it is a change.
  kind: ['tickettype', 'issuetype', 'sysclassname', 'tasktype', 'workitemtype', 'type'],
  system: [
    ...withOwn('affectedsystem', 'hostname', 'host', 'server', 'asset'),
    ...['cmdbci', 'configurationitem', 'affectedci', 'affectedcis'],
  ],
  opened: [
    ...['openedat', 'openedon', 'created', 'createdat', 'createdon', 'creationdate', 'createddate', 'datecreated'],
    ...['syscreatedon', 'reportedat', 'datereported', 'raisedat', 'dateraised'],
  ],
  acknowledged: withOwn('acknowledgedat', 'acknowledgedon', 'respondedat', 'firstresponse', 'firstrespondedat'),
  resolved: [
    ...['resolvedat', 'resolvedon', 'resolutiondate', 'dateresolved', 'closed', 'closedat', 'closedon', 'dateclosed'],
    ...['completedat', 'completedon'],
  ],
  status: ['state', 'incidentstate'],
  summary: ['shortdescription', 'title', 'subject', 'description'],
  root_cause: [
    ...withOwn('rootcause', 'rootcauseanalysis', 'rootcauseanalysisrca', 'rca', 'rcasummary', 'rcadetails', 'rcanotes'),
    ...withOwn('rootcausedescription', 'rootcausesummary', 'rootcausedetails', 'rootcausenotes', 'rootcausestatement'),
    ...withOwn('cause', 'causenotes', 'causeanalysis', 'causedescription'),
  ],
  requester: [
    ...['requestedby', 'requestor', 'reporter', 'callerid', 'caller', 'openedby', 'author', 'creator', 'user'],
    ...['requestedfor', 'syscreatedby'],
  ],
  approver: withOwn('approvedby', 'approvername'),
  approved_at: withOwn('approved', 'approvedon', 'approvaldate', 'approveddate', 'dateapproved'),
  starts: [
    ...['startsat', 'start', 'startdate', 'plannedstart', 'plannedstartdate', 'changestartdate', 'scheduledstart'],
    ...['workstart', 'actualstart', 'actualstartdate', 'validfrom', 'effectivefrom'],
  ],
  ends: [
    ...['endsat', 'end', 'enddate', 'plannedend', 'plannedenddate', 'changecompletiondate', 'scheduledend', 'workend'],
    ...['actualend', 'actualenddate', 'validto', 'validuntil', 'expires', 'expiresat', 'expirydate', 'expirationdate'],
  ],
  links: [
    ...['link', 'related', 'relatedtickets', 'references', 'commits', 'issuelinks', 'parent', 'parentkey', 'subtasks'],
    ...['parentincident', 'problemid', 'rfc', 'causedby', 'htmlurl'],
    ...['inwardissuelink*', 'outwardissuelink*'],
  ],

  close_notes: ['closurenotes', 'closingnotes', 'resolutionnotes', 'resolutiondetails'],
  approval: ['approvalstatus', 'approvalstate'],
  approval_set: [],
};

/** How the cells of a table, or the members of a JSON ticket, become a ticket. `zone` is that of times without one. */
export function ticketTable(zone: string): TableSpec<'tickets'> {
  return {
    table: 'tickets',
    columns,
    needed: ['ticket_id', 'opened'],
    telling: 2,
    tellingColumns: ['kind', 'resolved', 'status', 'summary', 'root_cause', 'requester', 'approver', 'approved_at'],
    row: (cells) => {
      const id = cells.needed('ticket_id');
      const opened = timeIn(cells, 'opened', { zone });
      if (opened === undefined) noOpening(cells);
      const time = (column: string, edge: TimeOptions['edge'] = 'start'): UtcMicros | undefined =>
        timeIn(cells, column, { zone, edge });
      return {
        ticket_id: id,
        kind: ticketKind(cells.text('kind'), id ?? ''),
        system: cells.text('system'),
        opened,
        acknowledged: time('acknowledged'),
        resolved: time('resolved'),
        status: cells.text('status'),
        summary: cells.text('summary'),
        root_cause: rootCauseOf(cells),
        requester: cells.text('requester'),
        approver: cells.text('approver'),
        approved_at: approvedAt(cells, zone),
        starts: time('starts') ?? opened,
        ends: time('ends', 'end') ?? time('resolved', 'end'),
        links: cells.list('links'),
      };
    },
  };
}

function noOpening(cells: Cells): void {
  if (cells.needed('opened') !== undefined) cells.fail(`Column "${cells.cell('opened')!.column}" has no time.`);
}

/** ServiceNow sets `approval_set` when a task is approved or rejected; `approval` says which. */
function approvedAt(cells: Cells, zone: string): UtcMicros | undefined {
  // A column "Approved" may hold a yes, which is no time.
  const isAnswer = saysYesOrNo(cells.text('approved_at') ?? '');
  const stated = isAnswer ? undefined : timeIn(cells, 'approved_at', { zone });
  if (stated !== undefined || !/^approved$/i.test(cells.text('approval') ?? '')) return stated;
  return timeIn(cells, 'approval_set', { zone });
}
