/** What the type of a record says about its event. */
import { internalized } from '../framing/name-table.ts';
import type { Key } from './keys.ts';

/** Records that only go with others. BPRM_FCAPS and the like explain a system call. */
const COMPANIONS = new Set(
  (
    'SYSCALL PATH CWD PROCTITLE EXECVE SOCKADDR SOCKETCALL EOE BPRM_FCAPS CAPSET IPC IPC_SET_PERM OBJ_PID FD_PAIR ' +
    'MMAP MQ_OPEN MQ_SENDRECV MQ_NOTIFY MQ_GETSETATTR OPENAT2 TIME_INJOFFSET TIME_ADJNTPVAL KERN_MODULE URINGOP ' +
    'MAC_TASK_CONTEXTS MAC_OBJ_CONTEXTS'
  ).split(' '),
);

/** Types that user space writes: each is an event by itself. */
const SINGLE =
  /^(?:USER|DAEMON|CRED|ADD|DEL|GRP|SERVICE|SYSTEM|ACCT|CHGRP|CHUSER|ROLE|USYS|CRYPTO|VIRT|LABEL|RESP|DEV)_/;

/** A type, made once for each name. */
export class RecordType {
  static readonly none = new RecordType('');
  readonly isSingle: boolean;
  readonly isExecve: boolean;
  readonly isPath: boolean;
  /** The lower, the more a record says what its event is; of equals the first counts. */
  readonly rank: number;
  /** Keys of the last line of this type; `Fields` fills it. */
  readonly expected: Key[] = [];

  readonly name: string;

  constructor(name: string) {
    this.name = internalized(name);
    this.isSingle = SINGLE.test(name);
    this.isExecve = name === 'EXECVE';
    this.isPath = name === 'PATH';
    this.rank = !COMPANIONS.has(name) ? 0 : name === 'SYSCALL' ? 1 : 2;
  }
}
