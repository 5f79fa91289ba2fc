/** What is kept of a record for the description of its event. */
import { nameOf, type NameTable } from '../framing/name-table.ts';
import { describedNames, slots, type DescribedName } from './keys.ts';
import { RecordType } from './record-types.ts';

/**
 * What a description of an event asks of one of its records. The texts are places in bytes that are gone with the next
 * line; a copy has them for good.
 */
export class AuditRecord {
  type = RecordType.none;
  success: boolean | undefined;
  exit: number | undefined;
  syscall: number | undefined;
  syscallName: string | undefined;
  uid: number | undefined;
  auid: number | undefined;
  ses: number | undefined;
  /** The first field that is named like a setting: `audit_enabled`, `1`. */
  setting: readonly [string, string] | undefined;
  /** What the setting was before. */
  oldSetting: string | undefined;
  /** One bit each of `describedNames`: the record has it. */
  private has = 0;
  private readonly bytes: Uint8Array[] = [];
  private readonly from = new Int32Array(describedNames.length);
  private readonly to = new Int32Array(describedNames.length);

  constructor(private readonly texts: NameTable<string>) {}

  /**
   * The text of a field, by its number in `slots`: where it has a column, what is in the column; else what is in `fields`.
   * `undefined` where the record has none.
   */
  get(slot: number): string | undefined {
    const bit = 1 << slot;
    if ((this.has & bit) === 0) return undefined;
    const bytes = this.bytes[slot]!;
    const from = this.from[slot]!;
    const to = this.to[slot]!;
    return (VARIED & bit) === 0 ? this.texts.at(bytes, from, to) : nameOf(bytes, from, to);
  }

  set(slot: number, bytes: Uint8Array, from: number, to: number): void {
    this.has |= 1 << slot;
    if (this.bytes[slot] !== bytes) this.bytes[slot] = bytes;
    this.from[slot] = from;
    this.to[slot] = to;
  }

  clear(type: RecordType): void {
    this.type = type;
    this.success = undefined;
    this.exit = undefined;
    this.syscall = undefined;
    this.syscallName = undefined;
    this.uid = undefined;
    this.auid = undefined;
    this.ses = undefined;
    this.setting = undefined;
    this.oldSetting = undefined;
    this.has = 0;
  }

  copy(): KeptRecord {
    const texts = new Array<string | undefined>(describedNames.length);
    let left = this.type.name === 'SYSCALL' ? this.has & ASKED_OF_SYSCALLS : this.has;
    for (; left !== 0; left &= left - 1) {
      const slot = 31 - Math.clz32(left & -left);
      texts[slot] = this.get(slot);
    }
    return new KeptRecord(this, texts);
  }
}

/** The same, kept until its event closes. */
export class KeptRecord {
  readonly type: RecordType;
  readonly success: boolean | undefined;
  readonly exit: number | undefined;
  readonly syscall: number | undefined;
  readonly syscallName: string | undefined;
  readonly uid: number | undefined;
  readonly auid: number | undefined;
  readonly ses: number | undefined;
  readonly setting: readonly [string, string] | undefined;
  readonly oldSetting: string | undefined;

  constructor(
    record: AuditRecord,
    private readonly texts: readonly (string | undefined)[],
  ) {
    this.type = record.type;
    this.success = record.success;
    this.exit = record.exit;
    this.syscall = record.syscall;
    this.syscallName = record.syscallName;
    this.uid = record.uid;
    this.auid = record.auid;
    this.ses = record.ses;
    this.setting = record.setting;
    this.oldSetting = record.oldSetting;
  }

  get(slot: number): string | undefined {
    return this.texts[slot];
  }
}

/** What a description sees of a record. */
export type DescribedRecord = Pick<AuditRecord, keyof KeptRecord>;

const bitsOf = (...names: readonly DescribedName[]): number =>
  names.reduce((bits, name) => bits | (1 << slots[name]), 0);
const ASKED_OF_SYSCALLS = bitsOf('exe', 'comm', 'AUID', 'UID', 'seresult', 'audit_lost');
/** Texts that seldom come a second time. */
const VARIED = bitsOf(
  'addr',
  'audit_lost',
  'cmd',
  'hostname',
  'laddr',
  'lport',
  'name',
  'path',
  'proctitle',
  'rport',
  'saddr',
);
