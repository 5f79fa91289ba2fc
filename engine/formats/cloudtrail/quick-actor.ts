/** Who did it, as identity.ts says it, by where it stands in the bytes of an event. */
import type { EventBytes } from './event-bytes.ts';
import { at } from './event-places.ts';

const ASSUMED_ROLE = Buffer.from(':assumed-role/', 'latin1');
const FEDERATED_USER = Buffer.from(':federated-user/', 'latin1');
const USER = Buffer.from(':user/', 'latin1');

export class QuickActor {
  /** Where the actor stands in the bytes, and what is said before it. */
  from = 0;
  to = 0;
  prefix = '';

  constructor(private readonly event: EventBytes) {}

  /** As `readableIdentity`. Gives `undefined` for what is put together of several parts, false where nobody is named. */
  find(): boolean | undefined {
    this.prefix = '';
    this.to = this.from = 0;
    switch (this.event.textAt(at.identityType)) {
      case 'Root':
        this.prefix = 'root';
        return true;
      case 'AssumedRole':
        return this.actorAfter(ASSUMED_ROLE) || (this.event.has(at.issuer) ? undefined : this.otherActor());
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
    this.prefix = 'account ';
    return true;
  }

  private actorAt(slot: number): boolean {
    if (!this.event.has(slot)) return false;
    this.from = this.event.places.from[slot]!;
    this.to = this.event.places.to[slot]!;
    return true;
  }

  /** What follows the first `marker` in the ARN. */
  private actorAfter(marker: Buffer): boolean {
    if (!this.event.has(at.arn)) return false;
    const { bytes } = this.event;
    const to = this.event.places.to[at.arn]!;
    for (let from = this.event.places.from[at.arn]!; from + marker.length <= to; from++) {
      let i = 0;
      while (i < marker.length && bytes[from + i] === marker[i]) i++;
      if (i < marker.length) continue;
      this.from = from + i;
      this.to = to;
      return to > from + i;
    }
    return false;
  }
}
