/**
 * A folder with the configuration of an account of our own making: what the command line printed and what AWS Config
 * delivered, some three hundred resources, forty of which are wrong in a way that is known. The same seed gives the same.
 */
import { seededRandom } from '../../formats/damage.ts';
import { alarmFiles } from './alarms.ts';
import { bucketFiles } from './buckets.ts';
import { groupFiles } from './groups.ts';
import { policyFiles } from './policies.ts';
import { otherFiles } from './others.ts';

export const ACCOUNT = '210987654321';
export const REGION = 'eu-central-1';
/** When everything was looked at. */
export const TAKEN_AT = '2026-03-31T18:00:00Z';

export interface Planting {
  /** JSON or JSON lines by path below the folder. */
  readonly files: Readonly<Record<string, string>>;
  readonly resources: number;
  /** What is wrong, by the kind of fault: names of the resources, one each. */
  readonly planted: Readonly<Record<string, readonly string[]>>;
}

export type Random = () => number;

export function cloudFolder(seed: number): Planting {
  const random = seededRandom(seed);
  const parts = [groupFiles, policyFiles, bucketFiles, alarmFiles, otherFiles].map((make) => make(random));
  return {
    files: Object.assign({}, ...parts.map(({ files }) => files)) as Planting['files'],
    resources: parts.reduce((sum, part) => sum + part.resources, 0),
    planted: Object.assign({}, ...parts.map(({ planted }) => planted)) as Planting['planted'],
  };
}

export function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 4)}\n`;
}

/** An item of AWS Config around a configuration. */
export function configItem(
  type: string,
  id: string,
  configuration: unknown,
  supplementaryConfiguration: Readonly<Record<string, unknown>> = {},
): unknown {
  return {
    relatedEvents: [],
    relationships: [],
    configuration,
    supplementaryConfiguration,
    tags: { team: 'platform' },
    configurationItemVersion: '1.3',
    configurationItemCaptureTime: TAKEN_AT.replace('Z', '.000Z'),
    configurationStateId: 1774980000000,
    awsAccountId: ACCOUNT,
    configurationItemStatus: 'ResourceDiscovered',
    resourceType: type,
    resourceId: id,
    resourceName: id,
    ARN: `arn:aws:x:${REGION}:${ACCOUNT}:${id}`,
    awsRegion: REGION,
    configurationStateMd5Hash: '',
  };
}

export function snapshot(items: readonly unknown[]): string {
  return JSON.stringify({ fileVersion: '1.0', configSnapshotId: '7e1f', configurationItems: items });
}

/** In an order that the seed decides, so that what is wrong does not stand first or last. */
export function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  return items
    .map((item) => [random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}
