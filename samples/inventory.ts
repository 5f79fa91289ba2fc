/** What the company hands over about itself: systems in scope, authorised ports, and the engagement itself. */
import { stringify } from 'yaml';
import { addDays } from '../shared/time.ts';
import {
  auditedWindow,
  authorizedPorts,
  AWS_ACCOUNT,
  AWS_SYSTEM,
  ENTITY,
  hosts,
  privilegedAccounts,
} from './company.ts';
import { csv } from './csv.ts';
import { frozenClock, neverHeard } from './plan.ts';
import { planted } from './plants.ts';

/** The systems in scope, one row each. */
export function systemsCsv(): string {
  const head = 'system,role,environment,segment,criticality,owner,addresses,scope_from,scope_to,needs'.split(',');
  const rows = hosts.map(({ system, role, segment, criticality, owner, address, leavesOn }) => [
    system,
    role,
    'production',
    segment,
    criticality,
    owner,
    `${address};${system}.harbourline.example`,
    '2025-01-01',
    // A day alone in this column is the last one in scope.
    leavesOn === undefined ? '' : addDays(leavesOn, -1),
    'auditd;syslog;nmap;clock;prometheus',
  ]);
  const account = ['cloud account', 'production', 'cloud', 'critical', 'Platform team', AWS_ACCOUNT, '2025-01-01', ''];
  const managed = ([system, role]: readonly [string, string], address: string, needs: string): readonly string[] => [
    ...[system, role, 'production', 'management', 'high', 'Platform team', address, '2025-01-01', '', needs],
  ];
  return csv([
    head,
    ...rows,
    managed([neverHeard.system, 'backup'], neverHeard.address, neverHeard.stream),
    managed([frozenClock.system, 'storage'], frozenClock.address, 'prometheus'),
    [AWS_SYSTEM, ...account, 'cloudtrail'],
  ]);
}

/** The authorised ports, one row each, and a row that somebody damaged. */
export function authorizedPortsCsv(): string {
  const head = 'system_or_role,port,protocol,owner,purpose,justification,risk,approved_at,change_ticket'.split(',');
  const rows = authorizedPorts.map(({ systemOrRole, port, owner, purpose, approvedAt, ticket }) => [
    systemOrRole,
    String(port),
    'tcp',
    owner,
    purpose,
    'Needed for the service to work',
    'low: reachable from its own segment only',
    approvedAt,
    ticket,
  ]);
  return csv([head, ...rows, DAMAGED_PORT_ROW]);
}

const DAMAGED_PORT_ROW =
  'file-transfer,99O,tcp,Integration team,EDI file exchange,Typed by hand,low,2025-11-03T10:00:00+01:00,CHG-1907'.split(
    ',',
  );

/** Where the damaged row is found. `record` counts the rows after the header. */
export const damagedPortMark = {
  plant: planted.damagedPort.id,
  record: authorizedPorts.length + 1,
  text: DAMAGED_PORT_ROW.slice(0, 3).join(','),
};

/** The engagement, ready for a new case. */
export function engagementYaml(): string {
  const { firstDay, lastDay, zone } = auditedWindow;
  return stringify(
    {
      entity: ENTITY,
      window: { from: firstDay, to: lastDay, zone },
      criteria: ['CC6.1', 'CC6.3', 'CC6.6', 'CC7.1', 'CC7.2', 'CC7.3', 'CC8.1'],
      parameters: { 'CC6.3-least-privilege-root': { privileged_accounts: privilegedAccounts } },
    },
    { lineWidth: 0 },
  );
}
