import type { Sign } from '../clocks/signs.ts';
import { comment, fact, rejected, type Fact, type LineKind, type LineReading } from './kind.ts';

/**
 * sudoers(5): aliases, defaults, includes (a `#` before include is no comment) and user specifications. A backslash at
 * the end of a line goes on in the next.
 */
const INCLUDE = /^[#@](include|includedir)\s+(\S.*)$/;
const DEFAULTS = /^Defaults(?:([@:!>])(\S+))?\s+(\S.*)$/;
const ALIAS = /^(User_Alias|Runas_Alias|Host_Alias|Cmnd_Alias|Cmd_Alias)\s+([A-Z][A-Z0-9_]*)\s*=\s*(\S.*)$/;
const RULE = /^((?:[%+#!"]|\\.|[\w.@-])[^=,\s]*(?:\s*,\s*[^=,\s]+)*)\s+([^=\s()]+(?:\s*,\s*[^=,\s()]+)*)\s*=\s*(\S.*)$/;
const TELLING =
  /=\s*(?:\([^()]*\)\s*)?(?:(?:NO)?(?:PASSWD|EXEC|SETENV|LOG_INPUT|LOG_OUTPUT|MAIL|FOLLOW):\s*)*(?:ALL|[!/]?\/?[\w/.-]+|[A-Z_]+)/;

function signOf(line: string): Sign {
  const text = line.trim();
  if (INCLUDE.test(text) || DEFAULTS.test(text) || ALIAS.test(text)) return 'sure';
  if (text.startsWith('#')) return 'fits';
  return RULE.test(text) && /\s(?:ALL|[\w.-]+)\s*=\s*(?:\(|ALL|NOPASSWD|\/)/.test(text) && TELLING.test(text)
    ? 'sure'
    : 'other';
}

export const sudoers: LineKind = {
  id: 'sudoers',
  hasLongLines: true,
  as: 'as in sudoers',
  framing: 'lines',
  signOf,
  goesOn: (line) => line.endsWith('\\') && !/^\s*#(?!include)/.test(line),
  open: () => (line) => readEntry(line.trim().replace(/\s+/g, ' ')),
};

function readEntry(line: string): LineReading {
  const [, directive, path] = INCLUDE.exec(line) ?? [];
  if (directive !== undefined) return fact(item(line, { kind: 'include', directive, path }));
  // `#1000 ALL=...` is a rule for a user by number.
  if (line.startsWith('#') && !/^#\d+\s+\S+\s*=/.test(line)) return comment;
  const [, scope, of, settings] = DEFAULTS.exec(line) ?? [];
  if (settings !== undefined) return fact(item(line, { kind: 'defaults', scope, of, settings }));
  const [, alias, name, members = ''] = ALIAS.exec(line) ?? [];
  if (alias !== undefined) return fact(item(line, { kind: 'alias', alias, name, members: members.split(/\s*,\s*/) }));
  const [, users, hosts, rest = ''] = RULE.exec(line) ?? [];
  if (users === undefined)
    return rejected('The line is no rule, alias, default or include of sudoers, and no comment.');
  return fact(item(line, { kind: 'rule', users, hosts, ...grants(rest) }));
}

/** `(ALL:ALL) NOPASSWD: /bin/a, /bin/b`, further hosts after a colon included as they are written. */
function grants(text: string): Fact['fields'] {
  const [, runas] = /^\(([^()]*)\)/.exec(text) ?? [];
  const plain = text.replace(/^\([^()]*\)\s*/, '');
  const tags = [...plain.matchAll(/\b([A-Z_]+):(?=\s|\/|ALL|!)/g)].map(([, tag]) => tag);
  return {
    runas,
    tags,
    commands: plain.replace(/\b[A-Z_]+:\s*/g, ''),
    no_password: tags.includes('NOPASSWD'),
    all_commands: /(?:^|[\s,:)])ALL(?:\s*(?:,|$))/.test(plain),
  };
}

const item = (line: string, fields: Fact['fields']): Fact => ({ type: 'sudo_rule', id: line, fields });
