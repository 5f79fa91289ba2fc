import { auditd } from './auditd/auditd.ts';
import { azureActivity } from './azure-activity/azure-activity.ts';
import { cloudtrail } from './cloudtrail/cloudtrail.ts';
import { entraSignin } from './entra-signin/entra-signin.ts';
import { githubAudit } from './github-audit/github-audit.ts';
import { oktaSystem } from './okta-system/okta-system.ts';
import { syslog3164 } from './syslog-3164/syslog-3164.ts';
import { nmap } from './nmap/nmap.ts';
import { authorizedPorts } from './authorized-ports/authorized-ports.ts';
import { systems } from './systems/systems.ts';
import { tickets } from './tickets/tickets.ts';
import { openmetrics } from './openmetrics/openmetrics.ts';
import { prometheusApi } from './prometheus-api/prometheus-api.ts';
import { prometheusSnapshot } from './prometheus-tsdb/prometheus-snapshot.ts';
import type { AnyFormat, Format, Recognition } from './format.ts';

/** The formats of files. */
const fileFormats: readonly Format[] = [
  auditd,
  syslog3164,
  cloudtrail,
  azureActivity,
  entraSignin,
  oktaSystem,
  githubAudit,
  openmetrics,
  prometheusApi,
  nmap,
  systems,
  authorizedPorts,
  tickets,
];

/** Every format Fieldwork reads, in the order they are listed to people. */
export const formats: readonly AnyFormat[] = [...fileFormats, prometheusSnapshot];

/** The format with this id, if there is one. */
export function findFormat(id: string): AnyFormat | undefined {
  return formats.find((format) => format.id === id);
}

export interface Candidate extends Recognition {
  readonly format: Format;
}

/** All formats that could be this file, surest first. Empty: nobody knows it. */
export function recogniseFormat(head: Uint8Array): readonly Candidate[] {
  return fileFormats
    .map((format) => ({ format, ...format.recognise(head) }))
    .filter((candidate) => candidate.confidence > 0)
    .sort((a, b) => b.confidence - a.confidence);
}
