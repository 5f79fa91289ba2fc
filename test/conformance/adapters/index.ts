import type { Adapter } from '../adapter.ts';
import { auditd } from './auditd.ts';
import { azure } from './azure-activity.ts';
import { cloudtrail } from './cloudtrail.ts';
import { entra } from './entra-signin.ts';
import { github } from './github-audit.ts';
import { nmap } from './nmap.ts';
import { okta } from './okta.ts';
import { openmetrics } from './openmetrics.ts';
import { prometheusApi } from './prometheus-api.ts';
import { prometheusTsdb } from './prometheus-tsdb.ts';

/** Every adapter, one line each. */
export const adapters: readonly Adapter[] = [
  auditd,
  azure,
  cloudtrail,
  entra,
  github,
  nmap,
  okta,
  openmetrics,
  prometheusApi,
  prometheusTsdb,
];
