import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { vpcFlow } from '../../../../engine/formats/vpc-flow/vpc-flow.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows, inPieces, type Collected } from '../collect-rows.ts';
import { damageLines } from '../damage.ts';

const folder = join(import.meta.dirname, '../../../fixtures/vpc-flow');
const fixture = (name: string): Buffer => readFileSync(join(folder, name));
const micros = (seconds: number): bigint => BigInt(seconds) * 1_000_000n;

const accepted =
  '2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK';
const rejected =
  '2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK';
const noData = '2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA';
const skipData = '2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - SKIPDATA';

function flows(text: string): readonly Record<string, unknown>[] {
  const read = collectRows(vpcFlow, text);
  expect([read.problem, read.rejects]).toEqual([undefined, []]);
  return read.rows('flow_records').map((row, i) => ({ ...row, ...read.rows('events')[i] }));
}

function fields(row: Record<string, unknown> | undefined): unknown {
  return JSON.parse(String(row?.['fields'] ?? 'null'));
}

it('reads traffic with its outcome, and what the log says of itself as neither traffic nor silence', () => {
  const [let_, kept, none, skipped] = flows([accepted, rejected, noData, skipData].join('\n'));
  expect(let_).toMatchObject({
    system: 'eni-1235b8ca123456789',
    stream: 'vpcflow',
    class: 'network_activity',
    activity: 'traffic',
    code: 'ACCEPT',
    outcome: 'success',
    src_ip: '172.31.16.139',
    src_port: 20641,
    dst_port: 22,
    protocol: 6,
    message: '172.31.16.139:20641 to 172.31.16.21:22 by TCP, 20 packets, 4249 bytes: ACCEPT.',
  });
  expect(kept).toMatchObject({ outcome: 'failure', action: 'REJECT', dst_ip: '172.31.9.12' });
  expect(none).toMatchObject({
    class: 'event_log_activity',
    activity: 'no_data',
    log_status: 'NODATA',
    code: 'NODATA',
  });
  expect(none).toMatchObject({ time: micros(1431280876), until: micros(1431280934) });
  expect(skipped).toMatchObject({ class: 'event_log_activity', activity: 'skip_data', log_status: 'SKIPDATA' });
  for (const row of [none, skipped])
    for (const column of ['outcome', 'src_ip', 'packets', 'action']) expect(row).not.toHaveProperty(column);
});

it('takes the fields from the header line, wherever it stands again', () => {
  const first = 'version vpc-id srcaddr dstaddr pkt-srcaddr start end action flow-direction tcp-flags reject-reason';
  const second = 'start end dstaddr srcaddr action log-status ecs-cluster-name';
  const rows = flows(
    [first, '8 vpc-1 10.0.0.5 10.0.0.220 - 1566848875 1566848933 REJECT ingress 2 BPA', first]
      .concat(['8 vpc-1 10.0.0.6 10.0.0.220 10.0.1.5 1566848876 1566848933 ACCEPT egress 3 -'])
      .concat([second, '1566848877 1566848933 10.0.0.1 2001:db8::1 ACCEPT OK blue'])
      .join('\r\n'),
  );
  expect(rows.map((row) => [row['src_ip'], row['direction'], row['outcome']])).toEqual([
    ['10.0.0.5', 'ingress', 'failure'],
    ['10.0.0.6', 'egress', 'success'],
    ['2001:db8::1', undefined, 'success'],
  ]);
  expect(fields(rows[0])).toEqual({ version: '8', 'vpc-id': 'vpc-1', 'tcp-flags': '2', 'reject-reason': 'BPA' });
  expect(fields(rows[1])).toEqual({ version: '8', 'vpc-id': 'vpc-1', 'pkt-srcaddr': '10.0.1.5', 'tcp-flags': '3' });
  expect(fields(rows[2])).toEqual({ 'ecs-cluster-name': 'blue' });
});

it('keeps fields of later versions, and says that it does not know them', () => {
  const read = collectRows(vpcFlow, 'start srcaddr dstaddr next-hop\n1566848875 10.0.0.5 10.0.0.220 igw-1\n');
  expect(fields(read.rows('flow_records')[0])).toEqual({ 'next-hop': 'igw-1' });
  expect(read.assumptions.join()).toContain('not known here, and are kept as they are: next-hop.');
  expect(read.assumptions.join()).toContain('no field action');
});

it('reads transit gateway flow logs, with and without their header', () => {
  const names =
    'version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status type packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region flow-direction pkt-src-aws-service pkt-dst-aws-service';
  const record =
    '6 TransitGateway 123456789012 tgw-0123456789abcdef0 tgw-attach-1 111111111111 222222222222 vpc-a vpc-b subnet-a subnet-b eni-a eni-b use1-az1 use1-az2 tgw-attach-2 10.1.0.4 10.2.0.9 41234 443 6 9 1200 1660000000 1660000060 OK IPv4 0 0 0 0 3 us-east-1 egress - -';
  for (const text of [record, `${names}\n${record}`]) {
    const [row] = flows(text);
    expect(row).toMatchObject({ system: 'tgw-0123456789abcdef0', account: '123456789012', direction: 'egress' });
    expect(row).toMatchObject({ class: 'network_activity', dst_port: 443, log_status: 'OK' });
    expect(row).not.toHaveProperty('outcome');
    expect(fields(row)).toMatchObject({
      'tgw-src-vpc-id': 'vpc-a',
      'packets-lost-blackhole': '0',
      'resource-type': 'TransitGateway',
    });
  }
});

it('reads what CloudWatch exports: a time before each record, and the log stream where it is printed', () => {
  const rows = flows(
    `2014-12-14T04:06:50.000Z ${accepted}\n2014-12-14T04:06:50+00:00 eni-1235b8ca123456789-all ${noData}\n`,
  );
  expect(rows.map((row) => row['activity'])).toEqual(['traffic', 'no_data']);
  expect(fields(rows[0])).toEqual({ version: '2', '@timestamp': '2014-12-14T04:06:50.000Z' });
  expect(fields(rows[1])).toMatchObject({ '@logStream': 'eni-1235b8ca123456789-all' });
});

it('reads the log in the JSON of the AWS CLI, of subscriptions and of Logs Insights', () => {
  const event = {
    logStreamName: 'eni-1-all',
    timestamp: 1418530010000,
    ingestionTime: 1418530100123,
    eventId: '3',
    message: accepted,
  };
  const shapes = [
    { events: [event], searchedLogStreams: [] },
    {
      messageType: 'DATA_MESSAGE',
      owner: '1',
      logGroup: 'flows',
      logEvents: [{ id: '3', timestamp: 1418530010000, message: accepted }],
    },
    event,
    [event],
    [accepted],
    {
      results: [
        [
          { field: '@timestamp', value: '2014-12-14 04:06:50.000' },
          { field: '@message', value: accepted },
        ],
      ],
    },
    {
      hits: {
        total: 1,
        hits: [
          {
            _index: 'x',
            _source: { message: accepted, srcaddr: '172.31.16.139', dstport: 22, start: 1418530010, action: 'ACCEPT' },
          },
        ],
      },
    },
  ];
  for (const shape of shapes) {
    const [row] = flows(JSON.stringify(shape));
    expect(row).toMatchObject({ time: micros(1418530010), dst_port: 22, outcome: 'success' });
  }
  expect(flows(JSON.stringify(event))[0]).toMatchObject({ received: 1418530100123000n });
  expect(fields(flows(JSON.stringify(event))[0])).toEqual({
    version: '2',
    '@logStream': 'eni-1-all',
    '@timestamp': 1418530010000,
    eventId: '3',
  });
});

it('reads records as objects, under the names that pipelines give the fields', () => {
  const aws = {
    version: 2,
    account_id: '123456789010',
    interface_id: 'eni-1',
    srcaddr: '10.0.0.1',
    dstaddr: '10.0.0.2',
    srcport: 1,
    dstport: 22,
    protocol: 6,
    packets: 5,
    bytes: 6,
    start: 1418530010,
    end: 1418530070,
    action: 'REJECT',
    log_status: 'OK',
    'vpc-id': 'vpc-1',
  };
  const panther = {
    version: 2,
    account: '123456789010',
    interfaceId: 'eni-1',
    srcAddr: '10.0.0.1',
    dstAddr: '10.0.0.2',
    srcPort: 1,
    dstPort: 22,
    protocol: 6,
    packets: 5,
    bytes: 6,
    start: '2014-12-14 04:06:50.000000000',
    end: '2014-12-14T04:07:50Z',
    action: 'REJECT',
    status: 'OK',
    vpcId: 'vpc-1',
  };
  const athena = {
    version: '2',
    account: '123456789010',
    interfaceid: 'eni-1',
    sourceaddress: '10.0.0.1',
    destinationaddress: '10.0.0.2',
    sourceport: '1',
    destinationport: '22',
    protocol: '6',
    numpackets: '5',
    numbytes: '6',
    starttime: '1418530010',
    endtime: '1418530070',
    action: 'REJECT',
    logstatus: 'OK',
    'vpc-id': 'vpc-1',
  };
  const rows = [aws, panther, athena, { _source: aws }, { result: panther }].flatMap((record) =>
    flows(JSON.stringify(record)),
  );
  const { fields: first, ...columns } = rows[0]!;
  expect(JSON.parse(String(first))).toEqual({ version: 2, 'vpc-id': 'vpc-1' });
  expect(columns).toMatchObject({
    account: '123456789010',
    interface: 'eni-1',
    src_port: 1,
    packets: 5n,
    log_status: 'OK',
    time: micros(1418530010),
  });
  for (const row of rows) expect(row).toMatchObject(columns);
});

it('takes a field under its own name before one that is only called so', () => {
  const [row] = flows('{"status":"active","log_status":"OK","account":"x","account_id":"1","start":1418530010}');
  expect(row).toMatchObject({ log_status: 'OK', account: '1', fields: '{"status":"active","account":"x"}' });
  const [cell] = flows('start,status,log_status,srcaddr\n1418530010,active,OK,10.0.0.1\n');
  expect(cell).toMatchObject({ log_status: 'OK', fields: '{"status":"active"}' });
});

it('reads counts that no double holds, and rejects those that no column holds', () => {
  const [row] = flows('{"start":1418530010,"srcaddr":"10.0.0.1","bytes":9007199254740993}');
  expect(row?.['bytes']).toBe(9007199254740993n);
  const read = collectRows(vpcFlow, '{"start":1418530010,"srcaddr":"10.0.0.1","bytes":9223372036854775808}');
  expect(read.rejects[0]?.reason).toBe('bytes "9223372036854775808" is not a whole number.');
});

it('reads OCSF Network Activity', () => {
  const ocsf = {
    class_uid: 4001,
    time: 1418530010000,
    start_time: 1418530010000,
    end_time: 1418530070000,
    cloud: { provider: 'AWS', account: { uid: '123456789010' } },
    src_endpoint: { ip: '10.0.0.1', port: 5, interface_uid: 'eni-1' },
    dst_endpoint: { ip: '10.0.0.2', port: 22 },
    connection_info: { protocol_num: 6, direction: 'Inbound' },
    traffic: { packets: 5, bytes: 6 },
    disposition: 'Blocked',
    status_code: 'OK',
  };
  expect(flows(JSON.stringify(ocsf))[0]).toMatchObject({
    time: micros(1418530010),
    until: micros(1418530070),
    account: '123456789010',
    interface: 'eni-1',
    src_ip: '10.0.0.1',
    dst_port: 22,
    protocol: 6,
    packets: 5n,
    action: 'REJECT',
    outcome: 'failure',
    direction: 'ingress',
    log_status: 'OK',
  });
  expect(flows(JSON.stringify({ ...ocsf, status_code: 'SKIPDATA' }))[0]).toMatchObject({ activity: 'skip_data' });
});

it('accounts for every record of the detection rules: none says when it was', () => {
  const read = collectRows(vpcFlow, fixture('panther-vpcflow-parsed.jsonl'));
  expect([read.problem, read.records, read.rejects.length]).toEqual([undefined, 19, 19]);
  const reasons = new Set(read.rejects.map(({ reason }) => reason));
  expect([...reasons].sort()).toEqual([
    'The record has neither start nor end, so nothing says when it was.',
    'The record has none of the fields of a flow log.',
  ]);
  const timed = fixture('panther-vpcflow-parsed.jsonl').toString().replaceAll('{"', '{"start": 1418530010, "');
  const rows = collectRows(vpcFlow, timed).rows('flow_records');
  // The rules' own verdicts: an unhealthy status, a public source at a port that is not allowed.
  const expected = JSON.parse(fixture('panther-vpcflow-parsed.expected.json').toString()) as Verdict[];
  const verdicts = expected.filter(({ rule, test }) => rule !== 'AWS.DNS.Crypto.Domain' && !test.endsWith('OCSF'));
  for (const { line, rule, expected_result } of verdicts) {
    const row = rows.find(({ record }) => record === line)!;
    const isPublic = !String(row['src_ip']).startsWith('10.');
    const found =
      rule === 'AWS.VPC.HealthyLogStatus' ? row['log_status'] !== 'OK' : isPublic && row['dst_port'] !== 443;
    expect([line, found]).toEqual([line, expected_result]);
  }
  expect(verdicts.length).toBe(5);
});

interface Verdict {
  readonly line: number;
  readonly rule: string;
  readonly test: string;
  readonly expected_result: boolean;
}

it('reads tables of Athena and Logs Insights', () => {
  const athena = `"version","account_id","interface_id","srcaddr","dstaddr","srcport","dstport","start","end","action","log_status","vpc_id"\n"2","1","eni-1","10.0.0.1","10.0.0.2","1","22","1418530010","1418530070","ACCEPT","OK","vpc-1"\n`;
  expect(flows(athena)[0]).toMatchObject({
    interface: 'eni-1',
    outcome: 'success',
    fields: '{"version":"2","vpc-id":"vpc-1"}',
  });
  expect(flows(`@timestamp,@message\n2014-12-14 04:06:50.000,${rejected}\n`)[0]).toMatchObject({
    dst_port: 3389,
    outcome: 'failure',
  });
});

it('dates a log without a start by its end, else by the time that CloudWatch keeps, and says so', () => {
  const ended = collectRows(vpcFlow, 'srcaddr end action\n10.0.0.1 1418530070 ACCEPT\n');
  expect(ended.rows('events')[0]?.['time']).toBe(micros(1418530070));
  expect(ended.assumptions).toContain('Records without a start are dated by their end.');
  const kept = collectRows(
    vpcFlow,
    JSON.stringify({ timestamp: 1418530010000, srcaddr: '10.0.0.1', action: 'ACCEPT' }),
  );
  expect(kept.rows('events')[0]?.['time']).toBe(micros(1418530010));
  expect(kept.assumptions.join()).toContain('dated by the time that CloudWatch keeps with them');
  const without = collectRows(vpcFlow, 'srcaddr action\n10.0.0.1 ACCEPT\n');
  expect(without.rejects[0]?.reason).toBe('The record has neither start nor end, so nothing says when it was.');
});

it('reads times in milliseconds, which real logs have had, and says so', () => {
  const read = collectRows(vpcFlow, '2 123456789010 eni-4b118871 - - - - - - - 1512564058000 1512564059000 - SKIPDATA');
  expect(read.rows('events')[0]?.['time']).toBe(parseInstant('2017-12-06T12:40:58Z'));
  expect(read.assumptions.join()).toContain('milliseconds');
});

it('names fields by a format that a person gives, where the log has no header line', () => {
  const line = '10.0.0.1 10.0.0.2 ACCEPT 1418530010 OK';
  expect(collectRows(vpcFlow, line).problem?.message).toContain('The line has 5 fields; the default format has 14');
  const mapping = '${srcaddr} ${dstaddr} ${action} ${start} ${log-status}';
  const read = collectRows(vpcFlow, line, { mapping });
  expect(read.rows('flow_records')[0]).toMatchObject({ src_ip: '10.0.0.1', dst_ip: '10.0.0.2', action: 'ACCEPT' });
  expect(read.assumptions.join()).toContain('srcaddr dstaddr action start log-status');
});

it('rejects what is no record, with its bytes, and reads the rest', () => {
  const change = (place: number, value: string): string => accepted.split(' ').with(place, value).join(' ');
  const cases: [string, string][] = [
    [change(10, '-').replace('1418530070', '-'), 'The record has neither start nor end, so nothing says when it was.'],
    [change(10, 'soon'), 'start "soon" is not a time in seconds since 1970.'],
    [change(10, '99999999999999999999'), 'is not a time in seconds since 1970.'],
    [change(3, '172.31.16.256'), 'srcaddr "172.31.16.256" is not an IP address.'],
    [change(5, '65536'), 'srcport "65536" is not a whole number from 0 to 65535.'],
    [change(7, 'TCP'), 'protocol "TCP" is not a whole number from 0 to 255.'],
    [change(9, '-5'), 'bytes "-5" is not a whole number.'],
    [change(12, "ACCEPT';--"), 'action "ACCEPT\';--" is none of ACCEPT, REJECT.'],
    [change(13, 'FINE'), 'log-status "FINE" is none of OK, NODATA, SKIPDATA.'],
    [change(0, '3'), 'not its version, and no header line names its fields.'],
    [`${accepted} more`, 'The line has 15 fields; the default format has 14, and no header line names others.'],
    ['<script>alert(1)</script>', 'The line has 1 fields'],
    [`${accepted}\0`, 'has control characters in it.'],
    [accepted.slice(0, 60), 'The line has 5 fields'],
  ];
  for (const [raw, reason] of cases) {
    const read = collectRows(vpcFlow, `${accepted}\n${raw}\n${rejected}\n`);
    expect(
      read.rejects.map((reject) => reject.raw),
      raw,
    ).toEqual([raw]);
    expect(read.rejects[0]?.reason).toContain(reason);
    expect(read.rows('events').map(({ record }) => record)).toEqual([1, 3]);
  }
});

it('does not guess fields after a header line that is damaged', () => {
  const header = 'dstaddr srcaddr start end action log-status version';
  const line = '10.0.0.1 10.0.0.2 1418530010 1418530070 ACCEPT OK 2';
  for (const broken of [`${header}\0`, `${header} srcaddr`, header.replace('end', 'e\u{fffd}d'), `${header} 17`]) {
    const read = collectRows(vpcFlow, `${broken}\n${line}\n${header}\n${line}\n`);
    expect(
      read.rejects.map(({ record }) => record),
      broken,
    ).toEqual([1, 2]);
    expect(read.rejects[1]?.reason).toBe(
      'The header line before this record is damaged: what its fields are is unknown.',
    );
    expect(read.rows('flow_records').map((row) => row['dst_ip'])).toEqual(['10.0.0.1']);
  }
});

it('stays bounded and exact with hostile JSON', () => {
  const text = [
    '{"__proto__":{"srcaddr":"10.0.0.1"},"start":1418530010,"srcaddr":"10.0.0.2","constructor":"=1+1"}',
    '{"start":1418530010,"srcaddr":["10.0.0.1"]}',
    '{"start":1418530010,"srcaddr":"10.0.0.1","srcaddr":"10.0.0.9"}',
    '{"start":1e400,"srcaddr":"10.0.0.1"}',
    '{"start":1418530010,"srcaddr":"10.0.0.1","ключ":"\\ud800"}',
    `{"start":1418530010,"srcaddr":"10.0.0.1","deep":${'['.repeat(400)}${']'.repeat(400)}}`,
    'null',
    '{"message":"gone"}',
  ].join('\n');
  const read = collectRows(vpcFlow, text);
  expect(read.rows('flow_records').map((row) => [row.record, row['src_ip']])).toEqual([
    [1, '10.0.0.2'],
    [3, '10.0.0.9'],
    [5, '10.0.0.1'],
    [6, '10.0.0.1'],
  ]);
  expect(read.rejects.map(({ record }) => record)).toEqual([2, 4, 7, 8]);
  expect(fields(read.rows('flow_records')[0])).toEqual(
    JSON.parse('{"__proto__":{"srcaddr":"10.0.0.1"},"constructor":"=1+1"}'),
  );
  expect(String(read.rows('flow_records')[2]?.['fields'])).toContain('"ключ"');
});

const shapes: Record<string, Uint8Array> = {
  lines: fixture('made-v5.log').subarray(0, 20_000),
  'lines with CRLF and a byte order mark': Buffer.from(`\ufeff${[accepted, noData].join('\r\n')}\r\n\r\n`),
  json: Buffer.from(
    JSON.stringify({ events: [{ message: accepted }, { message: 'x' }, { message: noData }] }, null, 2),
  ),
  csv: Buffer.from('srcaddr,start,action\n10.0.0.1,1418530010,ACCEPT\nx,1,2\n'),
  parquet: fixture('made-v5-gzip.parquet'),
  panther: fixture('panther-vpcflow-parsed.jsonl'),
};

it.each(Object.keys(shapes))('gives the same rows for pieces of any size: %s', (shape) => {
  const bytes = shapes[shape]!;
  const whole = comparable(collectRows(vpcFlow, bytes));
  for (const size of [1, 7, 4096]) expect(comparable(collectRows(vpcFlow, inPieces(bytes, size)))).toEqual(whole);
});

function comparable({ tables, rejects, spans, assumptions, problem }: Collected): unknown {
  return { tables: [...tables], rejects, spans, assumptions, problem };
}

it('points at the bytes of each record', () => {
  const text = `\ufeff${accepted}\r\n\n${noData}`;
  const read = collectRows(vpcFlow, text);
  const bytes = Buffer.from(text);
  expect(read.spans.map(({ byte, length }) => bytes.toString('utf8', byte, byte + length))).toEqual([accepted, noData]);
});

it.each([3, 5, 8])(
  'keeps every undamaged record when a tenth is damaged, and accounts for the rest (seed %i)',
  (seed) => {
    const [header, ...lines] = fixture('made-v5.log').toString().trimEnd().split('\n');
    const clean = collectRows(vpcFlow, [header, ...lines].join('\n')).rows('flow_records');
    const { bytes, damaged } = damageLines(
      lines.map((line) => Buffer.from(line)),
      seed,
    );
    const read = collectRows(vpcFlow, Buffer.concat([Buffer.from(`${header!}\n`), bytes]));
    expect(read.records).toBe(lines.length);
    expect(damaged.size).toBeGreaterThan(20);
    const kept = read.rows('flow_records').filter(({ record }) => !damaged.has(record));
    expect(kept).toEqual(clean.filter(({ record }) => !damaged.has(record)));
  },
);

it('keeps no line of hundreds of megabytes', () => {
  const piece = Buffer.alloc(4 * 1024 * 1024, 'a');
  const pieces = [
    Buffer.from(`${accepted}\n`),
    ...new Array<Uint8Array>(50).fill(piece),
    Buffer.from(`\n${rejected}\n`),
  ];
  const read = collectRows(vpcFlow, pieces);
  expect(read.rows('events').map(({ record }) => record)).toEqual([1, 3]);
  expect(read.rejects[0]?.raw.length).toBe(64 * 1024);
});

it('refuses files that are no flow log, and takes one that is empty but for its header', () => {
  for (const text of ['hello there\nworld\n', '{"a":1}', '<xml/>']) {
    const { problem } = collectRows(vpcFlow, text);
    expect([text, problem?.code]).toEqual([text, 'damaged_file']);
    expect(problem?.message).toMatch(/None of \d+ records is one of a flow log/);
  }
  const inUtf16 = collectRows(vpcFlow, Buffer.from(accepted, 'utf16le'));
  expect(inUtf16.tables).toEqual(collectRows(vpcFlow, accepted).tables);
  expect(collectRows(vpcFlow, 'version account-id start end srcaddr\n').problem).toBeUndefined();
  expect(collectRows(vpcFlow, '').problem).toBeUndefined();
});
