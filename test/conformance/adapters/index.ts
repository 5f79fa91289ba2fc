import type { Adapter } from '../adapter.ts';
import { alertmanager } from './alertmanager.ts';
import { auditd } from './auditd.ts';
import { azure } from './azure-activity.ts';
import { chrony } from './chrony.ts';
import { cloudtrail } from './cloudtrail.ts';
import { dmesg } from './dmesg.ts';
import { entra } from './entra-signin.ts';
import { fluentBit } from './fluent-bit.ts';
import { github } from './github-audit.ts';
import { journald } from './journald.ts';
import { k8sAudit } from './k8s-audit.ts';
import { nmap } from './nmap.ts';
import { ntp } from './ntp.ts';
import { okta } from './okta.ts';
import { opa } from './opa.ts';
import { openmetrics } from './openmetrics.ts';
import { prometheusApi } from './prometheus-api.ts';
import { prometheusTsdb } from './prometheus-tsdb.ts';
import { syslog } from './syslog.ts';
import { teleport } from './teleport-audit.ts';
import { tickets } from './tickets.ts';
import { timesyncd } from './timesyncd.ts';
import { usbguard } from './usbguard.ts';
import { vpcFlow } from './vpcflow.ts';

/** Every adapter, one line each. */
export const adapters: readonly Adapter[] = [
  alertmanager,
  auditd,
  azure,
  chrony,
  cloudtrail,
  dmesg,
  entra,
  fluentBit,
  github,
  journald,
  k8sAudit,
  nmap,
  ntp,
  okta,
  opa,
  openmetrics,
  prometheusApi,
  prometheusTsdb,
  syslog,
  teleport,
  tickets,
  timesyncd,
  usbguard,
  vpcFlow,
];
