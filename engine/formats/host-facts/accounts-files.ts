import { parseInstant } from '../../../shared/time.ts';
import { fact, heading, rejected, type LineKind, type LineReading } from './kind.ts';

/** /etc/passwd, passwd(5): name:password:uid:gid:gecos:home:shell. */
const PASSWD = /^([^:\s]+):([^:]*):(\d{1,10}):(\d{1,10}):([^:]*):([^:]*):([^:]*)$/;

export const passwd: LineKind = {
  id: 'passwd',
  isSecret: true,
  as: 'as in /etc/passwd',
  framing: 'lines',
  signOf: (line) => (PASSWD.test(line) ? 'sure' : 'other'),
  open: () => readUser,
};

function readUser(line: string): LineReading {
  const [, name = '', password = '', uid, gid, gecos = '', home, shell = ''] = PASSWD.exec(line) ?? [];
  if (name === '') return rejected('The line has not the seven fields of /etc/passwd: it is cut off or damaged.');
  const [person = ''] = gecos.split(',');
  const fields = { name, uid: Number(uid), gid: Number(gid), gecos, home, shell, password: passwordState(password) };
  const privileged = Number(uid) === 0;
  // The text of the line is not kept where it may hold a hash.
  const isPlain = ['x', '*', '!', '!!', ''].includes(password);
  const account = { account: name, person: person === '' ? undefined : person, privileged, status: locked(password) };
  const item = { type: 'account', id: name, fields, account };
  return { kind: 'facts', facts: [item], hidesText: !isPlain };
}

/** `x`: the password is in /etc/shadow, which says more. */
function locked(password: string): string | undefined {
  return password === '*' || password.startsWith('!') ? 'locked' : undefined;
}

/** A hash is never kept: only that there is one, and of what kind. crypt(5). */
function passwordState(password: string): string {
  if (password === '') return 'none';
  if (password === 'x') return 'shadowed';
  if (password.startsWith('!')) return 'locked';
  return /^(?:\*|NP|LK|\*LK\*|\*NP\*)/.test(password) ? 'no log-in by password' : 'set';
}

const SCHEMES: Readonly<Record<string, string>> = {
  '1': 'md5crypt',
  '2a': 'bcrypt',
  '2b': 'bcrypt',
  '2y': 'bcrypt',
  '5': 'sha256crypt',
  '6': 'sha512crypt',
  '7': 'scrypt',
  y: 'yescrypt',
  gy: 'gost-yescrypt',
};

/** /etc/shadow, shadow(5): name:hash:changed:least:most:warn:inactive:expires:reserved, days since 1970. */
const SHADOW = /^([^:\s]+):([^:]*):(\d*|-1):(\d*|-1):(\d*|-1):(\d*|-1):(\d*|-1):(\d*|-1):([^:]*)$/;
const SHADOW_HASH = /^(?:[!*]*\$?|[!*]+|x|)(?:[\w./$,=+!*-]*)$/;

export const shadow: LineKind = {
  id: 'shadow',
  isSecret: true,
  as: 'as in /etc/shadow',
  framing: 'lines',
  signOf: (line) => (SHADOW.test(line) && SHADOW_HASH.test(SHADOW.exec(line)?.[2] ?? ' ') ? 'sure' : 'other'),
  open: () => readShadow,
};

function readShadow(line: string): LineReading {
  const [, name = '', hash = '', ...days] = SHADOW.exec(line) ?? [];
  if (name === '') return rejected('The line has not the nine fields of /etc/shadow: it is cut off or damaged.');
  const [changed, least, most, warn, inactive, expires] = days.map((each) => (each === '' ? undefined : Number(each)));
  const [, scheme] = /^!*\$([\w-]+)\$/.exec(hash) ?? [];
  const algorithm =
    scheme === undefined ? (/^[\w./]{13}$/.test(hash) ? 'descrypt' : undefined) : (SCHEMES[scheme] ?? scheme);
  const ages = { changed_day: changed, least_days: least, most_days: most, warn_days: warn };
  const fields = {
    name,
    password: passwordState(hash),
    algorithm,
    ...ages,
    inactive_days: inactive,
    expires_day: expires,
  };
  return { kind: 'facts', facts: [{ type: 'account', id: name, fields }], hidesText: true };
}

/** /etc/group, group(5): name:password:gid:members. */
const GROUP = /^([^:\s]+):([^:]*):(\d{1,10}):([^:]*)$/;

export const group: LineKind = {
  id: 'group',
  hasLongLines: true,
  isSecret: true,
  as: 'as in /etc/group',
  framing: 'lines',
  signOf: (line) => (GROUP.test(line) ? 'sure' : 'other'),
  open: () => (line) => {
    const [, name = '', password = '', gid, members = ''] = GROUP.exec(line) ?? [];
    if (name === '') return rejected('The line has not the four fields of /etc/group: it is cut off or damaged.');
    const fields = { name, gid: Number(gid), members: members === '' ? [] : members.split(',') };
    const facts = [{ type: 'group', id: name, fields }];
    return { kind: 'facts', facts, hidesText: !['x', '*', '!', '!!', ''].includes(password) };
  },
};

/** `lastlog`: Username Port From Latest; the time has its offset: `Mon Jan  5 12:00:00 +0100 2026`. */
const LASTLOG_HEADING = /^Username\s+Port\s+(?:From\s+)?Latest$/;
const NEVER = /^(\S+)\s+\*\*Never logged in\*\*$/;
const LATEST =
  /^(\S+)(?:\s+(\S.*?))??\s+(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\w{3}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d) (\d{4})$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export const lastlog: LineKind = {
  id: 'lastlog',
  as: 'as lastlog prints them',
  framing: 'lines',
  signOf: (line) => ([LASTLOG_HEADING, NEVER, LATEST].some((form) => form.test(line)) ? 'sure' : 'other'),
  open: () => (line) => (LASTLOG_HEADING.test(line) ? heading : readLatest(line)),
};

function readLatest(line: string): LineReading {
  const name = NEVER.exec(line)?.[1];
  if (name !== undefined)
    return fact({ type: 'last_login', id: name, fields: { name, never: true }, account: { account: name } });
  const [, user = '', from = '', month = '', day = '', clock = '', hours = '', minutes = '', year = ''] =
    LATEST.exec(line) ?? [];
  if (user === '') return rejected('The line is none of what lastlog prints: it is cut off or damaged.');
  const number = String(MONTHS.indexOf(month) + 1).padStart(2, '0');
  const latest = `${year}-${number}-${day.padStart(2, '0')}T${clock}${hours}:${minutes}`;
  const time = parseInstant(latest);
  if (time === undefined) return rejected('The time of the last log-in does not exist: the line is damaged.');
  const [port, host] = from.split(/\s+/);
  const account = { account: user, last_used: time };
  return fact({ type: 'last_login', id: user, fields: { name: user, port, from: host, latest }, account });
}
