import type { Adapter } from '../adapter.ts';
import { aide } from './aide.ts';
import { alertmanager } from './alertmanager.ts';
import { auditd } from './auditd.ts';
import { aws } from './aws.ts';
import { azure } from './azure-activity.ts';
import { chrony } from './chrony.ts';
import { cloudtrail } from './cloudtrail.ts';
import { dmesg } from './dmesg.ts';
import { entra } from './entra-signin.ts';
import { firewall } from './firewall.ts';
import { fluentBit } from './fluent-bit.ts';
import { github } from './github-audit.ts';
import { grype } from './grype.ts';
import { hostFacts } from './host-facts.ts';
import { journald } from './journald.ts';
import { k8sAudit } from './k8s-audit.ts';
import { kubeBench } from './kube-bench.ts';
import { lynis } from './lynis.ts';
import { nessus } from './nessus.ts';
import { nmap } from './nmap.ts';
import { ntp } from './ntp.ts';
import { okta } from './okta.ts';
import { opa } from './opa.ts';
import { openmetrics } from './openmetrics.ts';
import { openscap } from './openscap.ts';
import { prometheusApi } from './prometheus-api.ts';
import { prometheusTsdb } from './prometheus-tsdb.ts';
import { sslscan } from './sslscan.ts';
import { syslog } from './syslog.ts';
import { teleport } from './teleport-audit.ts';
import { testssl } from './testssl.ts';
import { tickets } from './tickets.ts';
import { timesyncd } from './timesyncd.ts';
import { trivy } from './trivy.ts';
import { tripwire } from './tripwire.ts';
import { usbguard } from './usbguard.ts';
import { vpcFlow } from './vpcflow.ts';

/** Every adapter, one line each. */
export const adapters: readonly Adapter[] = [
  aide,
  alertmanager,
  auditd,
  aws,
  azure,
  chrony,
  cloudtrail,
  dmesg,
  entra,
  firewall,
  fluentBit,
  github,
  grype,
  hostFacts,
  journald,
  k8sAudit,
  kubeBench,
  lynis,
  nessus,
  nmap,
  ntp,
  okta,
  opa,
  openmetrics,
  openscap,
  prometheusApi,
  prometheusTsdb,
  sslscan,
  syslog,
  teleport,
  testssl,
  tickets,
  timesyncd,
  trivy,
  tripwire,
  usbguard,
  vpcFlow,
];
