import { accessReviews } from './access-reviews/access-reviews.ts';
import { accounts } from './accounts/accounts.ts';
import { auditd } from './auditd/auditd.ts';
import { azureActivity } from './azure-activity/azure-activity.ts';
import { baselines } from './baselines/baselines.ts';
import { chrony } from './chrony/chrony.ts';
import { cloudtrailDigest } from './cloudtrail-digest/cloudtrail-digest.ts';
import { cloudtrailKeys } from './cloudtrail-keys/cloudtrail-keys.ts';
import { cloudtrail } from './cloudtrail/cloudtrail.ts';
import { entraSignin } from './entra-signin/entra-signin.ts';
import { genericCsv } from './generic/generic-csv.ts';
import { genericJson } from './generic/generic-json.ts';
import { githubAudit } from './github-audit/github-audit.ts';
import { ntpd } from './ntpd/ntpd.ts';
import { oktaSystem } from './okta-system/okta-system.ts';
import { syslog3164 } from './syslog-3164/syslog-3164.ts';
import { nmap } from './nmap/nmap.ts';
import { authorizedPorts } from './authorized-ports/authorized-ports.ts';
import { timedatectl } from './timedatectl/timedatectl.ts';
import { vpcFlow } from './vpc-flow/vpc-flow.ts';
import { w32tm } from './w32tm/w32tm.ts';
import { systems } from './systems/systems.ts';
import { tickets } from './tickets/tickets.ts';
import { openmetrics } from './openmetrics/openmetrics.ts';
import { prometheusApi } from './prometheus-api/prometheus-api.ts';
import { prometheusSnapshot } from './prometheus-tsdb/prometheus-snapshot.ts';
import { alertmanager } from './alertmanager/alertmanager.ts';
import { dmesg } from './dmesg/dmesg.ts';
import { fluentBit } from './fluent-bit/fluent-bit.ts';
import { journald } from './journald/journald.ts';
import { k8sAudit } from './k8s-audit/k8s-audit.ts';
import { opaDecisions } from './opa-decisions/opa-decisions.ts';
import { syslog5424 } from './syslog-5424/syslog-5424.ts';
import { teleportAudit } from './teleport-audit/teleport-audit.ts';
import { usbguard } from './usbguard/usbguard.ts';
import { vaultAudit } from './vault-audit/vault-audit.ts';
import { isJson } from './framing/json-or-csv.ts';
import { awsCli } from './aws-cli/aws-cli.ts';
import { awsConfig } from './aws-config/aws-config.ts';
import { hdf } from './hdf/hdf.ts';
import { hostFacts } from './host-facts/host-facts.ts';
import { kubeBench } from './kube-bench/kube-bench.ts';
import { lynis } from './lynis/lynis.ts';
import { powerpipe } from './powerpipe/powerpipe.ts';
import { prowlerOcsf } from './prowler-ocsf/prowler-ocsf.ts';
import { aide } from './aide/aide.ts';
import { sslscan } from './sslscan/sslscan.ts';
import { terraform } from './terraform/terraform.ts';
import { testssl } from './testssl/testssl.ts';
import { tripwire } from './tripwire/tripwire.ts';
import { firewalld } from './firewalld/firewalld.ts';
import { iptables } from './iptables/iptables.ts';
import { nftables } from './nftables/nftables.ts';
import { grype } from './grype/grype.ts';
import { nessus } from './nessus/nessus.ts';
import { sarif } from './sarif/sarif.ts';
import { trivy } from './trivy/trivy.ts';
import { xccdf } from './xccdf/xccdf.ts';
import type { AnyFormat, Format, Recognition } from './format.ts';

/** The formats of files. */
const fileFormats: readonly Format[] = [
  auditd,
  syslog3164,
  syslog5424,
  journald,
  dmesg,
  fluentBit,
  opaDecisions,
  cloudtrail,
  cloudtrailDigest,
  cloudtrailKeys,
  vpcFlow,
  azureActivity,
  entraSignin,
  oktaSystem,
  githubAudit,
  k8sAudit,
  vaultAudit,
  teleportAudit,
  usbguard,
  alertmanager,
  openmetrics,
  prometheusApi,
  chrony,
  ntpd,
  timedatectl,
  w32tm,
  nmap,
  sslscan,
  testssl,
  nessus,
  trivy,
  grype,
  sarif,
  aide,
  tripwire,
  xccdf,
  lynis,
  kubeBench,
  prowlerOcsf,
  powerpipe,
  hdf,
  awsConfig,
  awsCli,
  iptables,
  nftables,
  firewalld,
  hostFacts,
  terraform,
  systems,
  authorizedPorts,
  tickets,
  accounts,
  accessReviews,
  baselines,
  genericCsv,
  genericJson,
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

/** The format that reads a file of no format of its own with a mapping, by how it begins. */
export function mappedFormat(head: Uint8Array): Format {
  const first = Buffer.from(head.subarray(0, 64))
    .toString('utf8')
    // In UTF-16 there are zeros, and a mark that is no UTF-8.
    .replace(/[\ufeff\ufffd\0]/g, '')
    .trimStart()[0];
  return first === '{' || first === '[' ? genericJson : genericCsv;
}

/** Of JSON so much is shown to every format; all of the head only to those that it tells something, where one is sure. */
const SHORT_HEAD_BYTES = 8 * 1024;
/** Nearly every record is one of the format. */
const SURE = 0.97;

/**
 * All formats that could be this file, surest first. Empty: nobody knows it. JSON is read once by each format that is
 * asked, which for thousands of small files would take as long as importing them. So where one format is sure of all of
 * the head, those that see nothing of their own in its first records are not asked about the rest.
 */
export function recogniseFormat(head: Uint8Array): readonly Candidate[] {
  if (head.length <= SHORT_HEAD_BYTES || !isJson(head)) return candidates(fileFormats, head);
  const possible = candidates(fileFormats, head.subarray(0, SHORT_HEAD_BYTES)).map(({ format }) => format);
  const found = candidates(possible, head);
  return found[0] && found[0].confidence >= SURE ? found : candidates(fileFormats, head);
}

function candidates(asked: readonly Format[], head: Uint8Array): readonly Candidate[] {
  return asked
    .map((format) => ({ format, ...format.recognise(head) }))
    .filter((candidate) => candidate.confidence > 0)
    .sort((a, b) => b.confidence - a.confidence);
}
