/**
 * Firewalls as tables, from the configuration of iptables, nftables and firewalld. What the columns mean stands in
 * docs/formats/iptables.md, "Views"; what is evaluated there was evaluated when the file was imported.
 */

const chainKinds = `('chain', 'zone')`;
const text = (member: string): string => `json_extract_string(configuration, '$.${member}')`;

/**
 * One row a chain (a zone of firewalld): system, captured, tool family, table, chain, hook, policy, final_verdict
 * (accept, drop, undecidable; NULL for chains that only others call), reason, rules (how many), citation.
 */
export const firewallChains = `
  SELECT system, captured, ${text('family')} AS family, ${text('table')} AS "table", ${text('chain')} AS chain,
    ${text('type')} AS type, ${text('hook')} AS hook, CAST(${text('priority')} AS INTEGER) AS priority,
    ${text('policy')} AS policy, ${text('final_verdict')} AS final_verdict, ${text('reason')} AS reason,
    source_id, record
  FROM config_items
  WHERE resource_type = 'firewall' AND provider = 'linux' AND ${text('kind')} IN ${chainKinds}`;

/**
 * One row a rule, case and stretch of ports: system, captured, family, table, chain, position (from 1), source,
 * destination, protocol, port_from, port_to (NULL: any), in_interface, states, verdict, target, limit, undecided (what
 * may or may not match), open_to_world (NULL: perhaps, or it does not accept), text, citation.
 */
export const firewallRules = `
  WITH rules AS (
    SELECT system, captured, ${text('family')} AS family, ${text('table')} AS "table", ${text('chain')} AS chain,
      CAST(${text('position')} AS INTEGER) AS position, ${text('text')} AS text, ${text('limit')} AS rule_limit,
      unnest(CAST(json_extract(configuration, '$.cases') AS JSON[])) AS one, source_id, record
    FROM config_items
    WHERE resource_type = 'firewall_rule' AND provider = 'linux' AND ${text('kind')} = 'rule'
  ),
  stretches AS (
    SELECT *, unnest(coalesce(CAST(json_extract(one, '$.ports') AS JSON[]), [CAST(NULL AS JSON)])) AS ports FROM rules
  )
  SELECT system, captured, family, "table", chain, position,
    one ->> '$.source' AS source, one ->> '$.destination' AS destination, one ->> '$.protocol' AS protocol,
    CAST(ports ->> '$.from' AS INTEGER) AS port_from, CAST(ports ->> '$.to' AS INTEGER) AS port_to,
    one ->> '$.in_interface' AS in_interface, one ->> '$.states' AS states, one ->> '$.verdict' AS verdict,
    one ->> '$.target' AS target, coalesce(rule_limit, one ->> '$.limit') AS "limit",
    one ->> '$.undecided' AS undecided, CAST(one ->> '$.open_to_world' AS BOOLEAN) AS open_to_world, text,
    source_id, record
  FROM stretches`;

/**
 * One row a stretch of ports of a protocol that new connections may reach: system, captured, tool, hook (input: the
 * system itself; forward: through it), family (4, 6), protocol, port_from, port_to (NULL for protocols without ports),
 * sources (addresses), interfaces, verdict (accept, undecidable), open_to_world, citation. A rule set that could not be
 * evaluated, or lacks the chains, has one row with the verdict undecidable and the reason in not_evaluated.
 */
export const firewallReach = `
  WITH sets AS (
    SELECT system, captured, ${text('tool')} AS tool, ${text('not_evaluated')} AS not_evaluated,
      CAST(json_extract(configuration, '$.reach') AS JSON[]) AS reach, source_id, record
    FROM config_items
    WHERE resource_type = 'firewall' AND provider = 'linux' AND ${text('kind')} = 'ruleset'
  ),
  entries AS (
    SELECT * EXCLUDE (reach, not_evaluated), unnest(reach) AS one, CAST(NULL AS VARCHAR) AS not_evaluated FROM sets
    UNION ALL BY NAME
    SELECT * EXCLUDE (reach), CAST(NULL AS JSON) AS one FROM sets WHERE not_evaluated IS NOT NULL
  )
  SELECT system, captured, tool, one ->> '$.hook' AS hook, CAST(one ->> '$.family' AS INTEGER) AS family,
    one ->> '$.protocol' AS protocol, CAST(one ->> '$.port_from' AS INTEGER) AS port_from,
    CAST(one ->> '$.port_to' AS INTEGER) AS port_to, CAST(json_extract(one, '$.sources') AS VARCHAR[]) AS sources,
    CAST(json_extract(one, '$.interfaces') AS VARCHAR[]) AS interfaces,
    coalesce(one ->> '$.verdict', 'undecidable') AS verdict,
    CAST(one ->> '$.open_to_world' AS BOOLEAN) AS open_to_world, not_evaluated, source_id, record
  FROM entries`;
