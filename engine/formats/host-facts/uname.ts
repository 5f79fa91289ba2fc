import { fact, rejected, type LineKind, type LineReading } from './kind.ts';

/**
 * `uname -a`: kernel, node name, release, version (several words), machine, [processor, hardware platform], system. The
 * version holds when the kernel was built, which is not when the line was printed.
 */
const LINUX = /^(Linux) (\S+) (\d\S*) (#\d.*?) (\S+(?: \S+){0,2}) (GNU\/Linux|Linux)$/;
const OTHER = /^(Darwin|FreeBSD|OpenBSD|NetBSD|SunOS|AIX) (\S+) (\S+) (.+)$/;
const MACHINE =
  /^(?:x86_64|i[3-6]86|aarch64\w*|armv\w+|ppc64(?:le)?|s390x?|riscv\w+|mips\w*|loongarch64|ia64|alpha|sparc\w*|unknown)$/;

export const uname: LineKind = {
  id: 'uname',
  as: 'as uname -a prints it',
  framing: 'lines',
  signOf: (line) => (LINUX.test(line.trim()) || OTHER.test(line.trim()) ? 'sure' : 'other'),
  open: () => (line) => readUname(line.trim()),
};

function readUname(line: string): LineReading {
  const linux = LINUX.exec(line);
  const [, kernel_name, nodename = '', kernel_release, rest = ''] = linux ?? OTHER.exec(line) ?? [];
  if (kernel_name === undefined) return rejected('The line is not what uname -a prints.');
  const fields = linux ? linuxRest(`${linux[4] ?? ''} ${linux[5] ?? ''}`, linux[6] ?? '') : { rest };
  return fact({
    type: 'host',
    id: kernel_name,
    name: nodename,
    system: nodename,
    fields: { kernel_name, nodename, kernel_release, ...fields },
  });
}

/** Machine, processor and platform are the same word as a rule, or `unknown`; what stands before them is the version. */
function linuxRest(text: string, operating_system: string): Readonly<Record<string, string>> {
  const words = text.split(' ');
  let from = words.length;
  while (from > 1 && words.length - from < 3 && MACHINE.test(words[from - 1] ?? '')) from--;
  const [machine = words.at(-1) ?? '', processor, hardware_platform] = words.slice(from);
  const kernel_version = words.slice(0, Math.min(from, words.length - 1)).join(' ');
  const more =
    processor === undefined ? {} : { processor, ...(hardware_platform === undefined ? {} : { hardware_platform }) };
  return { kernel_version, machine, ...more, operating_system };
}
