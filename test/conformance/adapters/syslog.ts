import type { Adapter } from '../adapter.ts';
import { compareCrowdsecMessages } from './syslog/crowdsec.ts';
import { compareInsightsMessages } from './syslog/insights.ts';
import { compareJc } from './syslog/jc.ts';
import { compareLastb } from './syslog/lastb.ts';
import { comparePlasoMessages } from './syslog/plaso.ts';
import { compareRsyslog } from './syslog/rsyslog.ts';

/** Files of syslog daemons, of log-ins among them: rsyslog, jc, CrowdSec, plaso, Insights and lastb. */
export const syslog: Adapter = {
  folders: ['auth-log', 'syslog-rfc3164', 'syslog-rfc5424', 'firewall-log'],
  compare: (folder) =>
    Promise.resolve([
      ...compareRsyslog(folder),
      ...compareJc(folder),
      ...compareCrowdsecMessages(folder),
      ...comparePlasoMessages(folder),
      ...compareInsightsMessages(folder),
      ...compareLastb(folder),
    ]),
};
