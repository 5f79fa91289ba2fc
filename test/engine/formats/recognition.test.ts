import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { HEAD_BYTES } from '../../../engine/intake/open-content.ts';
import { formats, recogniseFormat } from '../../../engine/formats/registry.ts';

const FIXTURES = 'test/fixtures';
/** As the import does: two that are this near cannot be told apart, and one below this is not taken. */
const TOO_CLOSE = 0.05;
const SURE_ENOUGH = 0.5;

/** Formats that the evidence in a folder may be taken for. */
const expectedIn: Readonly<Record<string, readonly string[]>> = {
  auditd: ['auditd'],
  'auth-log': ['syslog-3164'],
  'syslog-rfc3164': ['syslog-3164', 'syslog-5424'],
  'syslog-rfc5424': ['syslog-5424'],
  cloudtrail: ['cloudtrail'],
  nmap: ['nmap'],
  tickets: ['tickets'],
  'okta-system': ['okta-system'],
  'entra-signin': ['entra-signin'],
  'azure-activity': ['azure-activity'],
  'github-audit': ['github-audit'],
  journald: ['journald', 'syslog-3164'],
  dmesg: ['dmesg', 'syslog-3164'],
  'fluent-bit': ['fluent-bit'],
  'opa-decisions': ['opa-decisions'],
  'k8s-audit': ['k8s-audit'],
  'vault-audit': ['vault-audit'],
  'teleport-audit': ['teleport-audit'],
  usbguard: ['usbguard', 'auditd'],
  alertmanager: ['alertmanager'],
  'vpc-flow': ['vpc-flow'],
  chrony: ['chrony'],
  ntpd: ['ntpd', 'chrony'],
  timedatectl: ['timedatectl'],
  openmetrics: ['openmetrics'],
  'prometheus-api': ['prometheus-api'],
  nessus: ['nessus'],
  sslscan: ['sslscan'],
  testssl: ['testssl'],
  trivy: ['trivy'],
  grype: ['grype'],
  sarif: ['sarif'],
  aide: ['aide'],
  tripwire: ['tripwire'],
  terraform: ['terraform'],
  openscap: ['xccdf'],
  'kube-bench': ['kube-bench'],
  lynis: ['lynis'],
  hdf: ['hdf'],
  'aws-api-examples': ['aws-cli'],
  'aws-resource-snapshots': ['aws-cli'],
  'host-facts': ['host-facts'],
  'host-config': ['host-facts'],
  'listening-ports': ['host-facts'],
  'auditd-rules': ['host-facts'],
  selinux: ['host-facts'],
  'firewall-config': ['iptables', 'nftables', 'firewalld'],
};

/** What lies beside the evidence and is none: oracles, keys, configuration. */
const BESIDE =
  /expected|golden|README|\.json\.sha|fields\.json|-counts\.json|\.assert|dump\.txt|stdout|stale-markers|events\.txt/;

function heads(folder: string): readonly { readonly name: string; readonly head: Uint8Array }[] {
  return readdirSync(join(FIXTURES, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !BESIDE.test(entry.name))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const bytes = readFileSync(path);
      const content = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
      return { name: path.slice(FIXTURES.length + 1), head: content.subarray(0, HEAD_BYTES) };
    });
}

describe('every file of the fixtures', () => {
  it.each(Object.entries(expectedIn))('in %s is taken for its own format, or for none', (folder, own) => {
    const taken: string[] = [];
    for (const { name, head } of heads(folder)) {
      const [best, second] = recogniseFormat(head);
      if (!best || best.confidence < SURE_ENOUGH) continue;
      taken.push(name);
      expect(`${name}: ${best.format.id}`).toBe(`${name}: ${own.includes(best.format.id) ? best.format.id : own[0]}`);
      const distance = second && second.confidence >= SURE_ENOUGH ? best.confidence - second.confidence : 1;
      expect(`${name}: ${second?.format.id ?? ''} ${distance >= TOO_CLOSE}`).toBe(
        `${name}: ${second?.format.id ?? ''} true`,
      );
    }
    expect(taken.length).toBeGreaterThan(0);
  });

  it('has a reason that a person can read, where it is taken for something', () => {
    for (const folder of Object.keys(expectedIn))
      for (const { head } of heads(folder))
        for (const { confidence, reason } of recogniseFormat(head)) {
          expect(confidence).toBeLessThanOrEqual(1);
          expect(reason).toMatch(/^.{10,200}\.$/s);
        }
  });
});

it('no two formats have one id, and every id is written as file names are', () => {
  const ids = formats.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
});
