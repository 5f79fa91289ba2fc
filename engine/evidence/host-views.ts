/**
 * What `config_items` say of hosts, a column a member, so that controls need not know how each command writes it. Every
 * row is one resource at one look and cites its record. docs/formats/host-facts.md lists the columns.
 */

/** A member of the configuration as text, in SQL. */
const member = (name: string): string => `json_extract_string(configuration, '$."${name}"')`;
const number = (name: string): string => `TRY_CAST(${member(name)} AS BIGINT)`;
const flag = (name: string): string => `TRY_CAST(${member(name)} AS BOOLEAN)`;
/** A list of texts, joined. */
const list = (name: string): string => `json_extract(configuration, '$."${name}"')`;

/** The first of two addresses is one that other hosts cannot reach. */
const isLoopback = (address: string): string =>
  `(${address} LIKE '127.%' OR ${address} IN ('::1', 'localhost', 'localhost.localdomain') OR ${address} LIKE '::ffff:127.%')`;

/** What cannot be read as JSON (a mapped table may hold it) gives NULL, never an error of the whole view. */
const readable = `(SELECT * REPLACE (CASE WHEN json_valid(configuration) THEN configuration END AS configuration) FROM config_items)`;

const citation = 'source_id, record, system, captured';

function of(type: string, columns: string, where = 'true'): string {
  return `SELECT ${citation}, ${columns} FROM ${readable} WHERE resource_type = '${type}' AND ${where}`;
}

/**
 * Sockets that listen, of internet protocols. open_to_network: bound to an address that is not the loopback; NULL where
 * the address is not known. process, pid and user are NULL where the command did not show them; port is NULL where it is
 * named (service), as without -n.
 */
const listeningSockets = of(
  'socket',
  `${member('protocol')} AS protocol, ${member('local_address')} AS address, ${number('local_port')} AS port,
    ${member('local_service')} AS service,
    ${member('process')} AS process, ${number('pid')} AS pid, ${member('user')} AS user,
    NOT ${isLoopback(member('local_address'))} AS open_to_network, resource_id`,
  `${flag('listening')} AND ${member('local_address')} IS NOT NULL`,
);

/**
 * Disks, partitions, mappings, headers of encryption. encrypted: it holds, or is part of, something encrypted; NULL where
 * the output does not say. cipher, key_bits and tpm2 come from cryptsetup.
 */
const blockDevices = of(
  'block_device',
  `coalesce(${member('name')}, resource_name) AS name, ${member('type')} AS type, ${member('size')} AS size,
    coalesce(${member('mounted_at')}, ${member('mountpoint')}) AS mountpoint, ${member('fstype')} AS fstype,
    ${flag('encrypted')} AS encrypted, ${member('cipher')} AS cipher, ${number('key_bits')} AS key_bits,
    ${flag('tpm2')} AS tpm2, resource_id`,
);

/**
 * Rules of the kernel's audit in their order. kind: watch, syscall, control, none (nothing was loaded). loaded: listed by
 * auditctl, else of a file; NULL where that cannot be seen. syscalls and keys are JSON lists.
 */
const auditRules = of(
  'audit_rules',
  `${member('kind')} AS kind, ${member('list')} AS list, ${member('action')} AS action, ${list('syscalls')} AS syscalls,
    ${member('path')} AS path, ${member('permissions')} AS permissions, ${member('keys')} AS key,
    ${flag('loaded')} AS loaded, ${member('text')} AS text`,
);

/** SELinux and AppArmor. mode: as it is; config_mode: as it is to be after the next start. Users of SELinux are not in it. */
const accessControl = of(
  'mandatory_access_control',
  `${member('kind')} AS kind, lower(${member('mode')}) AS mode, lower(${member('config_mode')}) AS config_mode`,
  `${member('kind')} IN ('selinux', 'apparmor')`,
);

/** Kernel, OpenSSL and operating system, each where its record says so. */
const hostVersions = of(
  'host',
  `coalesce(${member('kernel_release')}, ${member('kernel')}) AS kernel,
    CASE WHEN ${member('product')} = 'OpenSSL' THEN ${member('version')} END AS openssl,
    coalesce(${member('PRETTY_NAME')}, ${member('NAME')},
      nullif(concat_ws(' ', ${member('distribution')}, ${member('distribution_version')}), '')) AS os`,
);

const processes = of(
  'process',
  `coalesce(${member('command')}, ${member('cmd')}, ${member('args')}, ${member('cmdline')}) AS command,
    ${number('pid')} AS pid, ${number('ppid')} AS ppid, coalesce(${member('user')}, ${member('uid')}) AS user`,
);

/** In an order in which each can be made; `config_items` must be there. */
export const hostViews = [
  {
    name: 'listening_sockets',
    means: 'sockets of hosts that listened: protocol, address, port, process, and whether other hosts could reach them',
    sql: listeningSockets,
  },
  {
    name: 'block_devices',
    means: 'disks, partitions, mappings and headers of encryption: type, mount point, cipher, key size, TPM',
    sql: blockDevices,
  },
  {
    name: 'audit_rules',
    means: 'rules of the kernel’s audit, loaded or of a file: watches, system calls, keys',
    sql: auditRules,
  },
  {
    name: 'mandatory_access_control',
    means: 'SELinux and AppArmor: the mode that was in force, and the one after the next start',
    sql: accessControl,
  },
  { name: 'host_versions', means: 'versions of kernel, OpenSSL and operating system', sql: hostVersions },
  { name: 'processes', means: 'processes that ran', sql: processes },
] as const;
