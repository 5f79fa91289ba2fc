/** One event as a row of `events`: class, activity, who, what, and a sentence. */
import type { Described } from './described.ts';
import type { EvidenceRow } from '../../core/tables.ts';
import { isIpAddress } from '../framing/ip-address.ts';
import type { AuditEvent } from './event.ts';
import { accountOf, programKind, subjectOf, switcherOf } from './people.ts';
import type { AuditRecord } from './record.ts';
import { describeSyscall } from './syscall-events.ts';

/** The row of a closed event. `system` is used where the event names no node. */
export function describeEvent(event: AuditEvent, system: string | undefined): EvidenceRow<'events'> {
  const main = event.main ?? event.syscall;
  if (!main) throw new Error('An event without records has no row');
  const { line } = event;
  return {
    time: line.time,
    system: line.node ?? system,
    stream: 'auditd',
    code: main.columns.type,
    sequence: line.serial,
    outcome: outcomeOf(event, main),
    ...describe(event, main),
  };
}

/** Of the main record; of the system call where that one does not say. */
function outcomeOf({ syscall }: AuditEvent, main: AuditRecord): string | undefined {
  const granted = main.others['seresult'];
  if (granted !== undefined) return granted === 'granted' ? 'success' : 'failure';
  const success = main.columns.success ?? syscall?.columns.success;
  return success === undefined || success === null ? undefined : success ? 'success' : 'failure';
}

function describe(event: AuditEvent, main: AuditRecord): Described {
  const type = main.columns.type ?? '';
  if (main.others['audit_lost'] !== undefined) return describeLoss(main);
  if (type in authentications) return describeAuthentication(main, type);
  if (type.startsWith('DAEMON_') || type === 'CONFIG_CHANGE') return describeAuditing(event, main);
  if (type === 'USER_CMD') return describeCommand(main);
  if (type in managements) return describeManagement(main, type);
  if (type === 'AVC' || type === 'USER_AVC' || type === 'SELINUX_ERR') return describeAccess(event, main);
  if (type in configurations) return describeConfiguration(event, main);
  if (type === 'SYSCALL' || type === 'EXECVE') return describeSyscall(event, main);
  return describeOther(event, main);
}

const authentications: Readonly<Record<string, string>> = {
  USER_LOGIN: 'logon',
  USER_LOGOUT: 'logoff',
  USER_START: 'session_open',
  USER_END: 'session_close',
  USER_AUTH: 'authenticate',
  USER_ERR: 'authenticate',
  GRP_AUTH: 'authenticate',
  USER_ACCT: 'authorize',
  CRED_ACQ: 'credentials',
  CRED_REFR: 'credentials',
  CRED_DISP: 'credentials',
  LOGIN: 'set_login_id',
  USER_ROLE_CHANGE: 'role_change',
  CHGRP_ID: 'account_switch',
  CHUSER_ID: 'account_switch',
};

/** Opening a session means more when a log-in program or a program like sudo does it. */
const sessions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  login: { session_open: 'logon', session_close: 'logoff' },
  switch: { session_open: 'account_switch', session_close: 'account_switch_end' },
};

function describeAuthentication(main: AuditRecord, type: string): Described {
  const kind = programKind(main.columns.exe);
  const plain = authentications[type] ?? 'other';
  const activity = sessions[kind]?.[plain] ?? plain;
  const account =
    main.columns.acct ?? accountOf(main, 'id') ?? (type === 'LOGIN' ? accountOf(main, 'auid') : undefined);
  const target = account ?? subjectOf(main);
  // Before a log-in there is no audit id: the actor of a log-in is the account that logs in.
  const actor = kind === 'switch' ? switcherOf(main) : target;
  const from = sourceAddress(main);
  const program = main.columns.exe ?? undefined;
  return {
    class: 'authentication',
    activity,
    actor,
    target,
    src_ip: from,
    src_port: port(main.others['rport']),
    message: sentence([
      `${type}: ${actor ?? 'an unknown account'}`,
      target !== undefined && target !== actor ? `as ${target}` : undefined,
      from && `from ${from}`,
      program && `with ${program}`,
      outcomeWord(main),
    ]),
  };
}

function sourceAddress({ columns, others }: AuditRecord): string | undefined {
  return [columns.addr, others['hostname']].find((text) => typeof text === 'string' && isIpAddress(text)) ?? undefined;
}

function port(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : undefined;
}

const daemonActivities: Readonly<Record<string, readonly [string, string]>> = {
  DAEMON_START: ['start', 'The audit daemon started'],
  DAEMON_END: ['stop', 'The audit daemon ended'],
  DAEMON_ABORT: ['stop', 'The audit daemon stopped because of an error'],
  DAEMON_CONFIG: ['change', 'The configuration of the audit daemon changed'],
  DAEMON_ROTATE: ['rotate', 'The audit daemon rotated its log'],
  DAEMON_RESUME: ['start', 'The audit daemon resumed logging'],
};

function describeAuditing({ syscall }: AuditEvent, main: AuditRecord): Described {
  const { type, op, key } = main.columns;
  const actor = subjectOf(main) ?? (syscall && subjectOf(syscall));
  const by = actor && `by ${actor}`;
  if (type !== 'CONFIG_CHANGE') {
    const [activity, text] = daemonActivities[type ?? ''] ?? ['other', `The audit daemon wrote ${type}`];
    return { class: 'event_log_activity', activity, actor, target: 'auditd', message: sentence([text, by]) };
  }
  const target = key ?? main.others['path'];
  const setting = Object.entries(main.others).find(([name]) => name.startsWith('audit_'));
  const what = [op ?? undefined, target, setting?.join('=')].filter((part) => part !== undefined).join(' ');
  return {
    class: 'event_log_activity',
    activity: 'change',
    actor,
    target: target ?? setting?.[0],
    message: sentence([`The audit configuration changed: ${what}`, by, outcomeWord(main)]),
  };
}

function describeLoss(main: AuditRecord): Described {
  const lost = main.others['audit_lost'];
  return {
    class: 'event_log_activity',
    activity: 'loss',
    target: 'auditd',
    message: `The kernel counts ${lost} lost audit records.`,
  };
}

function describeCommand(main: AuditRecord): Described {
  const actor = subjectOf(main) ?? main.columns.acct ?? undefined;
  const command = main.others['cmd'];
  return {
    class: 'process_activity',
    activity: 'launch',
    actor,
    target: command,
    message: sentence([`${actor ?? 'An unknown account'} ran ${command ?? 'a command'} with sudo`, outcomeWord(main)]),
  };
}

const managements: Readonly<Record<string, readonly [string, string]>> = {
  ADD_USER: ['user_management', 'create'],
  DEL_USER: ['user_management', 'delete'],
  USER_MGMT: ['user_management', 'change'],
  USER_CHAUTHTOK: ['user_management', 'password_change'],
  ACCT_LOCK: ['user_management', 'lock'],
  ACCT_UNLOCK: ['user_management', 'unlock'],
  ADD_GROUP: ['group_management', 'create'],
  DEL_GROUP: ['group_management', 'delete'],
  GRP_MGMT: ['group_management', 'change'],
  GRP_CHAUTHTOK: ['group_management', 'password_change'],
  ROLE_ASSIGN: ['user_management', 'change'],
  ROLE_REMOVE: ['user_management', 'change'],
};

function describeManagement(main: AuditRecord, type: string): Described {
  const [eventClass = 'user_management', activity = 'change'] = managements[type] ?? [];
  const actor = subjectOf(main);
  const target = main.columns.acct ?? accountOf(main, 'id') ?? main.others['grp'];
  const { op } = main.columns;
  return {
    class: eventClass,
    activity,
    actor,
    target,
    src_ip: sourceAddress(main),
    message: sentence([
      `${type}: ${op ?? activity}`,
      target && `of ${target}`,
      actor && `by ${actor}`,
      outcomeWord(main),
    ]),
  };
}

function describeAccess({ syscall, paths }: AuditEvent, main: AuditRecord): Described {
  const { columns, others } = main;
  const activity = others['seresult'] ?? 'other';
  const actor = subjectOf(main) ?? (syscall && subjectOf(syscall)) ?? columns.comm ?? others['scontext'];
  const target = others['path'] ?? columns.name ?? paths[0]?.columns.name ?? others['tcontext'];
  return {
    class: 'access_control',
    activity,
    actor,
    target,
    message: sentence([
      `${columns.type}: ${activity} ${others['seperms'] ?? ''}`.trimEnd(),
      others['tclass'] && `of ${others['tclass']}`,
      target && `on ${target}`,
      columns.comm && `for ${columns.comm}`,
    ]),
  };
}

const configurations: Readonly<Record<string, readonly [string, string]>> = {
  MAC_STATUS: ['configuration_change', 'change'],
  MAC_POLICY_LOAD: ['configuration_change', 'change'],
  MAC_CONFIG_CHANGE: ['configuration_change', 'change'],
  USYS_CONFIG: ['configuration_change', 'change'],
  NETFILTER_CFG: ['configuration_change', 'change'],
  SERVICE_START: ['service_activity', 'start'],
  SERVICE_STOP: ['service_activity', 'stop'],
  SYSTEM_BOOT: ['system_activity', 'start'],
  SYSTEM_SHUTDOWN: ['system_activity', 'stop'],
  SYSTEM_RUNLEVEL: ['system_activity', 'change'],
};

function describeConfiguration(event: AuditEvent, main: AuditRecord): Described {
  const [eventClass, activity] = configurations[main.columns.type ?? ''] ?? [];
  const target = main.others['unit'] ?? main.others['table'] ?? undefined;
  return { ...describeOther(event, main), class: eventClass, activity, target };
}

function describeOther({ syscall }: AuditEvent, main: AuditRecord): Described {
  const { columns, others } = main;
  const type = columns.type ?? '';
  const actor = subjectOf(main) ?? (syscall && subjectOf(syscall));
  const exe = columns.exe ?? syscall?.columns.exe;
  const isFinding = type.startsWith('ANOM_') || type.startsWith('RESP_');
  return {
    class: isFinding ? 'detection_finding' : undefined,
    activity: isFinding ? type.toLowerCase() : undefined,
    actor,
    src_ip: sourceAddress(main),
    message: sentence([
      [type, columns.op ?? others['text'] ?? others['unit']].filter((part) => part).join(': '),
      actor && `by ${actor}`,
      exe && `with ${exe}`,
      outcomeWord(main),
    ]),
  };
}

function outcomeWord({ columns }: AuditRecord): string | undefined {
  return typeof columns.success === 'boolean' ? `(${columns.success ? 'success' : 'failure'})` : undefined;
}

/** Joins the parts that are there with spaces and ends with a full stop. */
export function sentence(parts: readonly (string | null | undefined | false)[]): string {
  return `${parts.filter((part) => part).join(' ')}.`;
}
