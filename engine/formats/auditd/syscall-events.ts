/** Events of the audit rules: a system call with its paths, address or command line. */
import type { DescribedEvent } from './event.ts';
import type { Described } from './described.ts';
import { slots } from './keys.ts';
import { subjectOf } from './people.ts';
import type { DescribedRecord } from './audit-record.ts';

const byClass: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  network_activity: {
    open: ['connect'],
    accept: ['accept', 'accept4'],
    listen: ['bind', 'listen'],
    traffic: ['sendto', 'sendmsg', 'recvfrom', 'recvmsg', 'sendmmsg', 'recvmmsg'],
  },
  file_activity: {
    open: ['open', 'openat', 'openat2', 'creat', 'open_by_handle_at'],
    delete: ['unlink', 'unlinkat', 'rmdir'],
    rename: ['rename', 'renameat', 'renameat2'],
    link: ['link', 'linkat', 'symlink', 'symlinkat'],
    create: ['mkdir', 'mkdirat', 'mknod', 'mknodat'],
    change: ['truncate', 'ftruncate', 'write', 'utime', 'utimes', 'utimensat'],
    set_security: ['chmod', 'fchmod', 'fchmodat', 'fchmodat2', 'chown', 'fchown', 'lchown', 'fchownat'],
    set_attributes: ['setxattr', 'lsetxattr', 'fsetxattr', 'removexattr', 'lremovexattr', 'fremovexattr'],
  },
  process_activity: { launch: ['execve', 'execveat'], terminate: ['kill', 'tkill', 'tgkill'], inject: ['ptrace'] },
  module_activity: { load: ['init_module', 'finit_module'], unload: ['delete_module'] },
  time_change: { change: ['adjtimex', 'settimeofday', 'clock_settime', 'clock_adjtime', 'stime'] },
};

const kinds: ReadonlyMap<string, readonly [string, string]> = new Map(
  Object.entries(byClass).flatMap(([eventClass, activities]) =>
    Object.entries(activities).flatMap(([activity, calls]) =>
      calls.map((call) => [call, [eventClass, activity]] as const),
    ),
  ),
);

/** The row of an event whose main record is SYSCALL, or EXECVE where the SYSCALL line is missing. */
export function describeSyscall(event: DescribedEvent, main: DescribedRecord): Described {
  const call = main.syscallName ?? (main.syscall === undefined ? '' : `system call ${main.syscall}`);
  const command = event.command?.text();
  const [eventClass, activity] =
    kinds.get(call) ?? (command === undefined ? ['kernel_activity', call] : kinds.get('execve')!);
  const actor = subjectOf(main);
  if (activity === 'launch') return describeLaunch(event, main, { actor, command });
  const { socket } = event;
  const address = socket?.get(slots.laddr);
  const target = pathOf(event) ?? socket?.get(slots.path) ?? address;
  const exit = main.success === false && main.exit !== undefined ? ` (exit ${main.exit})` : '';
  const outcome = main.success === false ? `, which failed${exit}` : '';
  return {
    class: eventClass,
    activity,
    actor,
    target,
    ...peer(activity, address, socket?.get(slots.lport)),
    message: `${actor ?? 'An unknown account'} called ${call}${target ? ` on ${target}` : ''} with ${main.get(slots.exe) ?? main.get(slots.comm) ?? 'an unknown program'}${outcome}.`,
  };
}

interface Launch {
  readonly actor: string | undefined;
  readonly command: string | undefined;
}

/** Where the call failed, `exe` is still the program that tried; the path is what it tried to run. */
function describeLaunch(event: DescribedEvent, main: DescribedRecord, { actor, command }: Launch): Described {
  const tried = event.paths[0]?.name;
  const target = main.success === false ? tried : (main.get(slots.exe) ?? tried);
  const message = command ?? event.proctitle ?? main.get(slots.comm);
  return { class: 'process_activity', activity: 'launch', actor, target, message };
}

function peer(activity: string | undefined, address: string | undefined, port: string | undefined): Described {
  if (address === undefined) return {};
  const portNumber = port === undefined ? undefined : Number(port);
  return activity === 'accept' ? { src_ip: address, src_port: portNumber } : { dst_ip: address, dst_port: portNumber };
}

/** The path that the call was about: the last that is no parent folder, made absolute with the working directory. */
function pathOf({ paths, cwd }: DescribedEvent): string | undefined {
  const name = (paths.findLast(({ isParent }) => !isParent) ?? paths.at(-1))?.name;
  if (name === undefined) return undefined;
  return name.startsWith('/') || cwd === undefined ? name : `${cwd.replace(/\/$/, '')}/${name.replace(/^\.\//, '')}`;
}
