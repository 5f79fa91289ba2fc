/** One account from the cells of a row. docs/formats/accounts.md has the rules. */
import type { EvidenceRow } from '../../core/tables.ts';
import type { UtcMicros } from '../../../shared/time.ts';
import type { ReadContext } from '../format.ts';
import type { Cells } from '../framing/cells.ts';
import { timeIn } from '../framing/table-times.ts';
import { saysYesOrNo, yesOrNo } from '../framing/table-words.ts';
import type { Provider } from './providers.ts';

/** All columns that say when an account was used, in whatever way. */
const uses = [
  ...['last_used', 'password_last_used', 'key_1_last_used', 'key_2_last_used'],
  ...['last_interactive', 'last_not_interactive', 'last_successful'],
];
const awsCredentials = [
  ...['password_enabled', 'key_1_active', 'key_2_active', 'certificate_1_active', 'certificate_2_active'],
];
/** Okta's states in which an account cannot be used; `statusChanged` says since when. */
const oktaEnded = ['DEPROVISIONED', 'SUSPENDED'];

export interface AccountSource {
  readonly provider: Provider | undefined;
  readonly context: ReadContext;
}

/** The row of an account; `cells.problem` says why there is none. */
export function accountRow(cells: Cells, { provider, context }: AccountSource): EvidenceRow<'accounts'> {
  const { zone } = context;
  const arn = provider === 'aws' ? cells.text('arn') : undefined;
  const status = statusOf(cells, provider);
  return {
    account: cells.needed('account'),
    person: personOf(cells),
    provider: cells.text('provider') ?? provider,
    system: awsAccount(arn) ?? cells.text('system'),
    privileged: privilegedOf(cells, arn),
    mfa: yesOrNo(cells, 'mfa'),
    status,
    created: timeIn(cells, 'created', { zone }),
    disabled: disabledOf(cells, { zone, provider, status }),
    last_used: lastUseOf(cells, zone),
    as_of: timeIn(cells, 'as_of', { zone }) ?? context.takenAt,
  };
}

function personOf(cells: Cells): string | undefined {
  const whole = cells.text('person');
  if (whole !== undefined) return whole;
  const parts = [cells.text('first_name'), cells.text('last_name')].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' ');
}

/** arn:aws:iam::123456789012:user/ana: named as the events of CloudTrail name it. */
function awsAccount(arn: string | undefined): string | undefined {
  const id = /^arn:[^:]*:iam::(\d{12}):/.exec(arn ?? '')?.[1];
  return id === undefined ? undefined : `aws:${id}`;
}

function privilegedOf(cells: Cells, arn: string | undefined): boolean | undefined {
  if (arn !== undefined && /:root$/.test(arn)) return true;
  const said = yesOrNo(cells, 'privileged');
  const delegated = yesOrNo(cells, 'delegated_admin');
  return said === undefined || delegated === undefined ? (said ?? delegated) : said || delegated;
}

function statusOf(cells: Cells, provider: Provider | undefined): string | undefined {
  if (provider === 'aws') return awsStatus(cells);
  // In a list of Entra, the column "state" is where somebody lives.
  const written = provider === 'entra' ? undefined : cells.text('status');
  if (written !== undefined) return written;
  const enabled = yesOrNo(cells, 'enabled');
  const ended = saysYesOrNo(cells.text('disabled') ?? '') ? yesOrNo(cells, 'disabled') : undefined;
  const suspended = yesOrNo(cells, 'suspended') ?? ended;
  if (enabled === undefined && suspended === undefined) return undefined;
  return enabled === false || suspended === true ? 'disabled' : 'active';
}

function awsStatus(cells: Cells): string | undefined {
  const written = awsCredentials.map((column) => cells.text(column));
  if (written.every((text) => text === undefined)) return undefined;
  cells.assume('An AWS user is active while a password, an access key or a certificate of it is; otherwise disabled.');
  // The report says of the root user that its password is "not_supported": it always has one.
  const isRoot = cells.text('password_enabled') === 'not_supported';
  return isRoot || awsCredentials.some((column) => yesOrNo(cells, column) === true) ? 'active' : 'disabled';
}

interface DisabledSource {
  readonly zone: string;
  readonly provider: Provider | undefined;
  readonly status: string | undefined;
}

function disabledOf(cells: Cells, { zone, provider, status }: DisabledSource): UtcMicros | undefined {
  if (!saysYesOrNo(cells.text('disabled') ?? '')) {
    const stated = timeIn(cells, 'disabled', { zone });
    if (stated !== undefined) return stated;
  }
  if (provider !== 'okta' || !oktaEnded.includes(status?.toUpperCase() ?? '')) return undefined;
  cells.assume('An Okta account that is deprovisioned or suspended was disabled when its status changed last.');
  return timeIn(cells, 'status_changed', { zone });
}

function lastUseOf(cells: Cells, zone: string): UtcMicros | undefined {
  const times = uses
    .map((column) => timeIn(cells, column, { zone }))
    // 1970 is how some exports write never.
    .filter((time) => time !== undefined && time !== 0n);
  return times.reduce<UtcMicros | undefined>(
    (latest, time) => (latest === undefined || time! > latest ? time : latest),
    undefined,
  );
}
