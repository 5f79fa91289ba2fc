/**
 * Events as CloudTrail writes them, from their bytes straight into the columns: no object is made of an event, and hardly
 * a text of its values. The rows are those of events.ts, which reads whatever is not plain here: envelopes, insights,
 * texts with escapes in them, members given twice, identities put together of several parts.
 */
import { isUtf8 } from 'node:buffer';
import type { ColumnNumbers } from '../../core/row-columns.ts';
import type { EvidenceRow } from '../../core/tables.ts';
import type { ReadContext, RowSink } from '../format.ts';
import { isIpAddress, isIpv4At } from '../framing/ip-address.ts';
import { ABSENT, OBJECT, NULL, TEXT, UNUSUAL, WRITTEN_TEXT } from '../framing/json-paths.ts';
import { NameTable } from '../framing/name-table.ts';
import { EventBytes } from './event-bytes.ts';
import type { EventTables } from './event-columns.ts';
import { at, eventPaths, FIRST_NAMED, textSlots, type PlaceName } from './event-places.ts';
import { EventTimes } from './event-times.ts';
import { callActivity, signInActivity } from './events.ts';
import { QuickActor } from './quick-actor.ts';
import { QuickMessage } from './quick-message.ts';
import { signInNames } from './sign-ins.ts';

/** What follows from the name of an event. */
interface KnownName {
  readonly call: string;
  readonly signIn: string;
  readonly isConsoleLogin: boolean;
  readonly mayHaveSignInRow: boolean;
}

const SIGN_IN_SOURCE = 'signin.amazonaws.com';
const NO_REQUESTS = new Set(['AwsServiceEvent', 'AwsCloudTrailInsight']);

// What is the same for all files is made once: a bucket holds thousands of small ones.
const names = { slots: 1024, longest: 64, keeps: 'last' } as const;

const eventNames = new NameTable<KnownName>(
  (name) => ({
    call: callActivity(name),
    signIn: signInActivity(name),
    isConsoleLogin: name === 'ConsoleLogin',
    mayHaveSignInRow: signInNames.has(name),
  }),
  names,
);
const systems = new NameTable((account) => `aws:${account}`, names);
const addresses = new NameTable(isIpAddress, names);

/** Columns of `cloudtrail_records` that are the text of a member. */
const copied: readonly (readonly [keyof EvidenceRow<'cloudtrail_records'> & string, PlaceName])[] = [
  ['event_id', 'id'],
  ['event_version', 'version'],
  ['event_source', 'source'],
  ['event_name', 'name'],
  ['event_type', 'type'],
  ['event_category', 'category'],
  ['region', 'region'],
  ['identity_type', 'identityType'],
  ['identity_arn', 'arn'],
  ['identity_account', 'identityAccount'],
  ['invoked_by', 'invokedBy'],
  ['error_code', 'errorCode'],
  ['error_message', 'errorMessage'],
  ['user_agent', 'agent'],
];
const written: readonly (readonly [keyof EvidenceRow<'cloudtrail_records'> & string, PlaceName])[] = [
  ['request', 'request'],
  ['response', 'response'],
  ['resources', 'resources'],
];

export class QuickEvents {
  private readonly event = new EventBytes();
  private readonly places = this.event.places;
  private readonly actor = new QuickActor(this.event);
  private readonly times = new EventTimes();
  private readonly message = new QuickMessage();
  private readonly spine: ColumnNumbers<'events'>;
  private readonly detail: ColumnNumbers<'cloudtrail_records'>;
  private readonly copiedColumns: Int32Array;
  private readonly copiedSlots: Int32Array;
  private readonly writtenColumns: Int32Array;
  private readonly writtenSlots: Int32Array;

  /** `signedIn` is given the text of each event that may have a row of `authentications`, and its time. */
  constructor(
    private readonly sink: RowSink,
    private readonly tables: EventTables,
    private readonly context: ReadContext,
    private readonly signedIn: (text: string, micros: number, record: number) => void,
  ) {
    this.spine = tables.events.at;
    this.detail = tables.details.at;
    this.copiedColumns = Int32Array.from(copied, ([column]) => this.detail[column]);
    this.copiedSlots = Int32Array.from(copied, ([, place]) => at[place]);
    this.writtenColumns = Int32Array.from(written, ([column]) => this.detail[column]);
    this.writtenSlots = Int32Array.from(written, ([, place]) => at[place]);
  }

  /** As `JsonRecordHandler.quick`. */
  read(bytes: Buffer, from: number, byte: number, mayHoldList: boolean): number {
    const { places } = this;
    const to = places.read(bytes, from, mayHoldList);
    if (to < 0) return to;
    this.event.bytes = bytes;
    if (!this.isPlain() || (!places.isAscii && !isUtf8(bytes.subarray(from, to)))) return UNUSUAL;
    const micros = this.times.ofBytes(bytes, places.from[at.time]!, places.to[at.time]!);
    const hasActor = this.actor.find();
    if (micros === undefined || hasActor === undefined) return UNUSUAL;
    const record = this.sink.record(byte, to - from);
    const name = eventNames.at(bytes, places.from[at.name]!, places.to[at.name]!);
    this.putEvent(record, micros, name, hasActor);
    this.putDetails(record);
    if (name.mayHaveSignInRow) this.signedIn(bytes.toString('utf8', from, to), micros, record);
    return to;
  }

  /** An event with a name and a time, whose texts stand in the bytes as they are. */
  private isPlain(): boolean {
    const { places } = this;
    const { kind } = places;
    if (!this.event.has(at.name) || !this.event.has(at.time) || kind[at.insight] !== ABSENT) return false;
    const identity = kind[at.identity]!;
    if (identity !== OBJECT && identity !== ABSENT && identity !== NULL) return false;
    if (places.writtenTexts > 0)
      for (let i = 0; i < kind.length; i++) if (kind[i] === WRITTEN_TEXT && textSlots[i] === 1) return false;
    return true;
  }

  private putEvent(record: number, micros: number, name: KnownName, hasActor: boolean): void {
    const { rows } = this.tables.events;
    const { spine } = this;
    const type = this.event.textAt(at.type);
    const isSignIn =
      name.isConsoleLogin || type === 'AwsConsoleSignIn' || this.event.textAt(at.source) === SIGN_IN_SOURCE;
    const outcome = this.outcomeOf(type, isSignIn);
    rows.number(spine.time, micros);
    this.putSystem();
    rows.text(spine.stream, 'cloudtrail');
    rows.text(spine.class, isSignIn ? 'authentication' : 'api_activity');
    rows.text(spine.activity, isSignIn ? name.signIn : this.event.flagAt(at.readOnly) === true ? 'read' : name.call);
    this.put(rows, spine.code, at.name);
    if (hasActor) this.putActor();
    this.putTarget();
    if (this.event.has(at.address) && this.isAddress()) this.put(rows, spine.src_ip, at.address);
    if (outcome !== undefined) rows.text(spine.outcome, outcome);
    this.putMessage(name, hasActor, outcome);
    rows.end(record);
  }

  private put(rows: EventTables['events']['rows'], column: number, slot: number): void {
    rows.bytes(column, this.event.bytes, this.places.from[slot]!, this.places.to[slot]!);
  }

  private isAddress(): boolean {
    const from = this.places.from[at.address]!;
    const to = this.places.to[at.address]!;
    return isIpv4At(this.event.bytes, from, to) || addresses.at(this.event.bytes, from, to);
  }

  private accountSlot(): number {
    return this.event.has(at.recipient) ? at.recipient : this.event.has(at.identityAccount) ? at.identityAccount : -1;
  }

  private putSystem(): void {
    const { from, to } = this.places;
    const slot = this.accountSlot();
    const system = slot < 0 ? this.context.system : systems.at(this.event.bytes, from[slot]!, to[slot]!);
    if (system !== undefined) this.tables.events.rows.text(this.spine.system, system);
  }

  private outcomeOf(type: string | undefined, isSignIn: boolean): string | undefined {
    if (this.event.has(at.errorCode) || this.event.has(at.errorMessage)) return 'failure';
    const said = this.event.textAt(at.said)?.toLowerCase();
    if (said === 'success' || said === 'failure') return said;
    return isSignIn || (type !== undefined && NO_REQUESTS.has(type)) ? undefined : 'success';
  }

  private putActor(): void {
    const { rows } = this.tables.events;
    const { from, to, prefix } = this.actor;
    const { bytes } = this.event;
    if (from === to) return rows.text(this.spine.actor, prefix);
    if (prefix === '') return rows.bytes(this.spine.actor, bytes, from, to);
    rows.text(this.spine.actor, prefix + bytes.toString('utf8', from, to));
  }

  private putTarget(): void {
    const { rows } = this.tables.events;
    const slot = this.targetSlot();
    if (slot >= 0) this.put(rows, this.spine.target, slot);
  }

  private targetSlot(): number {
    if (this.event.has(at.resourceArn)) return at.resourceArn;
    if (this.event.has(at.resourceArnLower)) return at.resourceArnLower;
    if (this.places.kind[at.request] === OBJECT)
      for (let slot = FIRST_NAMED; slot < eventPaths.length; slot++) if (this.event.has(slot)) return slot;
    return this.event.has(at.source) ? at.source : -1;
  }

  private putMessage(name: KnownName, hasActor: boolean, outcome: string | undefined): void {
    const { message, actor } = this;
    const { bytes } = this.event;
    message.length = 0;
    message.say(hasActor ? actor.prefix : 'Someone not named');
    message.add(bytes, actor.from, actor.to);
    if (name.isConsoleLogin) message.say(' signed in to the AWS console');
    else {
      message.say(' called ');
      this.mention(at.name);
      message.say(' of ');
      if (this.event.has(at.source)) this.mention(at.source);
      else message.say('an AWS service not named');
    }
    this.mentionAfter(' in ', at.region);
    this.mentionAfter(' from ', at.address);
    this.mentionOutcome(outcome);
    this.tables.events.rows.bytes(this.spine.message, message.bytes, 0, message.length);
  }

  private mentionOutcome(outcome: string | undefined): void {
    const { message } = this;
    if (outcome !== undefined) {
      message.say(': ');
      message.say(outcome);
      const hasCode = this.event.has(at.errorCode);
      const hasMessage = this.event.has(at.errorMessage);
      if (hasCode || hasMessage) {
        message.say(' (');
        if (hasCode) this.mention(at.errorCode);
        if (hasMessage) this.mentionAfter(hasCode ? ', ' : '', at.errorMessage);
        message.say(')');
      }
    }
    message.say('.');
  }

  private mention(slot: number): void {
    this.message.add(this.event.bytes, this.places.from[slot]!, this.places.to[slot]!);
  }

  private mentionAfter(text: string, slot: number): void {
    if (!this.event.has(slot)) return;
    this.message.say(text);
    this.mention(slot);
  }

  private putDetails(record: number): void {
    const { copiedColumns, copiedSlots, writtenColumns, writtenSlots, detail } = this;
    const { rows } = this.tables.details;
    const { bytes } = this.event;
    const { kind, from, to } = this.places;
    for (let i = 0; i < copiedSlots.length; i++) {
      const slot = copiedSlots[i]!;
      if (kind[slot] === TEXT && to[slot]! > from[slot]!) rows.bytes(copiedColumns[i]!, bytes, from[slot]!, to[slot]!);
    }
    const account = this.accountSlot();
    if (account >= 0) rows.bytes(detail.account, bytes, from[account]!, to[account]!);
    for (let i = 0; i < writtenSlots.length; i++) {
      const slot = writtenSlots[i]!;
      if (kind[slot] === ABSENT || kind[slot] === NULL) continue;
      // A text stands there with its quotes.
      const quote = kind[slot] === TEXT || kind[slot] === WRITTEN_TEXT ? 1 : 0;
      rows.bytes(writtenColumns[i]!, bytes, from[slot]! - quote, to[slot]! + quote);
    }
    this.putFlag(detail.mfa, this.event.flagAt(at.mfaUsed) ?? this.event.flagAt(at.sessionMfa));
    this.putFlag(detail.read_only, this.event.flagAt(at.readOnly));
    this.putFlag(detail.management_event, this.event.flagAt(at.management));
    rows.end(record);
  }

  private putFlag(column: number, flag: boolean | undefined): void {
    if (flag !== undefined) this.tables.details.rows.boolean(column, flag);
  }
}
