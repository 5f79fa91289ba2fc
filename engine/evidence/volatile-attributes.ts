/**
 * Attributes that change by themselves, without anybody changing a configuration: when something was last used, how
 * much is in it, what an answer is called. A difference in them is told and marked, and no drift.
 */

interface VolatileAttribute {
  /** Resource type, or `*`. */
  readonly resourceType: string;
  /** Last part of the path, lower case, with `*` for any text. */
  readonly member: string;
  readonly because: string;
}

const volatile: readonly VolatileAttribute[] = [
  ...anywhere('part of the answer, not of the resource', [
    'responsemetadata*',
    'requestid',
    'nexttoken',
    'etag',
    'selflink',
    'generation',
    'resourceversion',
    'configurationitemcapturetime',
    'configurationstateid',
    'configurationstatemd5hash',
    'configurationitemmd5hash',
    'configurationitemversion',
    'relatedevents',
  ]),
  ...anywhere('when it was last used or looked at', [
    'lastused*',
    '*lastused',
    'lastaccessed*',
    'passwordlastused',
    'lastauthenticated*',
    'lastseen*',
    'laststatuscheck*',
    'laststatuschange*',
    'statusupdated*',
    'stateupdatedtimestamp',
    'statetransitionedtimestamp',
    'statereason*',
    'latestdelivery*',
    'latestnotification*',
    'latestdigestdelivery*',
    'latestcloudwatchlogsdelivery*',
  ]),
  ...anywhere('how much is in it, or went through it', [
    'itemcount',
    'tablesizebytes',
    'indexsizebytes',
    'storedbytes',
    'availableipaddresscount',
    'usedbytes',
    'freebytes',
    'packets',
    'bytes',
    'counters*',
    'handle',
  ]),
  ...only('process', 'differs from one look to the next', [
    'pid',
    'ppid',
    'time',
    'start',
    'cpu',
    'mem',
    'rss',
    'vsz',
    'stat',
    'text',
  ]),
  ...only('host', 'differs from one look to the next', [
    'ansible_memfree_mb',
    'ansible_memory_mb*',
    'ansible_uptime_seconds',
    'ansible_date_time*',
    'ansible_swapfree_mb',
    'ansible_loadavg',
  ]),
  ...only('file_system', 'how much is in it', ['used', 'available', 'use', 'use_percent']),
  ...only('socket', 'differs from one start to the next', ['pid', 'pids', 'fd', 'inode', 'recv_q', 'send_q', 'text']),
];

function anywhere(because: string, members: readonly string[]): readonly VolatileAttribute[] {
  return only('*', because, members);
}

function only(resourceType: string, because: string, members: readonly string[]): readonly VolatileAttribute[] {
  return members.map((member) => ({ resourceType, member, because }));
}

/** The list as a query: resource_type, member, because. */
export const volatileAttributes = `SELECT * FROM (VALUES ${volatile
  .map(({ resourceType, member, because }) => `('${resourceType}', '${member}', '${because}')`)
  .join(', ')}) AS v(resource_type, member, because)`;

const members = new RegExp(
  `^(?:${volatile
    .filter(({ resourceType }) => resourceType === '*')
    .map(({ member }) => member.replaceAll('*', '.*'))
    .join('|')})$`,
  'i',
);

/** True for the name of a member that changes by itself, whatever has it. */
export function isVolatileMember(name: string): boolean {
  return members.test(name);
}
