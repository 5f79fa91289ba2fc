/** What a time server of stratum 2 answers whose clock is wrong by a known amount (RFC 5905). */

/** Seconds from 1900 to 1970. */
const NTP_OFFSET = 2_208_988_800n;

/** NTP timestamp of the clock of this machine, moved by `ahead` seconds. */
function ntpNow(ahead: number): bigint {
  const micros = BigInt(Math.round((performance.timeOrigin + performance.now() + ahead * 1000) * 1000));
  return ((micros / 1_000_000n + NTP_OFFSET) << 32n) | (((micros % 1_000_000n) << 32n) / 1_000_000n);
}

/** The answer to `request`, now, of a server that is `ahead` seconds ahead of this machine. */
export function answerOf(request: Buffer, ahead: number): Buffer {
  const received = ntpNow(ahead);
  const answer = Buffer.alloc(48);
  answer[0] = ((request[0] ?? 0) & 0b00111000) | 4;
  answer[1] = 2;
  answer[2] = request[2] ?? 0;
  answer[3] = 0xec;
  answer.writeUInt32BE(0x10, 8);
  answer.write('TEST', 12, 'latin1');
  answer.writeBigUInt64BE(received - (1n << 32n), 16);
  request.copy(answer, 24, 40, 48);
  answer.writeBigUInt64BE(received, 32);
  answer.writeBigUInt64BE(ntpNow(ahead), 40);
  return answer;
}
