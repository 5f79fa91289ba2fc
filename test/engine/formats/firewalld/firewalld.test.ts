/** Zones of firewalld. Their settings are compared in test/conformance. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { firewalld } from '../../../../engine/formats/firewalld/firewalld.ts';
import { collectRows, inPieces, type Collected } from '../collect-rows.ts';

const ZONES = readFileSync('test/fixtures/firewall-config/insights-firewall_cmd-FIREWALL_LIST_ZONES_3.txt', 'utf8');
const takenAt = 1_700_000_000_000_000n;
const read = (content: string): Collected => collectRows(firewalld, content, { takenAt });

const item = (collected: Collected, id: string): Record<string, unknown> =>
  JSON.parse(
    String(collected.rows('config_items').find((row) => row['resource_id'] === id)!['configuration']),
  ) as Record<string, unknown>;

describe('zones', () => {
  test('what becomes of the rest, by the target', () => {
    const verdicts = ['block', 'dmz', 'public', 'trusted'].map(
      (name) => item(read(ZONES), `firewalld/${name}`)['final_verdict'],
    );
    expect(verdicts).toEqual(['drop', 'drop', 'drop', 'accept']);
  });

  test('services, ports and rich rules as rules', () => {
    const collected = read(ZONES);
    expect(item(collected, 'firewalld/public/2')).toMatchObject({
      text: 'service ssh',
      cases: [
        {
          protocol: 'tcp',
          ports: [{ from: 22, to: 22 }],
          in_interface: 'eno1',
          verdict: 'accept',
          open_to_world: true,
        },
      ],
    });
    expect(item(collected, 'firewalld/public/6')).toMatchObject({
      cases: [{ source: '10.0.0.0/24', ports: [{ from: 8080, to: 8090 }], verdict: 'accept', open_to_world: false }],
    });
    expect(item(collected, 'firewalld/dmz/1')).toMatchObject({ cases: [{ open_to_world: false }] });
  });

  test('a service whose ports are not known has none, and says so', () => {
    const collected = read(ZONES.replace('services: ssh', 'services: our-own'));
    expect(item(collected, 'firewalld/dmz/1')).toMatchObject({
      cases: [{ undecided: ['the ports of the service our-own are not in the file'] }],
    });
  });
});

describe('what is not read', () => {
  test('a zone without its end, with a line of something else, or with a setting twice', () => {
    for (const [damaged, reason] of [
      [ZONES.slice(0, ZONES.lastIndexOf('  rich rules:')), 'it is cut off'],
      [ZONES.replace('  sources:', '  sauces:'), 'which is not known'],
      [ZONES.replace('  sources:', '  ports:'), 'twice'],
    ] as const) {
      const collected = read(damaged);
      expect(collected.rejects.map((each) => each.reason)).toEqual([expect.stringContaining(reason)]);
      expect(collected.records).toBe(4);
    }
  });

  test('a firewall that does not run', () => {
    expect(item(read('FirewallD is not running\n'), 'firewalld')).toEqual({ kind: 'service', running: false });
  });

  test('without --taken-at', () => {
    expect(collectRows(firewalld, ZONES).problem?.code).toBe('bad_request');
  });

  test('pieces give the same rows', () => {
    for (const size of [1, 7, 4096])
      expect([...collectRows(firewalld, inPieces(Buffer.from(ZONES), size), { takenAt }).tables]).toEqual([
        ...read(ZONES).tables,
      ]);
  });
});
