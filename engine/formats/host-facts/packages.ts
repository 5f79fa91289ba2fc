import { fact, heading, rejected, type LineKind, type LineReading } from './kind.ts';

/** `dpkg -l`: three letters of state, name, version, architecture, description, under a heading of five lines. */
const DPKG_HEADING = /^(?:Desired=Unknown\/Install|\| Status=Not\/Inst|\|\/ Err\?=|\|\|\/ Name\s|\+\+\+-=+)/;
const DPKG =
  /^([uihrp])([ncHUFWti])([ R]?) {1,2}(\S+)\s+(\S+)\s+(all|any|amd64|arm64|armhf|armel|i386|ppc64el|s390x|riscv64|mips64el|mipsel|loong64|none|<none>)(?:\s+(\S.*))?$/;
const STATES: Readonly<Record<string, string>> = {
  n: 'not installed',
  c: 'configuration only',
  H: 'half installed',
  U: 'unpacked',
  F: 'half configured',
  W: 'triggers awaited',
  t: 'triggers pending',
  i: 'installed',
};

export const dpkgList: LineKind = {
  id: 'dpkg',
  as: 'as dpkg -l prints them',
  framing: 'lines',
  signOf: (line) => (DPKG_HEADING.test(line) || DPKG.test(line) ? 'sure' : 'other'),
  open: () => (line) => (DPKG_HEADING.test(line) ? heading : readDpkg(line)),
};

function readDpkg(line: string): LineReading {
  const [, desired, state = '', error, name = '', version, architecture, summary] = DPKG.exec(line) ?? [];
  if (name === '') return rejected('The line is no package as dpkg -l lists them: it is cut off or damaged.');
  const reinstall = error === 'R' ? { reinstall_required: true } : {};
  const fields = { name, version, architecture, status: STATES[state], desired, ...reinstall, summary };
  return fact({ type: 'package', id: `${name} ${architecture}`, name, fields });
}

/** `rpm -qa`: name-version-release.architecture, with --last the day of installation behind it. */
const RPM =
  /^([A-Za-z0-9][\w.+-]*)-((?:\d+:)?[^\s-]+)-([^\s-]+)\.(noarch|x86_64|i[3-6]86|aarch64|ppc64(?:le)?|s390x?|armv\w+|riscv64|src)(?:\s+(\w{3} .*))?$/;
const KEY = /^(gpg-pubkey)-([0-9a-f]{8})-([0-9a-f]{8})(?:\.\(none\))?(?:\s+(\w{3} .*))?$/;

export const rpmList: LineKind = {
  id: 'rpm',
  as: 'as rpm -qa prints them',
  framing: 'lines',
  signOf: (line) => (RPM.test(line) || KEY.test(line) ? 'sure' : 'other'),
  open: () => readRpm,
};

function readRpm(line: string): LineReading {
  const key = KEY.exec(line);
  const [, name = '', version, release, architecture, installed] =
    key === null ? (RPM.exec(line) ?? []) : [key[0], key[1], key[2], key[3], undefined, key[4]];
  if (name === '') return rejected('The line is no package as rpm -qa lists them: it is cut off or damaged.');
  return fact({
    type: 'package',
    id: `${name} ${architecture ?? ''}`.trim(),
    name,
    fields: { name, version, release, architecture, installed, status: 'installed' },
  });
}
