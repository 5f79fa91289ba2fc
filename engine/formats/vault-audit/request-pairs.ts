/** Which requests of a file have their response in it: a request without one has an outcome that nobody knows. */
import { firstText } from '../event-records/values.ts';

/** Requests whose response may still come: more than any Vault has under way, few enough for a hostile file. */
const MOST_OPEN = 100_000;

export class RequestPairs {
  readonly #open = new Set<string>();
  #requests = 0;
  #responses = 0;
  #unasked = 0;
  #gaveUp = false;

  /** Takes the next entry of the file. */
  see(entry: unknown): void {
    const id = firstText(entry, 'request.id');
    const isRequest = firstText(entry, 'type') === 'request';
    if (isRequest) this.#requests++;
    else this.#responses++;
    // Vault probes a new audit device with a request that is never answered.
    if (id === undefined || firstText(entry, 'request.path') === 'sys/audit/test') return;
    if (!isRequest) {
      if (!this.#open.delete(id)) this.#unasked++;
      return;
    }
    this.#open.add(id);
    if (this.#open.size <= MOST_OPEN) return;
    this.#open.clear();
    this.#gaveUp = true;
  }

  /** Sentences for the source; none where every request has its response. */
  notes(): readonly string[] {
    if (this.#gaveUp)
      return [
        `Requests and responses were not paired: more than ${MOST_OPEN} requests were without a response at once.`,
      ];
    const unanswered = this.#open.size;
    return [
      ...(unanswered === 0
        ? []
        : [`Requests without a response in this file: ${unanswered} of ${this.#requests}; their outcome is unknown.`]),
      ...(this.#unasked === 0
        ? []
        : [`Responses without their request in this file: ${this.#unasked} of ${this.#responses}.`]),
    ];
  }
}
