import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { awsCli } from '../../../../engine/formats/aws-cli/aws-cli.ts';
import { formats } from '../../../../engine/formats/registry.ts';
import type { Format } from '../../../../engine/formats/format.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows, inPieces, type Collected } from '../collect-rows.ts';
import { damageLines } from '../damage.ts';

const takenAt = parseInstant('2026-03-31T18:00:00Z')!;
const EXAMPLES = 'test/fixtures/aws-api-examples/';
const SNAPSHOTS = 'test/fixtures/aws-resource-snapshots/';

function read(content: string | Uint8Array | readonly Uint8Array[], name = 'answer.json', system?: string): Collected {
  return collectRows(awsCli, content, { name, takenAt, system });
}

function example(name: string): Buffer {
  return readFileSync(EXAMPLES + name);
}

describe('what an answer describes', () => {
  it('is a row a resource, its own JSON byte for byte', () => {
    const text = `{\n  "SecurityGroups": [\n { "GroupId":"sg-1",  "GroupName":"a\\u00e9", "OwnerId":"123456789012", "IpPermissions":[{"FromPort":1.0}] },\n {"GroupId":"sg-2","IpPermissions":[]}] }`;
    const { tables, rejects, assumptions } = read(text, 'x/eu-west-1/describe-security-groups.json');
    expect(rejects).toEqual([]);
    expect(tables.get('config_items')).toEqual([
      {
        record: 1,
        captured: takenAt,
        provider: 'aws',
        account: '123456789012',
        region: 'eu-west-1',
        system: 'aws:123456789012',
        resource_type: 'security_group',
        resource_id: 'sg-1',
        resource_name: 'aé',
        configuration:
          '{ "GroupId":"sg-1",  "GroupName":"a\\u00e9", "OwnerId":"123456789012", "IpPermissions":[{"FromPort":1.0}] }',
      },
      {
        record: 2,
        captured: takenAt,
        provider: 'aws',
        region: 'eu-west-1',
        resource_type: 'security_group',
        resource_id: 'sg-2',
        configuration: '{"GroupId":"sg-2","IpPermissions":[]}',
      },
    ]);
    expect(assumptions).toEqual([
      'The region of a security_group is eu-west-1, by the path of the file: the answer does not say it.',
      'Of which account a security_group is, is not said.',
      'The answers are as of 2026-03-31T18:00:00Z, as given for the file.',
    ]);
  });

  it.each([
    ['JSON lines', '{"VolumeId":"v1","Size":1,"Encrypted":false}\n{"VolumeId":"v2","Size":1,"Encrypted":true}\n'],
    ['a list', '[{"VolumeId":"v1","Size":1,"Encrypted":false},{"VolumeId":"v2","Size":1,"Encrypted":true}]'],
    [
      'an answer',
      '{"Volumes":[{"VolumeId":"v1","Size":1,"Encrypted":false},{"VolumeId":"v2","Size":1,"Encrypted":true}]}',
    ],
    [
      'pages',
      '{"NextToken":"a","Volumes":[{"VolumeId":"v1","Size":1,"Encrypted":false}]}\n{"Volumes":[{"VolumeId":"v2","Size":1,"Encrypted":true}]}',
    ],
    [
      'an unusual order',
      '{"ResponseMetadata":{"a":[]},"Volumes":[{"VolumeId":"v1","Size":1,"Encrypted":false},{"VolumeId":"v2","Size":1,"Encrypted":true}]}',
    ],
    [
      'another wrapping',
      '{"value":[{"VolumeId":"v1","Size":1,"Encrypted":false},{"VolumeId":"v2","Size":1,"Encrypted":true}]}',
    ],
    [
      'with a mark, CRLF',
      '\ufeff{"Volumes":[\r\n{"VolumeId":"v1","Size":1,"Encrypted":false},\r\n{"VolumeId":"v2","Size":1,"Encrypted":true}]}\r\n',
    ],
  ])('is the same as %s', (_, text) => {
    const { rejects, problem, ...found } = read(text);
    expect([problem, rejects]).toEqual([undefined, []]);
    expect(found.rows('config_items').map((row) => row['resource_id'])).toEqual(['v1', 'v2']);
  });

  it('is every instance of a reservation, and an instance with groups of its own stays whole', () => {
    const instance =
      '{"InstanceId":"i-1","InstanceType":"t3.micro","SecurityGroups":[{"GroupId":"sg-1","GroupName":"a"}],"NetworkInterfaces":[{"NetworkInterfaceId":"eni-1","VpcId":"vpc-1"}]}';
    const reservation = `{"ReservationId":"r-1","OwnerId":"123456789012","Groups":[],"Instances":[${instance},${instance.replace('i-1', 'i-2')}]}`;
    const many = read(`{"Reservations":[${reservation}]}`).rows('config_items');
    expect(
      many.map((row) => [row.record, row['resource_type'], row['resource_id'], row['configuration'] === instance]),
    ).toEqual([
      [1, 'instance', 'i-1', true],
      [1, 'instance', 'i-2', false],
    ]);
    expect(
      read(`${instance}\n`)
        .rows('config_items')
        .map((row) => row['resource_type']),
    ).toEqual(['instance']);
  });

  it('is all four lists of the details of an account', () => {
    const text = `{"UserDetailList":[{"UserName":"a","Arn":"arn:aws:iam::123456789012:user/a","UserPolicyList":[]}],"GroupDetailList":[{"GroupName":"g","Arn":"arn:aws:iam::123456789012:group/g","GroupPolicyList":[]}],"RoleDetailList":[{"RoleName":"r","RoleId":"x","Arn":"arn:aws:iam::123456789012:role/r"}],"Policies":[{"PolicyName":"p","Arn":"arn:aws:iam::123456789012:policy/p","PolicyVersionList":[]}],"IsTruncated":true,"Marker":"x"}`;
    const { assumptions, ...found } = read(text);
    expect(
      found.rows('config_items').map((row) => [row['resource_type'], row['resource_name'], row['account']]),
    ).toEqual([
      ['iam_user', 'a', '123456789012'],
      ['iam_group', 'g', '123456789012'],
      ['iam_role', 'r', '123456789012'],
      ['iam_policy', 'p', '123456789012'],
    ]);
    expect(assumptions).toContain(
      'The answer is one page of several (it names the next one): resources on other pages are unknown.',
    );
  });

  it('is told with what stands beside it and is not read', () => {
    const text = '{"Group":{"GroupName":"g","Arn":"arn:aws:iam::123456789012:group/g"},"Users":[{"UserName":"a"}]}';
    const { assumptions, ...found } = read(text);
    expect(found.rows('config_items').map((row) => row['resource_type'])).toEqual(['iam_group']);
    expect(assumptions).toContain('What stands beside what is read is left out: "Users".');
  });

  it('is told where there is none', () => {
    const { problem, assumptions } = read('{"Vpcs":[]}');
    expect(problem).toBeUndefined();
    expect(assumptions).toContain('The answer describes no resource: its list is empty.');
  });
});

describe('an answer that names nothing', () => {
  const answer = '{"ServerSideEncryptionConfiguration":{"Rules":[]}}';
  it.each([
    ['aws/s3api/get-bucket-encryption/my-bucket.json', 'my-bucket'],
    ['get-bucket-encryption-my.bucket.json', 'my.bucket'],
    ['s3api-get-bucket-encryption_my-bucket.json', 'my-bucket'],
    ['/e/my-bucket.get-bucket-encryption.json', 'my-bucket'],
    ['all.zip!buckets/my-bucket/get_bucket_encryption.json', 'my-bucket'],
  ])('is named by the path %s, and that is said', (name, bucket) => {
    const { assumptions, ...found } = read(answer, name);
    expect(found.rows('config_items')).toMatchObject([
      { resource_type: 's3_bucket_encryption', resource_id: bucket, configuration: answer },
    ]);
    expect(assumptions).toContain(
      `The resource of a s3_bucket_encryption is ${bucket}, by the path of the file: the answer does not say it.`,
    );
  });

  it.each(['evidence/s3api-get-bucket-encryption.json', 'my-bucket.json'])(
    'is refused with a remedy where %s does not',
    (name) => {
      const { problem } = read(answer, name);
      expect(problem).toMatchObject({ code: 'bad_request', remedy: expect.stringContaining('"Bucket"') as unknown });
    },
  );

  it('is not taken for that of another call that gives the same', () => {
    const read2 = (name: string): Collected => read('{"Bucket":"a","Status":"Enabled"}', name);
    expect(read2('get-bucket-accelerate-configuration/all.jsonl').rejects[0]!.reason).toBe(
      'The answer looks like a s3_bucket_versioning, but the path of the file names another call than get-bucket-versioning.',
    );
    expect(read2('answers.jsonl').assumptions.join(' ')).toContain(
      'a Status alone is taken for that of get-bucket-versioning',
    );
    expect(read('{"Grants":[{"KeyId":"k","GrantId":"g","GranteePrincipal":"p"}]}').rows('config_items')).toMatchObject([
      { resource_type: 'kms_grant' },
    ]);
  });

  it('is never a secret', () => {
    const secret = '{"ARN":"arn:aws:secretsmanager:eu-west-1:123456789012:secret:a","Name":"a","SecretString":"x"}';
    expect(awsCli.recognise(Buffer.from(secret)).confidence).toBe(0);
    expect(read(secret).rows('config_items')).toEqual([]);
  });

  it('may be named by who saved it, in the answer', () => {
    const text =
      '{"Bucket":"a","Status":"Enabled"}\n{"Bucket":"b","Status":"Suspended"}\n{"Bucket":"c","PolicyStatus":{"IsPublic":true}}\n{"PolicyArn":"arn:aws:iam::123456789012:policy/p","PolicyVersion":{"Document":{},"VersionId":"v1"}}';
    const { assumptions, ...found } = read(text);
    expect(found.rows('config_items').map((row) => [row['resource_type'], row['resource_id']])).toEqual([
      ['s3_bucket_versioning', 'a'],
      ['s3_bucket_versioning', 'b'],
      ['s3_bucket_policy_status', 'c'],
      ['iam_policy_version', 'arn:aws:iam::123456789012:policy/p'],
    ]);
    expect(assumptions.join(' ')).not.toContain('by the path');
  });

  it('has its account from what was said at import, else from the path, never from a time in it', () => {
    const summary = '{"SummaryMap":{"AccountMFAEnabled":1}}';
    const account = (name: string, system?: string): unknown =>
      read(summary, name, system).rows('config_items')[0]?.['account'];
    expect(account('x.json', 'aws:210987654321')).toBe('210987654321');
    expect(account('123456789012/x.json')).toBe('123456789012');
    expect(account('202603311800/x.json')).toBeUndefined();
    expect(account('123456789012/210987654321.json')).toBeUndefined();
  });

  it('of a bucket policy is known by the bucket in it', () => {
    expect(read(example('s3api-get-bucket-policy.json')).rows('config_items')).toMatchObject([
      { resource_id: 'my-bucket', resource_type: 's3_bucket_policy' },
    ]);
    expect(
      read(
        '{"Policy":"{\\"Statement\\":[{\\"Action\\":\\"kms:*\\",\\"Resource\\":\\"*\\"}]}"}',
        'kms/get-key-policy/k1.json',
      ).rows('config_items'),
    ).toMatchObject([{ resource_id: 'k1', resource_type: 'kms_key_policy' }]);
  });
});

describe('the time', () => {
  it('is asked for where it is not given', () => {
    const { problem } = collectRows(awsCli, example('ec2-describe-vpcs.json'));
    expect(problem).toMatchObject({ code: 'bad_request', remedy: expect.stringContaining('--taken-at') as unknown });
  });

  it('of an image scan is in it', () => {
    const found = collectRows(awsCli, example('ecr-describe-image-scan-findings.json'));
    expect(found.problem).toBeUndefined();
    const resource = 'sample-repo@sha256:74b2c688c700ec95a93e478cdb959737c148df3fbf5ea706abe0318726e885e6';
    expect(found.rows('scans')).toMatchObject([
      { tool: 'ecr', completed: true, finished: parseInstant('2020-01-24T04:11:45Z')!, targets: [resource] },
    ]);
    expect(found.rows('scan_targets')).toMatchObject([{ state: 'up', resource, system: 'aws:123456789012' }]);
    expect(found.rows('vulnerabilities')).toMatchObject([
      {
        vulnerability_id: 'CVE-2019-5188',
        package: 'e2fsprogs',
        installed: '1.44.1-1ubuntu1.1',
        severity: 'medium',
        cvss: 4.6,
        cvss_vector: 'AV:L/AC:L/Au:N/C:P/I:P/A:P',
        resource,
      },
    ]);
  });

  it('of a report of credentials is in it, and its accounts are read', () => {
    const csv =
      'user,arn,user_creation_time,password_enabled,mfa_active,access_key_1_active,access_key_2_active,cert_1_active,cert_2_active\nana,arn:aws:iam::123456789012:user/ana,2024-01-01T00:00:00+00:00,true,false,false,false,false,false\n';
    const answer = {
      Content: Buffer.from(csv).toString('base64'),
      ReportFormat: 'text/csv',
      GeneratedTime: '2026-03-01T00:00:00+00:00',
    };
    const found = collectRows(awsCli, JSON.stringify(answer));
    expect(found.rows('accounts')).toMatchObject([
      {
        account: 'ana',
        mfa: false,
        status: 'active',
        system: 'aws:123456789012',
        as_of: parseInstant('2026-03-01T00:00:00Z')!,
      },
    ]);
    expect(awsCli.recognise(Buffer.from(JSON.stringify(answer))).confidence).toBeGreaterThan(0.8);
  });
});

describe('hostile and damaged answers', () => {
  it.each([
    ['a member twice', '{"GroupId":"sg-1","IpPermissions":[{"FromPort":22,"FromPort":443}]}', 'has a member twice'],
    ['half a character', '{"GroupId":"sg-1","IpPermissions":[],"x":"\\ud800"}', 'half of a surrogate pair'],
    ['nothing known', '{"a":1,"__proto__":{"GroupId":"x","IpPermissions":[]}}', 'describes no resource that is known'],
    ['a number', '17', 'not a JSON object'],
    ['bad UTF-8', Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]), 'not valid UTF-8'],
    ['an empty identity', '{"GroupId":"","IpPermissions":[]}', 'neither it nor the path'],
    ['another type', '{"GroupId":{"a":1},"IpPermissions":"<script>"}', 'neither it nor the path'],
  ])('%s is told', (_, content, reason) => {
    const { rejects } = read(content);
    expect(rejects).toHaveLength(1);
    expect(rejects[0]!.reason).toContain(reason);
  });

  it('text stays text', () => {
    const name = `=cmd|' /C calc'!A0"; DROP TABLE x; <script>`;
    const value = { GroupId: 'sg-1', GroupName: name, IpPermissions: [] };
    expect(read(JSON.stringify(value)).rows('config_items')).toMatchObject([{ resource_name: name }]);
  });

  it('what is cut off is said', () => {
    const text = example('ec2-describe-network-acls.json').toString('utf8');
    const { rejects, assumptions } = read(text.slice(0, -200));
    expect(rejects.map(({ reason }) => reason)).toEqual(['The file is cut off inside this record.']);
    expect(assumptions).toContain('The file ends before its JSON does: resources after its end are unknown.');
  });

  it('a line of 200 MB is bounded', () => {
    const piece = Buffer.alloc(1024 * 1024, 'a');
    const pieces = [
      Buffer.from('{"GroupId":"'),
      ...Array.from({ length: 200 }, () => piece),
      Buffer.from('"}\n{"VpcId":"v","CidrBlock":"10.0.0.0/8","IsDefault":true}\n'),
    ];
    const found = read(pieces);
    expect(found.rows('config_items')).toMatchObject([{ resource_type: 'vpc', resource_id: 'v' }]);
    expect(found.rejects.length).toBeGreaterThan(0);
  });

  it('a text of millions of escapes is read', () => {
    const text = JSON.stringify({ GroupId: 'sg-1', IpPermissions: [], Description: '"\\\n:'.repeat(1_500_000) });
    expect(read(text).rows('config_items')).toMatchObject([{ resource_id: 'sg-1' }]);
  });

  it('nesting beyond reason is a reject', () => {
    const deep = `{"VpcId":"v","CidrBlock":${'['.repeat(100_000)}`;
    expect(
      read(`${deep}\n{"VpcId":"v","CidrBlock":"10.0.0.0/8","IsDefault":true}\n`).rows('config_items'),
    ).toHaveLength(1);
  });

  it('undamaged lines are read as before', () => {
    const lines = readFileSync(`${SNAPSHOTS}panther-vpc.jsonl`)
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line) => Buffer.from(line));
    const many = Array.from({ length: 10 }, () => lines).flat();
    const { bytes, damaged } = damageLines(many, 11);
    const found = read(bytes);
    expect(damaged.size).toBeGreaterThan(10);
    // A damaged line may be several records, one of them at the most readable.
    const kept = found.rows('config_items').map((row) => row['configuration']);
    const intact = many.filter((_, at) => !damaged.has(at + 1)).map((line) => line.toString('utf8'));
    expect(kept.filter((text) => intact.includes(String(text)))).toHaveLength(intact.length);
  });
});

describe('every fixture', () => {
  const files = [EXAMPLES, SNAPSHOTS].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => !name.includes('expected'))
      .map((name) => folder + name),
  );

  it.each([1, 7, 4096])('gives the same in pieces of %i bytes', (size) => {
    for (const file of files) {
      const bytes = readFileSync(file);
      const whole = read(bytes, file);
      const pieces = read(inPieces(bytes, size), file);
      expect([...pieces.tables]).toEqual([...whole.tables]);
      expect(pieces.rejects).toEqual(whole.rejects);
      expect(pieces.problem).toEqual(whole.problem);
    }
  });

  it('is taken for this format by a distance, or by none', () => {
    for (const file of files) {
      const head = readFileSync(file).subarray(0, 64 * 1024);
      const { confidence, reason } = awsCli.recognise(head);
      expect(reason).toMatch(/^.{10,200}\.$/s);
      // --query made this one: names and values, nothing that AWS calls so.
      if (file.endsWith('ec2-describe-security-groups.json')) expect(confidence).toBe(0);
      else expect(`${file} ${confidence >= 0.5}`).toBe(`${file} true`);
      for (const other of formats.filter(
        (format): format is Format => 'recognise' in format && format.id !== 'aws-cli',
      ))
        expect(`${file} ${other.id} ${other.recognise(head).confidence < Math.max(0.05, confidence - 0.05)}`).toBe(
          `${file} ${other.id} true`,
        );
    }
  });

  it('of other formats is not', () => {
    for (const entry of readdirSync('test/fixtures', { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || /aws-|\.gz$/.test(`${entry.parentPath}/${entry.name}`)) continue;
      const head = readFileSync(`${entry.parentPath}/${entry.name}`).subarray(0, 64 * 1024);
      expect(`${entry.parentPath}/${entry.name} ${awsCli.recognise(head).confidence}`).toBe(
        `${entry.parentPath}/${entry.name} 0`,
      );
    }
  });
});
