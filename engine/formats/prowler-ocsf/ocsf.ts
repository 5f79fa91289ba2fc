/**
 * Findings of Prowler in OCSF: Detection Finding (class 2004) since version 4, Security Finding (2001) in version 3, and
 * Compliance Finding (2003).
 */
import { MICROS_PER_SECOND, parseInstant, type UtcMicros } from '../../../shared/time.ts';
import type { ScanTimes } from '../check-results/scan-times.ts';
import { at, firstText, firstWord, objectsAt, shown } from '../event-records/values.ts';
import type { Finding } from './finding.ts';

const classes: readonly unknown[] = [2001, 2003, 2004];

/** True for a finding of OCSF that says it is Prowler's. */
export function isProwlerOcsf(value: unknown): boolean {
  const product = firstText(value, 'metadata.product.name', 'metadata.product.vendor_name', 'metadata.product.uid');
  return classes.includes(at(value, 'class_uid')) && product?.toLowerCase() === 'prowler';
}

/** The finding, or the sentence that says why there is none. */
export function readOcsf(value: unknown, times: ScanTimes): Finding | string {
  if (!classes.includes(at(value, 'class_uid'))) return 'The record has no class_uid of a finding: 2001, 2003 or 2004.';
  if (!isProwlerOcsf(value)) return 'The finding does not say that Prowler made it (metadata.product).';
  const check = firstText(
    value,
    'metadata.event_code',
    'metadata.product.feature.uid',
    'metadata.product.feature.name',
  );
  if (check === undefined) return 'The finding names no check (metadata.event_code).';
  const time = timeOf(value, times);
  if (typeof time === 'string') return time;
  const status = firstText(value, 'status_code', 'compliance.status_code', 'compliance.status') ?? oldStatus(value);
  if (status === undefined) return `The finding of check ${shown(check)} has no status.`;
  return {
    time,
    provider: firstText(value, 'cloud.provider', 'unmapped.provider')?.toLowerCase() ?? providerInUid(value),
    account: firstWord(value, 'cloud.account.uid', 'cloud.project_uid', 'unmapped.provider_uid', 'cloud.account.name'),
    version: firstText(value, 'metadata.product.version'),
    check,
    title: firstText(value, 'finding_info.title', 'finding.title'),
    status,
    muted: isMuted(value),
    severity: firstText(value, 'severity')?.toLowerCase(),
    detail: firstText(value, 'status_detail', 'message', 'compliance.status_detail'),
    region: firstText(value, 'cloud.region') ?? firstText(objectsAt(value, 'resources')[0], 'region', 'namespace'),
    resources: objectsAt(value, 'resources').flatMap((resource) => firstText(resource, 'uid', 'name') ?? []),
    requirements: requirementsOf(at(value, 'unmapped.compliance') ?? at(value, 'compliance.requirements')),
  };
}

/** In version 3 the status of the finding itself; since then that word tells New from Suppressed. */
function oldStatus(value: unknown): string | undefined {
  return at(value, 'class_uid') === 2001 ? firstText(value, 'status') : undefined;
}

function isMuted(value: unknown): boolean {
  return firstText(value, 'status')?.toLowerCase() === 'suppressed' || at(value, 'unmapped.muted') === true;
}

// prowler-kubernetes-check_id-...
function providerInUid(value: unknown): string | undefined {
  return /^prowler-([a-z0-9]{1,40})-/.exec(firstText(value, 'finding_info.uid', 'finding.uid') ?? '')?.[1];
}

/**
 * `time` is in seconds (OCSF asks for milliseconds, which are read as well), `time_dt` is by the clock of the host that
 * ran Prowler, to the microsecond. The number says when, the text adds the fraction.
 */
function timeOf(value: unknown, times: ScanTimes): UtcMicros | string {
  for (const [number, text] of timeMembers) {
    const found = at(value, number);
    if (typeof found === 'number') return ofNumber(found, firstText(value, text));
  }
  const written = firstText(
    value,
    ...timeMembers.flatMap(([number, text]) => [text, number]),
    'metadata.original_time',
  );
  if (written === undefined) return 'The finding has no time.';
  return times.read(written) ?? ofDigits(written) ?? `The time of the finding, ${shown(written)}, cannot be read.`;
}

/** The number and the text of the same time, the one to prefer first. */
const timeMembers = [
  ['time', 'time_dt'],
  ['event_time', 'event_time_dt'],
  ['finding_info.created_time', 'finding_info.created_time_dt'],
] as const;

/** Numbers below are seconds (until the year 5138), numbers from there on milliseconds (since 1973). */
const LEAST_MILLIS = 1e11;

function ofNumber(number: number, text: string | undefined): UtcMicros | string {
  if (!Number.isFinite(number) || number <= 0 || number >= 1e14)
    return `The time ${number} is neither seconds nor milliseconds.`;
  if (number >= LEAST_MILLIS) return BigInt(Math.round(number * 1000));
  const whole = BigInt(Math.floor(number)) * MICROS_PER_SECOND;
  const fraction = fractionIn(text, whole);
  return fraction ?? BigInt(Math.round(number * 1_000_000));
}

/** The fraction of a text that is the same second, whatever its zone. */
function fractionIn(text: string | undefined, whole: UtcMicros): UtcMicros | undefined {
  const [plain] = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}\.\d{1,9}/.exec(text ?? '') ?? [];
  const time = plain === undefined ? undefined : parseInstant(`${plain}Z`);
  if (time === undefined) return undefined;
  const quarter = 900n * MICROS_PER_SECOND;
  const fraction = time % MICROS_PER_SECOND;
  return (time - fraction - whole) % quarter === 0n ? whole + fraction : undefined;
}

function ofDigits(text: string): UtcMicros | undefined {
  if (!/^\d{9,14}$/.test(text)) return undefined;
  const time = ofNumber(Number(text), undefined);
  return typeof time === 'bigint' ? time : undefined;
}

const MOST_REQUIREMENTS = 16 * 1024;

/** `CIS-2.0: 1.1, 1.2; SOC2: cc_6_1`, from an object of lists or a list. */
export function requirementsOf(compliance: unknown): string | undefined {
  const list = (value: unknown): string =>
    Array.isArray(value) ? value.filter((each) => typeof each === 'string').join(', ') : '';
  if (Array.isArray(compliance)) return list(compliance).slice(0, MOST_REQUIREMENTS).toWellFormed() || undefined;
  if (typeof compliance !== 'object' || compliance === null) return undefined;
  const parts = Object.entries(compliance).map(([framework, ids]) => `${framework}: ${list(ids)}`);
  return parts.join('; ').slice(0, MOST_REQUIREMENTS).toWellFormed() || undefined;
}
