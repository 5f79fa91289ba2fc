/**
 * An experiment: ntpd of ntpsec measures this machine against a server that is half a second behind, so the signs of all
 * it writes and prints are known by construction. It has no right to set a clock, and is told not to.
 */
import { describe, expect, test } from 'vitest';
import { ntpd } from '../../../../engine/formats/ntpd/ntpd.ts';
import { collectRows } from '../collect-rows.ts';
import { samplesOf, type Sample } from '../clocks/readings.ts';
import { measureWithNtpsec, ntpsecMissing, SERVER } from './ntpsec.ts';

const missing = ntpsecMissing();
if (missing !== undefined) process.stderr.write(`${missing}\n`);

const takenAt = BigInt(Date.UTC(2026, 0, 1)) * 1000n;
/** A busy machine delays answers by hundredths of a second. */
const TOLERANCE = 0.1;

describe.skipIf(missing !== undefined)('a clock that is half a second ahead of its server', () => {
  test('statistics and reports of one run say the same', { timeout: 90_000 }, async () => {
    const measured = await measureWithNtpsec(-0.5);
    const collected = (name: string) => collectRows(ntpd, measured[name] ?? '', { takenAt });
    for (const name of Object.keys(measured)) {
      expect([name, ntpd.recognise(Buffer.from(measured[name] ?? '')).confidence > 0.9]).toEqual([name, true]);
      const { rejects, records } = collected(name);
      expect([name, rejects.length]).toEqual([name, name === 'sysstats.txt' ? records : 0]);
    }

    expectNear(samplesOf(collected('loopstats')));
    expectNear(samplesOf(collected('peerstats')).filter(({ reference }) => reference === SERVER));
    expectNear(samplesOf(collected('pn.txt')));
    expectNear(samplesOf(collected('pnu.txt')));
    expectNear(samplesOf(collected('rv-peer.txt')).filter(({ offset_s }) => offset_s !== null));

    // A daemon that may not discipline the clock follows a server, and calls itself not synchronised.
    for (const name of ['rv.txt', 'sysinfo.txt'])
      expect([name, samplesOf(collected(name))[0]]).toMatchObject([
        name,
        { stratum: 3, synchronised: false, offset_s: null },
      ]);

    // The variables of the peer are those of a line of peerstats, times 1000.
    const written = samplesOf(collected('peerstats')).map(({ offset_s }) => offset_s);
    const ofPeer = samplesOf(collected('rv-peer.txt')).find(({ reference }) => reference === SERVER);
    expect(written).toContain(ofPeer?.offset_s);

    // A peer in ntpq -pn is one of the last lines of peerstats, to the digits that ntpq prints.
    const [peer] = samplesOf(collected('pn.txt'));
    const offsets = samplesOf(collected('peerstats')).map(({ offset_s }) => Number(offset_s));
    expect(offsets.some((offset) => Math.abs(offset - Number(peer?.offset_s)) < 1e-6)).toBe(true);

    expect(samplesOf(collected('as.txt'))[0]?.synchronised).toBe(true);
  });
});

/** The clock is ahead of the server, so every offset is +0.5 s. */
function expectNear(samples: readonly Sample[]): void {
  expect(samples.length).toBeGreaterThan(0);
  for (const { offset_s } of samples) expect(Math.abs((offset_s ?? NaN) - 0.5)).toBeLessThan(TOLERANCE);
}
