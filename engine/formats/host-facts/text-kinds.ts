/** The kinds of output that are lines of text, and which of them a file is. */
import type { Recognition } from '../format.ts';
import { firstLines } from '../framing/lines.ts';
import { aaStatus } from './aa-status.ts';
import { group, lastlog, passwd, shadow } from './accounts-files.ts';
import { auditRules } from './audit-rules.ts';
import { auditStatus } from './audit-status.ts';
import { auditdConf } from './auditd-conf.ts';
import { cryptsetupStatus, luksDump } from './cryptsetup.ts';
import { ipAddr } from './ip-addr.ts';
import { oddShape, type TextKind } from './kind.ts';
import { lsof } from './lsof.ts';
import { lsblkPairs, lsblkText } from './lsblk-text.ts';
import { df, findmntText, fstab, mount } from './mount.ts';
import { netstat } from './netstat.ts';
import { netstatGroups } from './netstat-groups.ts';
import { opensslVersion } from './openssl-version.ts';
import { osRelease, redhatRelease } from './os-release.ts';
import { dpkgList, rpmList } from './packages.ts';
import { procNet } from './proc-net.ts';
import { isPrompt } from './prompt.ts';
import { ps } from './ps.ts';
import { selinuxConfig } from './selinux-config.ts';
import { semanage } from './semanage.ts';
import { sestatus } from './sestatus.ts';
import { ss } from './ss.ts';
import { sshd } from './sshd.ts';
import { sudoers } from './sudoers.ts';
import { sysctl } from './sysctl.ts';
import { systemctlFiles, systemctlShow, systemctlUnits } from './systemctl.ts';
import { uname } from './uname.ts';

/** Where two are as sure, the first counts. */
export const textKinds: readonly TextKind[] = [
  uname,
  osRelease,
  redhatRelease,
  opensslVersion,
  sestatus,
  selinuxConfig,
  semanage,
  aaStatus,
  auditRules,
  auditStatus,
  auditdConf,
  luksDump,
  cryptsetupStatus,
  ss,
  netstat,
  netstatGroups,
  procNet,
  lsof,
  ipAddr,
  lsblkText,
  lsblkPairs,
  mount,
  findmntText,
  fstab,
  df,
  systemctlUnits,
  systemctlFiles,
  systemctlShow,
  sysctl,
  sshd,
  sudoers,
  passwd,
  shadow,
  group,
  lastlog,
  dpkgList,
  rpmList,
  ps,
];

export interface KnownText extends Recognition {
  readonly kind: TextKind;
}

const LOOKED_AT = 100;
const LONGEST = 2000;
const FEWEST_MATCHING = 0.6;
const COMMENT = /^\s*[#;]/;

/** Which of them the first lines are, and how sure that is. Undefined: none. */
export function recogniseText(head: Uint8Array): KnownText | undefined {
  const all = firstLines(head, LOOKED_AT).map((line) => line.trimEnd());
  const lines = all.filter((line, at) => oddShape(line, LONGEST) === undefined && !(at === 0 && isPrompt(line)));
  let best: KnownText | undefined;
  for (const kind of textKinds) {
    const found = recogniseKind(kind, lines);
    if (found.confidence > (best?.confidence ?? 0)) best = found;
  }
  return best;
}

/** By the share of its lines; a comment counts where the kind has comments, and says nothing of which kind it is. */
function recogniseKind(kind: TextKind, lines: readonly string[]): KnownText {
  const signed = lines
    .map((line) => ({ line, sign: kind.signOf(line) }))
    .filter(({ line, sign }) => sign !== 'fits' || !COMMENT.test(line));
  const sure = signed.filter(({ sign }) => sign === 'sure').length;
  const matching = signed.filter(({ sign }) => sign !== 'other').length;
  const isOurs = sure > 0 && matching >= signed.length * FEWEST_MATCHING;
  return {
    kind,
    confidence: isOurs ? (matching / signed.length) * 0.97 : 0,
    reason: `${matching} of the first ${signed.length} lines are ${kind.as}.`,
  };
}

/** Plain names with values, as sysctl has them under other names. */
const PLAIN_SETTING = /^\s*[a-z][a-z0-9_.-]*\s*=\s*[^"]*$/;

/** Where a person says that the file is one of these, and it has names with values, it is one of kernel parameters. */
export function likelyText(lines: readonly string[]): TextKind | undefined {
  const settings = lines.filter((line) => !COMMENT.test(line));
  return settings.length > 0 && settings.every((line) => PLAIN_SETTING.test(line)) ? sysctl : undefined;
}
