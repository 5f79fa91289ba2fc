import type { Adapter } from '../adapter.ts';
import { compareAuditRules } from './host-facts/audit-rules.ts';
import { compareHostAsserts } from './host-facts/asserts.ts';
import { compareJc } from './host-facts/jc.ts';
import { compareSockets } from './host-facts/sockets.ts';

/**
 * Outputs of commands: what jc makes of them, what Insights' tests say of them, and two views of one moment (ss beside
 * /proc/net, a rules file beside what auditctl lists).
 */
export const hostFacts: Adapter = {
  folders: ['host-facts', 'host-config', 'listening-ports', 'auditd-rules', 'selinux'],
  compare: (folder) =>
    Promise.resolve([
      ...compareJc(folder),
      ...compareHostAsserts(folder),
      ...compareSockets(folder),
      ...compareAuditRules(folder),
    ]),
};
