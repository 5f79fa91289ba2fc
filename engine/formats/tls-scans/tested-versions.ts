/** Which versions of the protocol were tested, and which of those that are offered have no suite to their name. */
import { BoundedList } from '../check-results/bounded-list.ts';

interface Offer {
  readonly version: string;
  readonly record: number;
  readonly grade: string | undefined;
}

/** Versions of one endpoint. */
export class OfferedVersions {
  readonly #offers = new Map<string, Offer>();
  readonly #withSuites = new Set<string>();

  offered(offer: Offer): void {
    if (!this.#offers.has(offer.version)) this.#offers.set(offer.version, offer);
  }

  hasSuite(version: string): void {
    this.#withSuites.add(version);
  }

  /** Offered, but no suite of it is named: evidence of the version all the same. */
  withoutSuites(): readonly Offer[] {
    return [...this.#offers.values()].filter(({ version }) => !this.#withSuites.has(version));
  }
}

/** Versions that were tested on any endpoint of a scan. */
export class TestedVersions {
  readonly #versions = new BoundedList(100);

  add(version: string | undefined): void {
    this.#versions.add(version);
  }

  /** `SSLv2, SSLv3, TLSv1.0`; `undefined` where the scan does not say. */
  get text(): string | undefined {
    return this.#versions.filled?.toSorted().join(', ');
  }
}
