/**
 * Events as CloudTrail writes them, from their bytes straight into the columns: no object is made of an event, and hardly
 * a text of its values. The rows are those of events.ts, which reads whatever is not plain here: envelopes, insights,
 * texts with escapes in them, members given twice, identities put together of several parts.
 */
import { isUtf8 } from 'node:buffer';
import type { EvidenceRow } from '../../core/tables.ts';
import type { ReadContext, RowSink } from '../format.ts';
import { isIpAddress, isIpv4At } from '../framing/ip-address.ts';
import { JsonPaths, ABSENT, FALSE, OBJECT, NULL, TEXT, TRUE, UNUSUAL, WRITTEN_TEXT } from '../framing/json-paths.ts';
import { NameTable } from '../framing/name-table.ts';
import type { EventTables } from './event-columns.ts';
import { at, eventPaths, FIRST_NAMED, textSlots, type PlaceName } from './event-places.ts';
import { EventTimes } from './event-times.ts';
import { callActivity, signInActivity } from './events.ts';
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
const ASSUMED_ROLE = Buffer.from(':assumed-role/', 'latin1');
const FEDERATED_USER = Buffer.from(':federated-user/', 'latin1');
const USER = Buffer.from(':user/', 'latin1');

// What is the same for all files is made once: a bucket holds thousands of small ones.
const places = new JsonPaths(eventPaths);
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
const texts = new NameTable((name) => name, names);
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
  private readonly places = places;
  private readonly times = new EventTimes();
  private readonly message = new QuickMessage();
  private readonly spine: Readonly<Record<keyof EvidenceRow<'events'>, number>>;
  private readonly copiedColumns: Int32Array;
  private readonly copiedSlots: Int32Array;
  private readonly writtenColumns: Int32Array;
  private readonly writtenSlots: Int32Array;
  private readonly account: number;
  private readonly flagColumns: Readonly<Record<'mfa' | 'readOnly' | 'management', number>>;
  private bytes: Buffer = Buffer.alloc(0);
  /** Where the actor stands in the bytes, and what is said before it. */
  private actorFrom = 0;
  private actorTo = 0;
  private actorPrefix = '';

  /** `signedIn` is given the text of each event that may have a row of `authentications`, and its time. */
  constructor(
    private readonly sink: RowSink,
    private readonly tables: EventTables,
    private readonly context: ReadContext,
    private readonly signedIn: (text: string, micros: number, record: number) => void,
  ) {
    const { events, details } = tables;
    const spine = ['time', 'system', 'stream', 'class', 'activity', 'code', 'actor', 'target', 'src_ip', 'outcome'];
    this.spine = Object.fromEntries(
      [...spine, 'message'].map((name) => [name, events.column(name as 'time')]),
    ) as never;
    this.copiedColumns = Int32Array.from(copied, ([column]) => details.column(column));
    this.copiedSlots = Int32Array.from(copied, ([, place]) => at[place]);
    this.writtenColumns = Int32Array.from(written, ([column]) => details.column(column));
    this.writtenSlots = Int32Array.from(written, ([, place]) => at[place]);
    this.account = details.column('account');
    this.flagColumns = {
      mfa: details.column('mfa'),
      readOnly: details.column('read_only'),
      management: details.column('management_event'),
    };
  }

  /** As `JsonRecordHandler.quick`. */
  read(bytes: Buffer, from: number, byte: number, mayHoldList: boolean): number {
    const { places } = this;
    const to = places.read(bytes, from, mayHoldList);
    if (to < 0) return to;
    this.bytes = bytes;
    if (!this.isPlain() || (!places.isAscii && !isUtf8(bytes.subarray(from, to)))) return UNUSUAL;
    const micros = this.times.ofBytes(bytes, places.from[at.time]!, places.to[at.time]!);
    const hasActor = this.findActor();
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
    if (!this.has(at.name) || !this.has(at.time) || kind[at.insight] !== ABSENT) return false;
    const identity = kind[at.identity]!;
    if (identity !== OBJECT && identity !== ABSENT && identity !== NULL) return false;
    if (places.writtenTexts > 0)
      for (let i = 0; i < kind.length; i++) if (kind[i] === WRITTEN_TEXT && textSlots[i] === 1) return false;
    return true;
  }

  /** Whether there is a text, and not an empty one. */
  private has(slot: number): boolean {
    const { kind, from, to } = this.places;
    return kind[slot] === TEXT && to[slot]! > from[slot]!;
  }

  private textAt(slot: number): string | undefined {
    const { places } = this;
    return this.has(slot) ? texts.at(this.bytes, places.from[slot]!, places.to[slot]!) : undefined;
  }

  private flagAt(slot: number): boolean | undefined {
    const kind = this.places.kind[slot];
    if (kind === TRUE) return true;
    if (kind === FALSE) return false;
    if (kind !== TEXT) return undefined;
    const word = this.textAt(slot)?.toLowerCase();
    if (word === 'true' || word === 'yes') return true;
    return word === 'false' || word === 'no' ? false : undefined;
  }

  private putEvent(record: number, micros: number, name: KnownName, hasActor: boolean): void {
    const { rows } = this.tables.events;
    const { spine } = this;
    const type = this.textAt(at.type);
    const isSignIn = name.isConsoleLogin || type === 'AwsConsoleSignIn' || this.textAt(at.source) === SIGN_IN_SOURCE;
    const outcome = this.outcomeOf(type, isSignIn);
    rows.number(spine.time, micros);
    this.putSystem();
    rows.text(spine.stream, 'cloudtrail');
    rows.text(spine.class, isSignIn ? 'authentication' : 'api_activity');
    rows.text(spine.activity, isSignIn ? name.signIn : this.flagAt(at.readOnly) === true ? 'read' : name.call);
    this.put(rows, spine.code, at.name);
    if (hasActor) this.putActor();
    this.putTarget();
    if (this.has(at.address) && this.isAddress()) this.put(rows, spine.src_ip, at.address);
    if (outcome !== undefined) rows.text(spine.outcome, outcome);
    this.putMessage(name, hasActor, outcome);
    rows.end(record);
  }

  private put(rows: EventTables['events']['rows'], column: number, slot: number): void {
    rows.bytes(column, this.bytes, this.places.from[slot]!, this.places.to[slot]!);
  }

  private isAddress(): boolean {
    const from = this.places.from[at.address]!;
    const to = this.places.to[at.address]!;
    return isIpv4At(this.bytes, from, to) || addresses.at(this.bytes, from, to);
  }

  private accountSlot(): number {
    return this.has(at.recipient) ? at.recipient : this.has(at.identityAccount) ? at.identityAccount : -1;
  }

  private putSystem(): void {
    const { from, to } = this.places;
    const slot = this.accountSlot();
    const system = slot < 0 ? this.context.system : systems.at(this.bytes, from[slot]!, to[slot]!);
    if (system !== undefined) this.tables.events.rows.text(this.spine.system, system);
  }

  private outcomeOf(type: string | undefined, isSignIn: boolean): string | undefined {
    if (this.has(at.errorCode) || this.has(at.errorMessage)) return 'failure';
    const said = this.textAt(at.said)?.toLowerCase();
    if (said === 'success' || said === 'failure') return said;
    return isSignIn || (type !== undefined && NO_REQUESTS.has(type)) ? undefined : 'success';
  }

  private putActor(): void {
    const { rows } = this.tables.events;
    const { bytes, actorFrom, actorTo, actorPrefix } = this;
    if (actorFrom === actorTo) return rows.text(this.spine.actor, actorPrefix);
    if (actorPrefix === '') return rows.bytes(this.spine.actor, bytes, actorFrom, actorTo);
    rows.text(this.spine.actor, actorPrefix + bytes.toString('utf8', actorFrom, actorTo));
  }

  /** As `readableIdentity`. Gives `undefined` for what is put together of several parts, false where nobody is named. */
  private findActor(): boolean | undefined {
    this.actorPrefix = '';
    this.actorTo = this.actorFrom = 0;
    switch (this.textAt(at.identityType)) {
      case 'Root':
        this.actorPrefix = 'root';
        return true;
      case 'AssumedRole':
        return this.actorAfter(ASSUMED_ROLE) || (this.has(at.issuer) ? undefined : this.otherActor());
      case 'FederatedUser':
        return this.actorAfter(FEDERATED_USER) || this.otherActor();
      case 'AWSService':
        return this.actorAt(at.invokedBy) || this.otherActor();
      case 'AWSAccount':
        return this.accountActor() || this.otherActor();
      case 'IdentityCenterUser':
        return this.actorAt(at.onBehalfOf) || this.otherActor();
      default:
        return this.otherActor();
    }
  }

  private otherActor(): boolean {
    return (
      this.actorAt(at.userName) ||
      this.actorAfter(USER) ||
      this.actorAt(at.arn) ||
      this.actorAt(at.principal) ||
      this.actorAt(at.invokedBy) ||
      this.accountActor() ||
      this.actorAt(at.identityType)
    );
  }

  private accountActor(): boolean {
    if (!this.actorAt(at.identityAccount)) return false;
    this.actorPrefix = 'account ';
    return true;
  }

  private actorAt(slot: number): boolean {
    if (!this.has(slot)) return false;
    this.actorFrom = this.places.from[slot]!;
    this.actorTo = this.places.to[slot]!;
    return true;
  }

  /** What follows the first `marker` in the ARN. */
  private actorAfter(marker: Buffer): boolean {
    if (!this.has(at.arn)) return false;
    const { bytes } = this;
    const to = this.places.to[at.arn]!;
    for (let from = this.places.from[at.arn]!; from + marker.length <= to; from++) {
      let i = 0;
      while (i < marker.length && bytes[from + i] === marker[i]) i++;
      if (i < marker.length) continue;
      this.actorFrom = from + i;
      this.actorTo = to;
      return to > from + i;
    }
    return false;
  }

  private putTarget(): void {
    const { rows } = this.tables.events;
    const slot = this.targetSlot();
    if (slot >= 0) this.put(rows, this.spine.target, slot);
  }

  private targetSlot(): number {
    if (this.has(at.resourceArn)) return at.resourceArn;
    if (this.has(at.resourceArnLower)) return at.resourceArnLower;
    if (this.places.kind[at.request] === OBJECT)
      for (let slot = FIRST_NAMED; slot < eventPaths.length; slot++) if (this.has(slot)) return slot;
    return this.has(at.source) ? at.source : -1;
  }

  private putMessage(name: KnownName, hasActor: boolean, outcome: string | undefined): void {
    const { message, bytes } = this;
    message.length = 0;
    message.say(hasActor ? this.actorPrefix : 'Someone not named');
    message.add(bytes, this.actorFrom, this.actorTo);
    if (name.isConsoleLogin) message.say(' signed in to the AWS console');
    else {
      message.say(' called ');
      this.mention(at.name);
      message.say(' of ');
      if (this.has(at.source)) this.mention(at.source);
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
      const hasCode = this.has(at.errorCode);
      const hasMessage = this.has(at.errorMessage);
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
    this.message.add(this.bytes, this.places.from[slot]!, this.places.to[slot]!);
  }

  private mentionAfter(text: string, slot: number): void {
    if (!this.has(slot)) return;
    this.message.say(text);
    this.mention(slot);
  }

  private putDetails(record: number): void {
    const { bytes, copiedColumns, copiedSlots, writtenColumns, writtenSlots, flagColumns } = this;
    const { rows } = this.tables.details;
    const { kind, from, to } = this.places;
    for (let i = 0; i < copiedSlots.length; i++) {
      const slot = copiedSlots[i]!;
      if (kind[slot] === TEXT && to[slot]! > from[slot]!) rows.bytes(copiedColumns[i]!, bytes, from[slot]!, to[slot]!);
    }
    const account = this.accountSlot();
    if (account >= 0) rows.bytes(this.account, bytes, from[account]!, to[account]!);
    for (let i = 0; i < writtenSlots.length; i++) {
      const slot = writtenSlots[i]!;
      if (kind[slot] === ABSENT || kind[slot] === NULL) continue;
      // A text stands there with its quotes.
      const quote = kind[slot] === TEXT || kind[slot] === WRITTEN_TEXT ? 1 : 0;
      rows.bytes(writtenColumns[i]!, bytes, from[slot]! - quote, to[slot]! + quote);
    }
    this.putFlag(flagColumns.mfa, this.flagAt(at.mfaUsed) ?? this.flagAt(at.sessionMfa));
    this.putFlag(flagColumns.readOnly, this.flagAt(at.readOnly));
    this.putFlag(flagColumns.management, this.flagAt(at.management));
    rows.end(record);
  }

  private putFlag(column: number, flag: boolean | undefined): void {
    if (flag !== undefined) this.tables.details.rows.boolean(column, flag);
  }
}
