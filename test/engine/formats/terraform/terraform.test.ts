import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { terraform } from '../../../../engine/formats/terraform/terraform.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows, inPieces, type Collected } from '../collect-rows.ts';
import { damageLines } from '../damage.ts';

const SECRET = 'hunter2secret';
const TAKEN = parseInstant('2026-11-25T18:00:00Z')!;
const fixture = (name: string): Buffer => readFileSync(`test/fixtures/terraform/${name}`);
const read = (name: string) => collectRows(terraform, fixture(name), { takenAt: TAKEN });
const events = (all: Collected) =>
  all.rows('events').map(({ code, activity, target, outcome }) => [code, activity, target, outcome]);
const files = [
  'gen-plan1.json',
  'gen-plan2.json',
  'gen-plan2.jsonl',
  'gen-apply1.jsonl',
  'gen-apply2.jsonl',
  'gen-state1.json',
  'gen-state1.tfstate',
];

const shown = (all: Collected): string =>
  JSON.stringify([...all.tables], (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));

describe('a plan', () => {
  const all = collectRows(terraform, fixture('gen-plan2.json'));

  it('says what it would change, at its own time', () => {
    expect(all.problem).toBeUndefined();
    expect(events(all)).toEqual([
      ['planned_change', 'update', 'terraform_data.web[0]', undefined],
      ['planned_change', 'delete', 'terraform_data.web[1]', undefined],
      ['plan', 'plan', undefined, 'success'],
    ]);
    expect(new Set(all.rows('events').map(({ time }) => time))).toEqual(
      new Set([parseInstant('2026-11-25T17:32:14Z')]),
    );
    expect(all.rows('events').every((row) => row['class'] === 'configuration_change')).toBe(true);
  });

  it('has no event for what stays as it is, but a record', () => {
    const noop = all
      .rows('event_fields')
      .find(({ fields }) => String(fields).includes('"no-op"') && String(fields).includes('terraform_data.key'));
    expect(all.rows('events').some(({ record }) => record === noop?.record)).toBe(false);
  });

  it('gives the state before it, as it was looked at', () => {
    expect(all.rows('config_items').map((row) => row['resource_name'])).toEqual([
      'terraform_data.key',
      'terraform_data.web[0]',
      'terraform_data.web[1]',
    ]);
  });

  it('is dated by hand where it has no timestamp, else refused', () => {
    const older = JSON.parse(fixture('gen-plan2.json').toString()) as Record<string, unknown>;
    delete older['timestamp'];
    const text = JSON.stringify(older);
    expect(collectRows(terraform, text).problem).toMatchObject({
      code: 'bad_request',
      remedy: expect.stringContaining('--taken-at') as string,
    });
    expect(collectRows(terraform, text, { takenAt: TAKEN }).rows('events')[0]).toMatchObject({ time: TAKEN });
  });

  it('tells drift from what it would change, and replacement from both', () => {
    const plan = {
      format_version: '1.2',
      terraform_version: '1.9.0',
      resource_drift: [
        {
          address: 'aws_s3_bucket.a',
          type: 'aws_s3_bucket',
          change: { actions: ['update'], before: { acl: 'private' }, after: { acl: 'public-read' } },
        },
      ],
      resource_changes: [
        {
          address: 'aws_instance.a',
          type: 'aws_instance',
          action_reason: 'replace_because_cannot_update',
          change: { actions: ['delete', 'create'], before: {}, after: {} },
        },
      ],
      timestamp: '2026-01-02T03:04:05.123456789+01:00',
    };
    const drifted = collectRows(terraform, JSON.stringify(plan, null, 2));
    expect(events(drifted)).toEqual([
      ['planned_change', 'replace', 'aws_instance.a', undefined],
      ['plan', 'plan', undefined, undefined],
      ['resource_drift', 'update', 'aws_s3_bucket.a', undefined],
    ]);
    expect(drifted.rows('events')[0]).toMatchObject({ time: parseInstant('2026-01-02T02:04:05.123456Z') });
  });

  it('without any change is read as well', () => {
    const empty = collectRows(
      terraform,
      '{"format_version":"1.2","terraform_version":"1.9.0","planned_values":{"root_module":{}},"timestamp":"2026-01-02T03:04:05Z","errored":false}',
    );
    expect(events(empty)).toEqual([['plan', 'plan', undefined, 'success']]);
  });
});

describe('a state', () => {
  it('gives its resources, as terraform show prints it and as it is', () => {
    for (const name of ['gen-state1.json', 'gen-state1.tfstate']) {
      const all = read(name);
      expect(all.rejects).toEqual([]);
      expect(
        all
          .rows('config_items')
          .map((row) => [row['captured'], row['provider'], row['resource_type'], row['resource_name']]),
      ).toEqual(
        ['key', 'web[0]', 'web[1]'].map((each) => [TAKEN, 'terraform', 'terraform_data', `terraform_data.${each}`]),
      );
      expect(all.rows('events')).toEqual([]);
      expect(all.assumptions.join(' ')).toMatch(/dated 2026-11-25T18:00:00Z, as given for the file/);
    }
  });

  it('is refused where nobody says when it was made', () => {
    expect(collectRows(terraform, fixture('gen-state1.tfstate')).problem?.code).toBe('bad_request');
  });

  it('gives region and account of the provider, and the resources of modules', () => {
    const resource = (address: string, extra: object = {}) => ({
      address,
      mode: 'managed',
      type: 'aws_db_instance',
      name: 'db',
      provider_name: 'registry.terraform.io/hashicorp/aws',
      values: {
        id: 'db-1',
        arn: 'arn:aws:rds:eu-west-1:123456789012:db:main',
        password: 'p4ssw0rd!',
        endpoint: 'u:p4ssw0rd!@db',
        http_tokens: 'required',
        ...extra,
      },
      sensitive_values: { password: true },
    });
    const state = {
      format_version: '1.0',
      terraform_version: '1.0.0',
      values: {
        root_module: {
          child_modules: [
            {
              address: 'module.a',
              resources: [resource('module.a.aws_db_instance.db')],
              child_modules: [
                { address: 'module.a.module.b', resources: [resource('module.a.module.b.aws_db_instance.db')] },
              ],
            },
          ],
        },
      },
    };
    const all = collectRows(terraform, JSON.stringify(state), { takenAt: TAKEN });
    expect(all.rows('config_items')).toMatchObject([
      {
        provider: 'aws',
        account: '123456789012',
        region: 'eu-west-1',
        resource_id: 'db-1',
        resource_name: 'module.a.aws_db_instance.db',
      },
      { resource_name: 'module.a.module.b.aws_db_instance.db' },
    ]);
    expect(JSON.parse(all.rows('config_items')[0]!['configuration'] as string)).toEqual({
      ...resource('').values,
      password: '(masked)',
      // Terraform marks the password alone.
      endpoint: '(masked)',
    });
  });

  it('is read from before 0.12, when resources were an object', () => {
    const state = {
      version: 3,
      terraform_version: '0.11.14',
      serial: 7,
      lineage: 'x',
      modules: [
        {
          path: ['root', 'net'],
          outputs: {},
          resources: {
            'aws_subnet.a': {
              type: 'aws_subnet',
              primary: { id: 's-1', attributes: { id: 's-1', 'tags.%': '0' } },
              provider: 'provider.aws',
            },
          },
        },
      ],
    };
    expect(collectRows(terraform, JSON.stringify(state), { takenAt: TAKEN }).rows('config_items')).toMatchObject([
      { provider: 'aws', resource_name: 'module.net.aws_subnet.a', resource_id: 's-1' },
    ]);
  });

  it('without resources is a state all the same', () => {
    for (const text of [
      '{"version":4,"terraform_version":"1.5.0","serial":1,"lineage":"x","outputs":{},"resources":[]}',
      '{"format_version":"1.0"}',
    ]) {
      const all = collectRows(terraform, text, { takenAt: TAKEN });
      expect(all.problem).toBeUndefined();
      expect(all.records).toBe(1);
    }
  });
});

describe('the log of a run', () => {
  it('gives what was done to each resource, to the microsecond', () => {
    const all = read('gen-apply2.jsonl');
    expect(events(all).filter(([code]) => code === 'apply_complete')).toEqual([
      ['apply_complete', 'delete', 'terraform_data.web[1]', 'success'],
      ['apply_complete', 'update', 'terraform_data.web[0]', 'success'],
    ]);
    expect(all.rows('events')[0]).toMatchObject({
      time: parseInstant('2026-11-25T17:32:14.865643Z'),
      severity: 'info',
      class: 'event_log_activity',
    });
    expect(all.records).toBe(9);
  });

  it('tells failures, and rejects a line without a readable time', () => {
    const line = (type: string, rest: object) =>
      JSON.stringify({
        '@level': 'error',
        '@message': 'x',
        '@module': 'terraform.ui',
        '@timestamp': '2026-01-02T03:04:05Z',
        type,
        ...rest,
      });
    const hook = { hook: { resource: { addr: 'a.b' }, action: 'create' } };
    const all = collectRows(
      terraform,
      [
        line('apply_errored', hook),
        line('diagnostic', { diagnostic: { severity: 'error', address: 'a.b' } }),
        line('apply_start', { ...hook, '@timestamp': 'now' }),
      ].join('\n'),
    );
    expect(events(all)).toEqual([
      ['apply_errored', 'create', 'a.b', 'failure'],
      ['diagnostic', 'diagnostic', 'a.b', 'failure'],
    ]);
    expect(all.rejects).toMatchObject([{ reason: '@timestamp "now" is not a time.' }]);
  });
});

it.each(files)('keeps no sensitive value, also where Terraform does not mark it: %s', (name) => {
  const all = read(name);
  expect(all.problem).toBeUndefined();
  expect(shown(all)).not.toContain(SECRET);
});

describe('robustness', () => {
  const everything = ({ tables, rejects, spans, assumptions }: Collected) => ({
    tables: [...tables],
    rejects,
    spans,
    assumptions,
  });

  it.each([1, 7, 4096])('gives the same rows from pieces of %i bytes', (size) => {
    for (const name of files)
      expect(everything(collectRows(terraform, inPieces(fixture(name), size), { takenAt: TAKEN }))).toEqual(
        everything(read(name)),
      );
  });

  it('reads a plan that is printed over many lines as one on a single line', () => {
    const pretty = JSON.stringify(JSON.parse(fixture('gen-plan2.json').toString()), null, 4);
    const strip = (all: Collected) => [...all.tables];
    expect(strip(collectRows(terraform, `\ufeff${pretty}`))).toEqual(
      strip(collectRows(terraform, fixture('gen-plan2.json'))),
    );
  });

  it('keeps the other lines where a tenth is damaged', () => {
    const lines = Array.from({ length: 40 }, () => fixture('gen-apply1.jsonl').toString().trimEnd().split('\n'))
      .flat()
      .map((line) => Buffer.from(line));
    const { bytes, damaged } = damageLines(lines, 11);
    const all = collectRows(terraform, bytes);
    expect(damaged.size).toBeGreaterThan(20);
    // A record that only lost its end may swallow nothing of the next.
    expect(all.rows('events').length).toBeGreaterThanOrEqual(lines.length - damaged.size);
    expect(all.rows('events').length + all.rejects.length).toBe(all.records);
  });

  it('says that a plan was cut off, and does not take its time for granted', () => {
    const cut = fixture('gen-plan2.json').subarray(0, 3800);
    expect(collectRows(terraform, cut).problem?.code).toBe('bad_request');
    const dated = collectRows(terraform, cut, { takenAt: TAKEN });
    expect(dated.assumptions.join(' ')).toMatch(/ends before its JSON does/);
    expect(dated.rows('events').length).toBeGreaterThan(0);
  });

  it('survives wrong types in every member', () => {
    const odd = [1, true, null, 'x', [], {}, [[]], [{}], -1];
    for (const name of ['gen-plan2.json', 'gen-state1.json', 'gen-state1.tfstate']) {
      const base = JSON.parse(fixture(name).toString()) as Record<string, unknown>;
      for (const member of Object.keys(base))
        for (const value of odd)
          collectRows(terraform, JSON.stringify({ ...base, [member]: value }), { takenAt: TAKEN });
      for (const list of ['resource_changes', 'resources']) {
        const [first] = (base[list] ?? []) as Record<string, unknown>[];
        for (const member of Object.keys(first ?? {}))
          for (const value of odd)
            collectRows(terraform, JSON.stringify({ ...base, [list]: [{ ...first, [member]: value }] }), {
              takenAt: TAKEN,
            });
      }
    }
  });

  it('reads members called __proto__, deep values and huge numbers without harm', () => {
    const deep = `${'{"a":'.repeat(400)}1${'}'.repeat(400)}`;
    const text = `{"version":4,"terraform_version":"1.5.0","serial":1,"lineage":"x","resources":[{"mode":"managed","type":"t","name":"n","provider":"p","instances":[{"attributes":{"__proto__":{"polluted":"=cmd()"},"size":12345678901234567890,"deep":${deep}}}]}]}`;
    const all = collectRows(terraform, text, { takenAt: TAKEN });
    expect(all.rows('config_items')[0]!['configuration']).toContain('"__proto__":{"polluted":"=cmd()"}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(all.assumptions.join(' ')).toMatch(/nearest 64-bit float/);
  });

  it('claims its own files, and no others', () => {
    for (const name of files) expect(terraform.recognise(fixture(name)).confidence).toBeGreaterThan(0.9);
    for (const text of [
      '',
      '{}',
      '[]',
      '{"version":4}',
      '{"format_version":"1.0"}',
      '{"@timestamp":"2026-01-01T00:00:00Z","@message":"x","type":"log"}',
      '{"resources":[{"type":"a"}]}',
    ])
      expect(`${text}: ${terraform.recognise(Buffer.from(text)).confidence}`).toBe(`${text}: 0`);
  });
});
