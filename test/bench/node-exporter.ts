/** Series as some hosts with a node exporter give them, always the same, made while they are asked for. */
import type { FloatSamples } from '../../engine/formats/prometheus-tsdb/float-samples.ts';
import { compareLabels, type Label } from '../../engine/formats/prometheus-tsdb/labels.ts';
import { CHUNK_SAMPLES, type SeriesToWrite } from './write-block.ts';

export interface FleetShape {
  readonly hosts: number;
  readonly seriesPerHost: number;
  /** Scrapes of each host, 15 seconds apart. */
  readonly scrapes: number;
  /** Milliseconds since 1970. */
  readonly fromMs: number;
  /** `counts`: whole numbers, many of them constant. `noise`: doubles whose lower bits are chance. */
  readonly values: 'counts' | 'noise';
  /** Whether some series have the names of those that controls look at, so that an import keeps their samples unasked. */
  readonly hasClocks: boolean;
}

export const STEP_MS = 15_000;

/** The series of a fleet in the order of their labels. */
export function* fleetSeries(shape: FleetShape): Generator<SeriesToWrite> {
  const all: { labels: readonly Label[]; host: number; number: number }[] = [];
  for (let host = 0; host < shape.hosts; host++)
    for (let number = 0; number < shape.seriesPerHost; number++)
      all.push({ labels: labelsOf(shape, host, number), host, number });
  all.sort((a, b) => compareLabels(a.labels, b.labels));
  for (const { labels, host, number } of all) {
    const source = new ScrapedSeries(shape, host, number);
    yield { labels, fill: (samples) => source.fill(samples) };
  }
}

const CLOCKS = ['node_time_seconds', 'node_timex_offset_seconds', 'node_timex_sync_status', 'scrape_duration_seconds'];

function labelsOf({ hasClocks }: FleetShape, host: number, number: number): readonly Label[] {
  const place = String(host + 1).padStart(3, '0');
  return [
    ['__name__', (hasClocks && CLOCKS[number]) || `node_metric_${String(number >> 3).padStart(4, '0')}`],
    ['device', `dev${number & 7}`],
    ['instance', `host-${place}.example.com:9100`],
    ['job', 'node'],
  ];
}

type Kind = 'constant' | 'seldom' | 'counter' | 'gauge' | 'noise';

// Of an idle host's series more than half are constant; these shares are those of a busy one.
function kindOf(number: number): Kind {
  const part = number % 20;
  if (part < 8) return 'constant';
  if (part < 12) return 'seldom';
  return part < 17 ? 'counter' : 'gauge';
}

class ScrapedSeries {
  readonly #kind: Kind;
  #state: number;
  #value: number;
  #scrape = 0;

  constructor(
    private readonly shape: FleetShape,
    private readonly host: number,
    number: number,
  ) {
    this.#kind = shape.values === 'noise' ? 'noise' : kindOf(number);
    this.#state = mix(host * 65_536 + number) | 1;
    this.#value = this.#chance() % 1_000_000;
  }

  fill({ times, values }: FloatSamples): number {
    const count = Math.min(CHUNK_SAMPLES, this.shape.scrapes - this.#scrape);
    // Each host has its own place within the 15 seconds.
    const first = this.shape.fromMs + 1 + (mix(this.host + 1) % (STEP_MS - 2));
    for (let i = 0; i < count; i++) {
      const scrape = this.#scrape++;
      times[i] = first + scrape * STEP_MS + jitterMs(this.host, scrape);
      values[i] = this.#next();
    }
    return count;
  }

  #next(): number {
    switch (this.#kind) {
      case 'constant':
        return this.#value;
      case 'seldom':
        if (this.#chance() % 64 === 0) this.#value += 1;
        return this.#value;
      case 'counter':
        this.#value += this.#chance() % 5000;
        return this.#value;
      case 'gauge':
        // Bytes of memory: pages of 4096.
        this.#value = (1_000_000 + (this.#chance() % 65_536)) * 4096;
        return this.#value;
      case 'noise':
        return 100 * (this.#chance() * 2 ** -32 + this.#chance() * 2 ** -64);
    }
  }

  // 32 bits (xorshift).
  #chance(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return state >>> 0;
  }
}

// A server evens out most of it; on every third host a quarter of the scrapes is a millisecond off.
function jitterMs(host: number, scrape: number): number {
  if (host % 3 !== 0) return 0;
  const chance = mix(host * 1_000_003 + scrape);
  return chance % 4 === 0 ? ((chance >>> 8) & 1) * 2 - 1 : 0;
}

// Scatters a number over 32 bits.
function mix(number: number): number {
  let mixed = Math.imul(number ^ (number >>> 16), 0x45d9f3b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
