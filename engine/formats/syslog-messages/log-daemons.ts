/** Programs that keep logs: that they began, ended, or lost something. */
import { logging, success, type Phrase } from './meaning.ts';

export const logDaemonPhrases: Readonly<Record<string, readonly Phrase[]>> = {
  auditd: [
    { pattern: /^Init complete/, meaning: { ...logging, activity: 'start', target: 'auditd', ...success } },
    {
      pattern: /^The audit daemon is exiting/,
      meaning: { ...logging, activity: 'stop', target: 'auditd', ...success },
    },
  ],
  rsyslogd: [
    { pattern: /^\[origin .*\] start$/, meaning: { ...logging, activity: 'start', target: 'rsyslogd', ...success } },
    { pattern: /exiting on signal \d+/, meaning: { ...logging, activity: 'stop', target: 'rsyslogd', ...success } },
    { pattern: /begin to drop messages|lost \d+ messages/, meaning: { ...logging, activity: 'loss' } },
  ],
  'systemd-journald': [
    {
      pattern: /^Journal started$/,
      meaning: { ...logging, activity: 'start', target: 'systemd-journald', ...success },
    },
    {
      pattern: /^Journal stopped$/,
      meaning: { ...logging, activity: 'stop', target: 'systemd-journald', ...success },
    },
    {
      pattern: /^(?:Suppressed \d+ messages|Missed \d+ (?:kernel )?messages)/,
      meaning: { ...logging, activity: 'loss' },
    },
  ],
};
