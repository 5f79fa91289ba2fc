import type { Sign } from '../clocks/signs.ts';
import { comment, fact, rejected, unquoted, type LineKind, type LineReading } from './kind.ts';

/**
 * sshd_config and `sshd -T`: `Keyword value`, also `Keyword=value`; keywords in any case, a value may be in quotes, what
 * follows ` #` is a comment. Of a keyword that is given twice the first one counts, unless it is one that adds up. After
 * `Match` settings hold only for what it matches. sshd_config(5).
 */
const KEYWORDS = new Set(
  'acceptenv addressfamily allowagentforwarding allowgroups allowstreamlocalforwarding allowtcpforwarding allowusers authenticationmethods authorizedkeyscommand authorizedkeyscommanduser authorizedkeysfile authorizedprincipalscommand authorizedprincipalscommanduser authorizedprincipalsfile banner casignaturealgorithms challengeresponseauthentication channeltimeout chrootdirectory ciphers clientalivecountmax clientaliveinterval compression denygroups denyusers disableforwarding exposeauthinfo fingerprinthash forcecommand gatewayports gssapiauthentication gssapicleanupcredentials gssapikeyexchange gssapistorecredentialsonrekey gssapistrictacceptorcheck gssapikexalgorithms gssapienablek5users hostbasedacceptedalgorithms hostbasedacceptedkeytypes hostbasedauthentication hostbasedusesnamefrompacketonly hostcertificate hostkey hostkeyagent hostkeyalgorithms ignorerhosts ignoreuserknownhosts include ipqos kbdinteractiveauthentication kerberosauthentication kerberosgetafstoken kerberosorlocalpasswd kerberosticketcleanup kerberosuniqueccache kexalgorithms keyregenerationinterval listenaddress logingracetime loglevel logverbose macs match maxauthtries maxsessions maxstartups modulifile passwordauthentication permitemptypasswords permitlisten permitopen permitrootlogin permittty permittunnel permituserenvironment permituserrc persourcemaxstartups persourcenetblocksize persourcepenalties persourcepenaltyexemptlist pidfile port printlastlog printmotd protocol pubkeyacceptedalgorithms pubkeyacceptedkeytypes pubkeyauthentication pubkeyauthoptions rdomain rekeylimit requiredrsasize revokedkeys rhostsrsaauthentication rsaauthentication rsaminsize securitykeyprovider serverkeybits setenv showpatchlevel sshdsessionpath streamlocalbindmask streamlocalbindunlink strictmodes subsystem syslogfacility tcpkeepalive trustedusercakeys unusedconnectiontimeout usedns uselogin usepam useprivilegeseparation versionaddendum x11displayoffset x11forwarding x11maxdisplays x11uselocalhost xauthlocation debianbanner'.split(
    ' ',
  ),
);
/** Words that other configurations have, too. */
const COMMON = new Set([
  'include',
  'port',
  'protocol',
  'banner',
  'compression',
  'match',
  'ciphers',
  'macs',
  'setenv',
  'subsystem',
]);
/** Each of them counts. */
const ADDING = new Set(
  'acceptenv allowgroups allowusers denygroups denyusers hostcertificate hostkey include listenaddress match permitlisten permitopen port setenv subsystem'.split(
    ' ',
  ),
);
const SETTING = /^\s*([A-Za-z][A-Za-z0-9]*)(?:(\s*=\s*|\s+)(.*))?$/;

function signOf(line: string): Sign {
  if (/^\s*#/.test(line)) return 'fits';
  const [, keyword = '', , value = ''] = SETTING.exec(line) ?? [];
  const name = keyword.toLowerCase();
  if (!KEYWORDS.has(name)) return 'other';
  return COMMON.has(name) || value === '' ? 'fits' : 'sure';
}

export const sshd: LineKind = {
  id: 'sshd',
  hasLongLines: true,
  as: 'as in sshd_config or as sshd -T prints them',
  framing: 'lines',
  signOf,
  open: ({ head, assume }) => {
    const isEffective = isTestOutput(head);
    assume(
      isEffective
        ? 'The settings are written as sshd -T prints those that it runs with.'
        : 'The settings are those of a file: what it leaves out has the default of the version of sshd, and other files may come in by Include.',
    );
    const seen = new Set<string>();
    let match: string | undefined;
    return (line) => {
      if (/^\s*#/.test(line)) return comment;
      const reading = readSetting(line, { match, seen, isEffective });
      if (reading.keyword === 'match') match = reading.value;
      return reading.reading;
    };
  },
};

/** sshd -T writes keywords in lower case, all of them, and no comments. */
function isTestOutput(head: readonly string[]): boolean {
  const keywords = head.map((line) => SETTING.exec(line)?.[1] ?? '#');
  return keywords.length >= 20 && keywords.every((keyword) => /^[a-z0-9]+$/.test(keyword));
}

interface Block {
  readonly match: string | undefined;
  readonly seen: Set<string>;
  readonly isEffective: boolean;
}

function readSetting(line: string, { match, seen, isEffective }: Block) {
  const [, written = '', , rest = ''] = SETTING.exec(line) ?? [];
  const keyword = written.toLowerCase();
  const value = unquoted(rest.replace(/\s+#.*$/, '').trim());
  if (written === '') return { keyword, value, reading: rejected('The line is no setting of sshd, and no comment.') };
  const block = keyword === 'match' ? undefined : match;
  const key = `${block ?? ''}\n${keyword}`;
  const counts = ADDING.has(keyword) || !seen.has(key);
  seen.add(key);
  const setting = { keyword, value, match: block, counts, known: KEYWORDS.has(keyword) ? undefined : false };
  const where = block === undefined ? '' : ` (Match ${block})`;
  const id = ADDING.has(keyword) ? `${keyword} ${value}${where}` : `${keyword}${where}`;
  const fields = { ...setting, written, effective: isEffective ? true : undefined };
  const reading: LineReading = fact({
    type: 'ssh_server',
    id: `${isEffective ? '-T' : 'config'} ${id}`,
    name: keyword,
    fields,
  });
  return { keyword, value, reading };
}
