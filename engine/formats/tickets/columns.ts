import type { TableSpec } from '../framing/csv-table.ts';
import { ticketKind } from './kind.ts';

/** What trackers call the columns of a ticket, and how their cells become one. */
export const ticketTable: TableSpec<'tickets'> = {
  table: 'tickets',
  columns: {
    ticket_id: ['ticket', 'ticketnumber', 'issuekey', 'key', 'number', 'casenumber', 'id'],
    kind: ['tickettype', 'issuetype', 'type', 'sysclassname', 'tasktype'],
    system: ['affectedsystem', 'hostname', 'host', 'server', 'asset', 'cmdbci', 'configurationitem', 'affectedci'],
    opened: ['openedat', 'created', 'createdat', 'creationdate', 'datecreated', 'syscreatedon', 'reportedat'],
    acknowledged: ['acknowledgedat', 'acknowledgedon', 'respondedat', 'firstresponse'],
    resolved: ['resolvedat', 'resolvedon', 'resolutiondate', 'closed', 'closedat', 'completedat'],
    status: ['state', 'incidentstate'],
    summary: ['shortdescription', 'title', 'subject', 'description'],
    root_cause: ['rootcauseanalysis', 'rca', 'cause'],
    requester: ['requestedby', 'reporter', 'callerid', 'caller', 'openedby', 'author', 'creator', 'user'],
    approver: ['approvedby', 'approvername'],
    approved_at: ['approved', 'approvedon', 'approvaldate'],
    starts: ['startsat', 'start', 'startdate', 'plannedstart', 'plannedstartdate', 'workstart', 'validfrom'],
    ends: ['endsat', 'end', 'enddate', 'plannedend', 'plannedenddate', 'workend', 'validto', 'expires', 'expiresat'],
    links: [
      'link',
      'related',
      'relatedtickets',
      'references',
      'commits',
      'issuelinks',
      'htmlurl',
      'inwardissuelink*',
      'outwardissuelink*',
    ],
  },
  needed: ['ticket_id', 'opened'],
  telling: 2,
  tellingColumns: ['kind', 'resolved', 'status', 'summary', 'root_cause', 'requester', 'approver', 'approved_at'],
  row: (cells) => {
    const id = cells.needed('ticket_id');
    const opened = cells.time('opened');
    if (opened === undefined) cells.needed('opened');
    return {
      ticket_id: id,
      kind: ticketKind(cells.text('kind'), id ?? ''),
      system: cells.text('system'),
      opened,
      acknowledged: cells.time('acknowledged'),
      resolved: cells.time('resolved'),
      status: cells.text('status'),
      summary: cells.text('summary'),
      root_cause: cells.text('root_cause'),
      requester: cells.text('requester'),
      approver: cells.text('approver'),
      approved_at: cells.time('approved_at'),
      starts: cells.time('starts') ?? opened,
      ends: cells.endTime('ends') ?? cells.endTime('resolved'),
      links: cells.list('links'),
    };
  },
};
