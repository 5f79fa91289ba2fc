import type { Sign } from '../clocks/signs.ts';
import type { Fields, ReportKind } from './kind.ts';
import { otherLines, readLabels } from './labels.ts';

/** `cryptsetup status NAME`: whether a mapping is active, and with which cipher and key. cryptsetup(8). */
const STATUS = /^(\/dev\/mapper\/\S+|\S+) is (active(?: and is in use)?|inactive)\.$/;
const STATUS_LABEL =
  /^ {2}(type|cipher|keysize|key location|device|loop|sector size|offset|size|mode|flags|integrity|reencryption|UUID|data device|metadata device|hash|hash device|root hash|status|data block|hash block|data blocks|salt|hash offset|hash type):\s+/;

export const cryptsetupStatus: ReportKind = {
  id: 'cryptsetup',
  as: 'as cryptsetup status prints them',
  framing: 'report',
  signOf: (line) => (STATUS.test(line) ? 'sure' : STATUS_LABEL.test(line) ? 'fits' : 'other'),
  begins: (line) => STATUS.test(line),
  read: (lines) => {
    const [, path = '', state = ''] = STATUS.exec(lines[0] ?? '') ?? [];
    if (path === '') return 'The report does not begin with whether the device is active.';
    const { labels, other } = readLabels(lines.slice(1));
    const cipher = labels.get('cipher');
    if (state.startsWith('active') && cipher === undefined && labels.get('type') !== 'VERITY')
      return 'The report says that the device is active and names no cipher: it is cut off.';
    const name = path.replace('/dev/mapper/', '');
    const bits = /^(\d+)(?: bits?| \[bits\])?$/.exec(labels.get('keysize') ?? '')?.[1];
    const crypt = {
      name,
      active: state.startsWith('active'),
      encrypted: cipher === undefined ? undefined : true,
      cipher,
      key_bits: number(bits),
    };
    const fields = { ...crypt, ...Object.fromEntries(labels), ...otherLines(other), text: lines.join('\n') };
    return [{ type: 'block_device', id: name, name, fields: { ...fields, cipher } }];
  },
};

const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));

/**
 * `cryptsetup luksDump DEVICE`, LUKS1 and LUKS2. What could help to try passphrases (salts, digests) is left out. A
 * token systemd-tpm2 (systemd-cryptenroll) or clevis with a tpm2 pin binds a key slot to the TPM.
 */
const HEADING = /^LUKS header information(?: for (\S.*))?$/;
const SECTION = /^(Data segments|Keyslots|Tokens|Digests):\s*$/;
const NUMBERED = /^ {2}(\d+): (.*)$/;
const INNER = /^\t([^:\t]+):\s*(.*)$/;
const SECRET = /^(?:Salt|Digest|MK digest|MK salt|tpm2-blob|tpm2-policy-hash|tpm2-pubkey)$/;
const SLOT = /^Key Slot (\d): (ENABLED|DISABLED)$/;

export const luksDump: ReportKind = {
  id: 'luksDump',
  as: 'as cryptsetup luksDump prints them',
  framing: 'report',
  signOf,
  begins: (line) => HEADING.test(line),
  read: (lines) => {
    const first = HEADING.exec(lines[0] ?? '');
    if (!first) return 'The report does not begin with "LUKS header information".';
    const { labels } = readLabels(lines.slice(1).filter((line) => !/^[\s]/.test(line) && !SLOT.test(line)));
    const version = number(/^\d$/.exec(labels.get('Version') ?? '')?.[0]);
    const uuid = labels.get('UUID');
    if (version === undefined) return 'The header has no version 1 or 2: the report is cut off.';
    const shape = version === 1 ? luks1(lines, labels) : luks2(lines);
    if (typeof shape === 'string') return shape;
    const plain = [...labels].filter(([label]) => !SECRET.test(label) && !SECTION.test(`${label}:`));
    const name = first[1] ?? uuid ?? 'device';
    const fields = { device: first[1], luks_version: version, encrypted: true, ...shape, ...Object.fromEntries(plain) };
    return [{ type: 'block_device', id: name, name, fields }];
  },
};

function signOf(line: string): Sign {
  if (HEADING.test(line) || SLOT.test(line) || SECTION.test(line)) return 'sure';
  const isLabel =
    /^(?:Version|Epoch|Metadata area|Keyslots area|UUID|Label|Subsystem|Flags|Requirements|Cipher name|Cipher mode|Hash spec|Payload offset|MK \w+):/.test(
      line,
    );
  return isLabel || NUMBERED.test(line) || /^\s+\S/.test(line) ? 'fits' : 'other';
}

function luks1(lines: readonly string[], labels: ReadonlyMap<string, string>): Fields | string {
  const [name, mode, bits] = ['Cipher name', 'Cipher mode', 'MK bits'].map((label) => labels.get(label));
  if (name === undefined || mode === undefined || bits === undefined)
    return 'The header does not say cipher name, mode and MK bits: the report is cut off.';
  const slots = lines.flatMap((line) => {
    const [, slot, state] = SLOT.exec(line) ?? [];
    return slot === undefined ? [] : [{ slot: Number(slot), state }];
  });
  if (slots.length === 0) return 'The header lists no key slots: the report is cut off.';
  const open = slots.filter(({ state }) => state === 'ENABLED').length;
  // LUKS1 has no tokens of its own; clevis keeps them in a gap of the header that luksDump does not show.
  return { cipher: `${name}-${mode}`, key_bits: number(bits), keyslots: open, tpm2: undefined, slots };
}

function luks2(lines: readonly string[]): Fields | string {
  const sections = readSections(lines);
  const segments = sections.get('Data segments');
  const slots = sections.get('Keyslots');
  const tokens = sections.get('Tokens');
  if (!segments || segments.length === 0 || !slots || !tokens || !sections.has('Digests'))
    return 'The header has not all of data segments, key slots, tokens and digests: the report is cut off.';
  const bits = slots
    .map((slot) => /^(\d+) bits$/.exec(String(slot['Key'] ?? ''))?.[1])
    .find((each) => each !== undefined);
  const tpm2 = tokens.some((token) => /tpm2/i.test(JSON.stringify(token)));
  return {
    cipher: segments[0]?.['cipher'],
    key_bits: number(bits),
    keyslots: slots.length,
    tpm2,
    segments,
    slots,
    tokens,
  };
}

/** The numbered parts of each section, each with its labels; a value of several lines keeps the first. */
function readSections(lines: readonly string[]): ReadonlyMap<string, readonly Fields[]> {
  const sections = new Map<string, Fields[]>();
  let parts: Fields[] | undefined;
  let part: Map<string, unknown> | undefined;
  const close = (): void => {
    if (part) parts?.push(Object.fromEntries(part));
    part = undefined;
  };
  for (const line of lines) {
    const section = SECTION.exec(line)?.[1];
    const numbered = NUMBERED.exec(line);
    const [, label, value = ''] = INNER.exec(line) ?? [];
    if (section !== undefined) {
      close();
      sections.set(section, (parts = []));
    } else if (numbered && parts) {
      close();
      part = new Map<string, unknown>([
        ['number', Number(numbered[1])],
        ['type', numbered[2]],
      ]);
    } else if (label !== undefined && part && !SECRET.test(label)) part.set(label, value.trim());
  }
  close();
  return sections;
}
