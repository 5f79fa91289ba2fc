/**
 * The streams that evidence can belong to: those of the formats, and the scanners that write nmap's XML under their own
 * name. A need of the inventory that is none of them can never be met.
 */
export const knownStreams: readonly string[] = ['auditd', 'cloudtrail', 'masscan', 'nmap', 'prometheus', 'syslog'];
