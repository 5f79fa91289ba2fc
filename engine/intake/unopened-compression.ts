/** Compression that is recognised and not opened: the file is refused with what to do about it. */
import { fail } from '../../shared/problem.ts';

interface Compression {
  readonly title: string;
  readonly decompress: string;
  /** What every such file begins with; `undefined` stands for any byte. */
  readonly begins: readonly (number | undefined)[];
}

/** Sources: the xz file format 1.2.1, 2.1.1.1; the LZ4 frame format; bzip2 has no specification. */
const compressions: readonly Compression[] = [
  { title: 'xz', decompress: 'xz -dk', begins: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  // "BZh", a digit, and the first digits of pi.
  {
    title: 'bzip2',
    decompress: 'bzip2 -dk',
    begins: [0x42, 0x5a, 0x68, undefined, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59],
  },
  { title: 'LZ4', decompress: 'lz4 -d', begins: [0x04, 0x22, 0x4d, 0x18] },
];

/** Fails with `unknown_format` where the first bytes are those of a compressed file that is not opened. */
export function refuseUnopened(head: Uint8Array, file: string): void {
  const found = compressions.find(({ begins }) =>
    begins.every((byte, at) => at < head.length && (byte === undefined || head[at] === byte)),
  );
  if (!found) return;
  fail({
    code: 'unknown_format',
    message: `The file is compressed with ${found.title}, which this version does not open.`,
    where: { file },
    remedy: `Decompress it with \`${found.decompress}\` and import the result.`,
  });
}
