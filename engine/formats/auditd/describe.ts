/** One event as a row of `events`: class, activity, who, what, and a sentence. */
import type { Described } from './described.ts';
import { isIpAddress } from '../framing/ip-address.ts';
import type { DescribedEvent } from './event.ts';
import { slots } from './keys.ts';
import { accountOf, programKind, subjectOf, switcherOf } from './people.ts';
import type { DescribedRecord } from './audit-record.ts';
import { describeSyscall } from './syscall-events.ts';

/** Of the main record; of the system call where that one does not say. */
export function outcomeOf({ syscall }: DescribedEvent, main: DescribedRecord): string | undefined {
  const granted = main.get(slots.seresult);
  if (granted !== undefined) return granted === 'granted' ? 'success' : 'failure';
  const success = main.success ?? syscall?.success;
  return success === undefined ? undefined : success ? 'success' : 'failure';
}

/** Class, activity, who, what and a sentence; `main` is the record that says what the event is. */
export function describe(event: DescribedEvent, main: DescribedRecord): Described {
  const type = main.type.name;
  const lost = main.get(slots.audit_lost);
  if (lost !== undefined) return describeLoss(lost);
  const describer = describers.get(type) ?? describerOf(type);
  return describer(event, main, type);
}

type Describer = (event: DescribedEvent, main: DescribedRecord, type: string) => Described;

/** By record type, as far as they were met. */
const describers = new Map<string, Describer>();
const MOST_DESCRIBERS = 1000;

function describerOf(type: string): Describer {
  const describer = findDescriber(type);
  if (describers.size < MOST_DESCRIBERS) describers.set(type, describer);
  return describer;
}

function findDescriber(type: string): Describer {
  if (Object.hasOwn(authentications, type)) return (_event, main) => describeAuthentication(main, type);
  if (type.startsWith('DAEMON_') || type === 'CONFIG_CHANGE') return describeAuditing;
  if (type === 'USER_CMD') return (_event, main) => describeCommand(main);
  if (Object.hasOwn(managements, type)) return (_event, main) => describeManagement(main, type);
  if (type === 'AVC' || type === 'USER_AVC' || type === 'SELINUX_ERR') return describeAccess;
  if (Object.hasOwn(configurations, type)) return describeConfiguration;
  return type === 'SYSCALL' || type === 'EXECVE' ? describeSyscall : describeOther;
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

function describeAuthentication(main: DescribedRecord, type: string): Described {
  const kind = programKind(main.get(slots.exe));
  const plain = authentications[type] ?? 'other';
  const activity = sessions[kind]?.[plain] ?? plain;
  const account =
    main.get(slots.acct) ?? accountOf(main, 'id') ?? (type === 'LOGIN' ? accountOf(main, 'auid') : undefined);
  const target = account ?? subjectOf(main);
  // Before a log-in there is no audit id: the actor of a log-in is the account that logs in.
  const actor = kind === 'switch' ? switcherOf(main) : target;
  const from = sourceAddress(main);
  const program = main.get(slots.exe);
  return {
    class: 'authentication',
    activity,
    actor,
    target,
    src_ip: from,
    src_port: port(main.get(slots.rport)),
    message: sentence([
      `${type}: ${actor ?? 'an unknown account'}`,
      target !== undefined && target !== actor ? `as ${target}` : undefined,
      from && `from ${from}`,
      program && `with ${program}`,
      outcomeWord(main),
    ]),
  };
}

function sourceAddress(audit: DescribedRecord): string | undefined {
  const addr = audit.get(slots.addr);
  if (addr !== undefined && isIpAddress(addr)) return addr;
  const hostname = audit.get(slots.hostname);
  return hostname !== undefined && isIpAddress(hostname) ? hostname : undefined;
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

function describeAuditing({ syscall }: DescribedEvent, main: DescribedRecord): Described {
  const type = main.type.name;
  const actor = subjectOf(main) ?? (syscall && subjectOf(syscall));
  const by = actor && `by ${actor}`;
  if (type !== 'CONFIG_CHANGE') {
    const [activity, text] = daemonActivities[type] ?? ['other', `The audit daemon wrote ${type}`];
    return { class: 'event_log_activity', activity, actor, target: 'auditd', message: sentence([text, by]) };
  }
  const { setting, oldSetting } = main;
  if (setting?.[0] === 'lost' && isCount(oldSetting)) return { ...describeLoss(oldSetting), actor };
  const target = main.get(slots.key) ?? main.get(slots.path);
  const what = [main.get(slots.op), target, setting?.join('=')].filter((part) => part !== undefined).join(' ');
  const before = setting && oldSetting !== undefined ? `(it was ${oldSetting})` : undefined;
  return {
    class: 'event_log_activity',
    activity: setting?.[0] === 'audit_enabled' ? (setting[1] === '0' ? 'disable' : 'enable') : 'change',
    actor,
    target: target ?? setting?.[0],
    message: sentence([`The audit configuration changed: ${what}`, before, by, outcomeWord(main)]),
  };
}

/** Records were lost: the count that is set back to 0 was none. */
function isCount(lost: string | undefined): lost is string {
  return lost !== undefined && /^[1-9]\d*$/.test(lost);
}

function describeLoss(lost: string): Described {
  return {
    class: 'event_log_activity',
    activity: 'loss',
    target: 'auditd',
    message: `The kernel counts ${lost} lost audit records.`,
  };
}

function describeCommand(main: DescribedRecord): Described {
  const actor = subjectOf(main) ?? main.get(slots.acct);
  const command = main.get(slots.cmd);
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

function describeManagement(main: DescribedRecord, type: string): Described {
  const [eventClass = 'user_management', activity = 'change'] = managements[type] ?? [];
  const actor = subjectOf(main);
  const target = main.get(slots.acct) ?? accountOf(main, 'id') ?? main.get(slots.grp);
  return {
    class: eventClass,
    activity,
    actor,
    target,
    src_ip: sourceAddress(main),
    message: sentence([
      `${type}: ${main.get(slots.op) ?? activity}`,
      target && `of ${target}`,
      actor && `by ${actor}`,
      outcomeWord(main),
    ]),
  };
}

function describeAccess({ syscall, paths }: DescribedEvent, main: DescribedRecord): Described {
  const activity = main.get(slots.seresult) ?? 'other';
  const comm = main.get(slots.comm);
  const kind = main.get(slots.tclass);
  const actor = subjectOf(main) ?? (syscall && subjectOf(syscall)) ?? comm ?? main.get(slots.scontext);
  const target = main.get(slots.path) ?? main.get(slots.name) ?? paths[0]?.name ?? main.get(slots.tcontext);
  return {
    class: 'access_control',
    activity,
    actor,
    target,
    message: sentence([
      `${main.type.name}: ${activity} ${main.get(slots.seperms) ?? ''}`.trimEnd(),
      kind && `of ${kind}`,
      target && `on ${target}`,
      comm && `for ${comm}`,
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

function describeConfiguration(event: DescribedEvent, main: DescribedRecord): Described {
  const [eventClass, activity] = configurations[main.type.name] ?? [];
  const target = main.get(slots.unit) ?? main.get(slots.table);
  return { ...describeOther(event, main), class: eventClass, activity, target };
}

function describeOther({ syscall }: DescribedEvent, main: DescribedRecord): Described {
  const type = main.type.name;
  const actor = subjectOf(main) ?? (syscall && subjectOf(syscall));
  const exe = main.get(slots.exe) ?? syscall?.get(slots.exe);
  const isFinding = type.startsWith('ANOM_') || type.startsWith('RESP_');
  return {
    class: isFinding ? 'detection_finding' : undefined,
    activity: isFinding ? type.toLowerCase() : undefined,
    actor,
    src_ip: sourceAddress(main),
    message: sentence([
      [type, main.get(slots.op) ?? main.get(slots.text) ?? main.get(slots.unit)].filter((part) => part).join(': '),
      actor && `by ${actor}`,
      exe && `with ${exe}`,
      outcomeWord(main),
    ]),
  };
}

function outcomeWord({ success }: DescribedRecord): string | undefined {
  return success === undefined ? undefined : `(${success ? 'success' : 'failure'})`;
}

/** Joins the parts that are there with spaces and ends with a full stop. */
function sentence(parts: readonly (string | null | undefined | false)[]): string {
  let text = '';
  for (const part of parts) if (part) text = text === '' ? part : `${text} ${part}`;
  return `${text}.`;
}
