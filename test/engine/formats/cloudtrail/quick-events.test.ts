/**
 * Events are read in two ways: from their bytes where they are plain, as JSON values otherwise. A time before each, as
 * CloudWatch Logs exports them, makes every event go the second way; the rows must be the same.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cloudtrail } from '../../../../engine/formats/cloudtrail/cloudtrail.ts';
import { collectRows, type Collected } from '../collect-rows.ts';

const folder = join(import.meta.dirname, '../../../fixtures/cloudtrail');

function readText(path: string): string {
  const bytes = readFileSync(path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

const events: readonly string[] = [
  ...readText(join(folder, 'panther-cloudtrail.jsonl')).trimEnd().split('\n'),
  ...readText(join(folder, 'plaso-aws_cloudtrail.jsonl')).trimEnd().split('\n'),
  ...readdirSync(join(folder, 'invictus')).flatMap((name) =>
    (JSON.parse(readText(join(folder, 'invictus', name))) as { Records: unknown[] }).Records.slice(0, 200).map((each) =>
      JSON.stringify(each),
    ),
  ),
];

/** Everything that came out, but for where the records stand. */
function rowsOf({ tables, rejects, records, assumptions }: Collected) {
  return {
    records,
    rejects: rejects.map(({ record }) => record),
    assumptions,
    tables: Object.fromEntries([...tables].filter(([, rows]) => rows.length > 0)),
  };
}

function expectSame(lines: readonly string[]): void {
  const plain = collectRows(cloudtrail, `{"Records":[\n${lines.join(',\n')}\n]}`);
  const general = collectRows(cloudtrail, lines.map((line) => `2026-03-01T10:04:00.123Z ${line}\n`).join(''));
  expect(rowsOf(plain)).toEqual(rowsOf(general));
}

it('gives the same rows in both ways for events as they are written', () => {
  expect(events.length).toBeGreaterThan(200);
  expectSame(events);
});

const oddValues = [
  ...['null', 'true', 'false', '""', '"No"', '"YES"', '-0.50', '1e21', '[]', '{}', '["a"]', '{"a":1}', '"é 😀"'],
  ...['"a\\"b\\\\c"', '"\\ud800"', '"\\u0000"', '"Root"', '"AssumedRole"', '"AWSAccount"', '"AwsServiceEvent"'],
  ...['{"ConsoleLogin":"Failure"}', '[{"ARN":"x"}]', '[{"arn":"y"},{"ARN":"z"}]', '{"0":{"ARN":"q"}}', '"::1"'],
  ...['"arn:aws:sts::1:assumed-role/"', '"arn:aws:iam::1:user/x"', '"2026-03-01T10:00:00+02:00"', '9007199254740993'],
];

it('gives the same rows in both ways whatever stands in a member, given twice or in another order', () => {
  const member = /"(\w+)":("(?:[^"\\]|\\.)*"|true|false|null|-?\d+)/g;
  fc.assert(
    fc.property(
      fc.nat(events.length - 1),
      fc.array(fc.tuple(fc.nat(60), fc.constantFrom(...oddValues), fc.nat(3)), { maxLength: 4 }),
      (which, changes) => {
        let text = events[which]!;
        for (const [place, value, how] of changes) {
          const found = [...text.matchAll(member)];
          const at = found[place % Math.max(found.length, 1)];
          if (!at) continue;
          const [whole, name] = at;
          const changed = [
            `"${name}":${value}`,
            `${whole},"${name}":${value}`,
            `"other":${value},${whole}`,
            `"${name}" : ${value}`,
          ];
          text = text.slice(0, at.index) + changed[how]! + text.slice(at.index + whole.length);
        }
        expectSame([text, events[0]!]);
      },
    ),
    { numRuns: 400, seed: 5 },
  );
});
