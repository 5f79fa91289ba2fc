/** Times as scanners write them: with an offset, or by the clock of the host that was scanned. */
import { readTableTime } from '../framing/table-times.ts';
import type { UtcMicros } from '../../../shared/time.ts';

// Tue Jun 25 10:32:42 2013, as C's asctime writes it.
const ASCTIME = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{2}:\d{2}:\d{2}) (\d{4})$/;

/** Reads the times of one source, and says once that a zone was taken for granted. */
export class ScanTimes {
  constructor(
    private readonly zone: string,
    private readonly assume: (statement: string) => void,
  ) {}

  /** The instant; `undefined` for other text, a day alone included: that says too little of when a scan was. */
  read(text: string | undefined): UtcMicros | undefined {
    const plain = text?.trim() ?? '';
    if (plain === '' || plain.length > 64) return undefined;
    const [, month, day, clock, year] = ASCTIME.exec(plain) ?? [];
    const written = readTableTime(month === undefined ? plain : `${day} ${month} ${year} ${clock}`, this.zone);
    if (written === undefined || written.kind === 'day') return undefined;
    if (written.kind === 'wall clock') this.assume(`Times without an offset are taken in ${this.zone}.`);
    return written.time;
  }
}
