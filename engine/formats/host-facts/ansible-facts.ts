import { parseInstant, type UtcMicros } from '../../../shared/time.ts';
import type { JsonFacts, JsonKind, JsonObject } from './json-kind.ts';
import { isObject, memberOf, objectsOf, textOf, without } from './json-values.ts';
import type { Fact } from './kind.ts';

/**
 * Facts of Ansible: `{"ansible_facts": {...}}` as the module setup gives them, what a fact cache keeps (the members
 * alone), with and without the prefix `ansible_`. When they were gathered is `date_time.iso8601_micro`, in UTC.
 * https://docs.ansible.com/ansible/latest/collections/ansible/builtin/setup_module.html
 */
export const ansibleFacts: JsonKind = {
  id: 'ansible',
  as: 'facts of Ansible',
  fits: (record) => factsOf(record) !== undefined,
  begins: (text) =>
    /^[\s[{]*"(?:ansible_facts"\s*:\s*\{|ansible_\w+"\s*:)|"ansible_facts"\s*:\s*\{\s*"(?:ansible_|discovered_)/.test(
      text,
    ),
  read: readFacts,
};

const TELLING = [
  'distribution',
  'kernel',
  'hostname',
  'nodename',
  'fqdn',
  'date_time',
  'interfaces',
  'packages',
  'services',
];

/** The facts without their prefix; undefined where the record has none. */
function factsOf(record: JsonObject): JsonObject | undefined {
  const wrapped = memberOf(record, 'ansible_facts');
  if (isObject(wrapped)) return plain(wrapped);
  const names = Object.keys(record);
  const own = TELLING.filter((name) => names.includes(`ansible_${name}`)).length;
  return own >= 2 ? plain(record) : undefined;
}

function plain(facts: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name.replace(/^ansible_/, ''), value]));
}

function readFacts(record: JsonObject): JsonFacts | string {
  const facts = factsOf(record);
  if (!facts) return 'The record has no facts of Ansible.';
  if (memberOf(record, 'unreachable') === true || memberOf(record, 'failed') === true)
    return 'Ansible says that it could not gather the facts (failed or unreachable).';
  const system = textOf(facts, 'fqdn') ?? textOf(facts, 'nodename') ?? textOf(facts, 'hostname');
  const found = [
    ...hostOf(facts),
    ...interfacesOf(facts),
    ...devicesOf(facts),
    ...mountsOf(facts),
    ...controlsOf(facts),
    ...packagesOf(facts),
    ...servicesOf(facts),
  ];
  if (found.length === 0)
    return 'The record has no facts that are read: no host, interface, device, mount, package or service.';
  return { facts: found, captured: gathered(facts), system };
}

/** `iso8601_micro` is UTC and ends in Z; `epoch` are seconds. */
function gathered(facts: JsonObject): UtcMicros | undefined {
  const times = memberOf(facts, 'date_time');
  const written = textOf(times, 'iso8601_micro') ?? textOf(times, 'iso8601');
  const time = written === undefined ? undefined : parseInstant(written);
  const epoch = textOf(times, 'epoch');
  return time ?? (epoch !== undefined && /^\d{9,11}$/.test(epoch) ? BigInt(epoch) * 1_000_000n : undefined);
}

const PARTS = [
  'interfaces',
  'devices',
  'device_links',
  'mounts',
  'selinux',
  'apparmor',
  'packages',
  'services',
  'env',
  'date_time',
];

/** All that has no row of its own. Environment variables may hold passwords: their names stay. */
function hostOf(facts: JsonObject): readonly Fact[] {
  const interfaces = namesOfInterfaces(facts);
  const rest = without(facts, [...PARTS, ...interfaces.map(factName)]);
  const env = memberOf(facts, 'env');
  const names = isObject(env) ? { env_names: Object.keys(env) } : {};
  const known = ['distribution', 'kernel', 'hostname', 'nodename', 'system', 'fqdn'].some(
    (name) => textOf(facts, name) !== undefined,
  );
  return known
    ? [
        {
          type: 'host',
          id: 'host',
          name: textOf(facts, 'nodename') ?? textOf(facts, 'hostname'),
          fields: { ...rest, ...names },
        },
      ]
    : [];
}

const factName = (name: string): string => name.replaceAll(/[^A-Za-z0-9_]/g, '_');

function namesOfInterfaces(facts: JsonObject): readonly string[] {
  const names = memberOf(facts, 'interfaces');
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}

function interfacesOf(facts: JsonObject): readonly Fact[] {
  return namesOfInterfaces(facts).map((name) => {
    const fields = memberOf(facts, factName(name));
    return { type: 'network_interface', id: name, fields: isObject(fields) ? fields : { device: name } };
  });
}

function devicesOf(facts: JsonObject): readonly Fact[] {
  const devices = memberOf(facts, 'devices');
  if (!isObject(devices)) return [];
  return Object.entries(devices).flatMap(([name, device]): Fact[] => {
    const partitions = memberOf(device, 'partitions');
    const inner = isObject(partitions) ? Object.entries(partitions) : [];
    const whole = isObject(device) ? without(device, ['partitions']) : {};
    return [
      { type: 'block_device', id: name, fields: { name, type: 'disk', ...whole } },
      ...inner.map(([part, values]) => ({
        type: 'block_device',
        id: `${name}/${part}`,
        name: part,
        fields: { name: part, type: 'part', parent: name, ...(isObject(values) ? values : {}) },
      })),
    ];
  });
}

function mountsOf(facts: JsonObject): readonly Fact[] {
  return objectsOf(memberOf(facts, 'mounts')).map((entry) => {
    const target = textOf(entry, 'mount') ?? 'unnamed';
    return { type: 'mount', id: target, fields: { target, source: memberOf(entry, 'device'), ...entry } };
  });
}

function controlsOf(facts: JsonObject): readonly Fact[] {
  const [selinux, apparmor] = ['selinux', 'apparmor'].map((name) => memberOf(facts, name));
  const found: Fact[] = [];
  if (isObject(selinux)) {
    const mode = textOf(selinux, 'mode') ?? (textOf(selinux, 'status') === 'disabled' ? 'disabled' : undefined);
    found.push({
      type: 'mandatory_access_control',
      id: 'selinux',
      name: 'SELinux',
      fields: { kind: 'selinux', ...selinux, mode },
    });
  }
  // Ansible says only whether AppArmor is there, not whether it enforces anything.
  if (isObject(apparmor))
    found.push({
      type: 'mandatory_access_control',
      id: 'apparmor',
      name: 'AppArmor',
      fields: {
        kind: 'apparmor',
        ...apparmor,
        mode: textOf(apparmor, 'status') === 'disabled' ? 'disabled' : undefined,
      },
    });
  return found;
}

/** The module package_facts: a list of versions for each name. */
function packagesOf(facts: JsonObject): readonly Fact[] {
  const packages = memberOf(facts, 'packages');
  if (!isObject(packages)) return [];
  return Object.entries(packages).flatMap(([name, versions]) =>
    objectsOf(versions).map((each): Fact => ({
      type: 'package',
      id: `${name} ${textOf(each, 'arch') ?? ''}`.trim(),
      name,
      fields: { name, ...each },
    })),
  );
}

/** The module service_facts. */
function servicesOf(facts: JsonObject): readonly Fact[] {
  const services = memberOf(facts, 'services');
  if (!isObject(services)) return [];
  return Object.entries(services).map(([name, service]) => ({
    type: 'service',
    id: name,
    fields: { unit: name, ...(isObject(service) ? service : {}) },
  }));
}
