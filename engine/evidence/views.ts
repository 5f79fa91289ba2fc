/**
 * The views that controls and people read. Evidence names a system as it can: by host name in a log, by address in a
 * scan. The views give it the name the inventory has for it; where the inventory has none, the name stays as it is.
 */

interface View {
  readonly name: string;
  readonly means: string;
  readonly sql: string;
}

/** `system` resolved by name alone. */
function namedView(table: string): string {
  return `SELECT e.* REPLACE (coalesce(n.system, e.system) AS system)
    FROM evidence.${table} e LEFT JOIN system_names n ON n.name = lower(e.system)`;
}

/** `system` resolved by name, else by address; an address nobody knows stands for itself. */
function addressedView(table: string): string {
  return `SELECT e.* REPLACE (coalesce(n.system, a.system, e.system, e.address) AS system)
    FROM evidence.${table} e
    LEFT JOIN system_names n ON n.name = lower(e.system)
    LEFT JOIN system_names a ON a.name = lower(e.address)`;
}

/** All views of the schema `main`, in an order in which each can be made. */
export const evidenceViews: readonly View[] = [
  {
    name: 'system_names',
    means: 'every name and address of a system in the inventory, lower case; a name two systems claim is nobody’s',
    sql: `SELECT name, min(system) AS system
      FROM (SELECT lower(system) AS name, system FROM evidence.systems
            UNION SELECT lower(unnest(addresses)) AS name, system FROM evidence.systems)
      GROUP BY name HAVING count(DISTINCT system) = 1`,
  },
  ...['systems', 'authorized_ports', 'auditd_records', 'syslog_records', 'cloudtrail_records', 'scans'].map((name) => ({
    name,
    means: 'as the evidence has it',
    sql: `SELECT * FROM evidence.${name}`,
  })),
  ...['events', 'tickets', 'stream_hours'].map((name) => ({
    name,
    means: 'with the system as the inventory names it',
    sql: namedView(name),
  })),
  ...['scan_targets', 'open_ports', 'tls_endpoints', 'certificates'].map((name) => ({
    name,
    means: 'with the system as the inventory names it, found by name or address',
    sql: addressedView(name),
  })),
];

/** The statements that make the views. */
export function viewStatements(): readonly string[] {
  return evidenceViews.map(({ name, sql }) => `CREATE VIEW ${name} AS ${sql}`);
}
