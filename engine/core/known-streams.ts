/**
 * The streams that evidence can belong to: those of the formats, and the scanners that write nmap's XML under their own
 * name. A need of the inventory that is none of them can never be met.
 */
export const knownStreams: readonly string[] = [
  'alertmanager',
  'auditd',
  'azure',
  'clock',
  'cloudtrail',
  'cloudtrail-digest',
  'entra',
  'fluent-bit',
  'github',
  'journald',
  'k8s',
  'kernel',
  'masscan',
  'nmap',
  'okta',
  'opa',
  'prometheus',
  'syslog',
  'teleport',
  'usbguard',
  'vault',
  'vpcflow',
];
