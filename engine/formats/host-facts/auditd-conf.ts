import { comment, fact, numberOrText, rejected, type LineKind } from './kind.ts';

/** auditd.conf and audispd.conf: `name = value`, auditd.conf(5). */
const SETTING = /^([a-z][a-z0-9_]*)\s*=\s*(.*)$/;
const NAMES = new Set(
  'local_events write_logs log_file log_format log_group priority_boost flush freq num_logs disp_qos dispatcher name_format name max_log_file max_log_file_action verify_email action_mail_acct space_left space_left_action admin_space_left admin_space_left_action disk_full_action disk_error_action use_libwrap tcp_listen_port tcp_listen_queue tcp_max_per_addr tcp_client_ports tcp_client_max_idle transport enable_krb5 krb5_principal krb5_key_file distribute_network q_depth overflow_action max_restarts plugin_dir end_of_event_timeout report_interval'.split(
    ' ',
  ),
);
const COMMON = new Set(['name', 'transport', 'freq', 'flush']);

export const auditdConf: LineKind = {
  id: 'auditd.conf',
  as: 'as in auditd.conf',
  framing: 'lines',
  signOf: (line) => {
    const name = SETTING.exec(line.trim())?.[1];
    if (name !== undefined && NAMES.has(name)) return COMMON.has(name) ? 'fits' : 'sure';
    return line.trim().startsWith('#') ? 'fits' : 'other';
  },
  open: () => (line) => {
    if (line.trim().startsWith('#')) return comment;
    const [, name, value = ''] = SETTING.exec(line.trim()) ?? [];
    if (name === undefined) return rejected('The line is no setting of auditd.conf, and no comment.');
    return fact({ type: 'audit_daemon', id: name, fields: { name, value: numberOrText(value.trim()) } });
  },
};
