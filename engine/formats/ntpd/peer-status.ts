/**
 * What ntpd thinks of a peer: the peer status word, and the sign that `ntpq -p` puts before its name.
 *
 *     15        11 10    8 7     4 3     0
 *     ├ status ───┤├ select┤├ count ┤├ event ┤     status: 0x80 configured, 0x10 reachable (of the first byte)
 *
 * Source: RFC 9327, 2.3; ntpd's "Event Messages and Status Words".
 */
const SELECTIONS = ['reject', 'falsetick', 'excess', 'outlier', 'candidate', 'backup', 'sys.peer', 'pps.peer'] as const;
export type Selection = (typeof SELECTIONS)[number];

export interface PeerStatus {
  readonly selection: Selection;
  readonly isReachable: boolean;
  /** The clock is disciplined by this peer; `undefined`: this peer does not say whether it is by others. */
  readonly isUsed: true | undefined;
}

/** Reads a status word of 4 hexadecimal digits. */
export function readPeerStatus(hexadecimal: string): PeerStatus {
  const word = Number.parseInt(hexadecimal, 16);
  const selection = SELECTIONS[(word >> 8) & 7] ?? 'reject';
  return { selection, isReachable: (word & 0x1000) !== 0, isUsed: isUsed(selection) };
}

/** The sign before the name of a peer: `*` the system peer, `+` combined with it, and so on. */
export function selectionOfTally(tally: string): Selection | undefined {
  const at = ' x.-+#*o'.indexOf(tally);
  return at < 0 ? undefined : SELECTIONS[at];
}

export function isSelection(text: string): text is Selection {
  return (SELECTIONS as readonly string[]).includes(text);
}

/** The system peer and those combined with it discipline the clock. */
export function isUsed(selection: Selection): true | undefined {
  return selection === 'sys.peer' || selection === 'pps.peer' || selection === 'candidate' ? true : undefined;
}

/**
 * True for the driver of the computer's own clock. Its offset is always 0, because it measures the clock against
 * itself: that is no measurement.
 */
export function isOwnClock(reference: string): boolean {
  return /^(?:LOCAL\(\d+\)|127\.127\.1\.\d{1,3})$/.test(reference);
}

/** Half of the dispersion of 16 s that ntpd gives to a sample that did not come. */
const LEAST_OF_PLACEHOLDER = 8;

/**
 * True where offset and delay (seconds) are the zeros that ntpd puts in the place of a sample that did not come, before
 * it calls the peer unreachable: their dispersion is 16 s, of which the best sample's half is in that of the peer.
 */
export function isPlaceholder(offset: number, delay: number, dispersion: number): boolean {
  return dispersion >= 2 * LEAST_OF_PLACEHOLDER || (offset === 0 && delay === 0 && dispersion >= LEAST_OF_PLACEHOLDER);
}
