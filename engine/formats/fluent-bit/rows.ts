/** The rows of the spine that Fluent Bit's files give. */
import type { EvidenceRow } from '../../core/tables.ts';
import type { UtcMicros } from '../../../shared/time.ts';
import type { OwnLine } from './own-line.ts';

/** What one record gives: its row of the spine, and what else it has as a JSON object. */
export interface AddedRows {
  readonly event: EvidenceRow<'events'>;
  readonly fields: string | undefined;
}

/** The row of a line of the log. */
export function ownRows(line: OwnLine, time: UtcMicros, system: string | undefined): AddedRows {
  const event = { time, system, stream: 'fluent-bit', ...meaningOf(line), message: messageOf(line) };
  const { component } = line;
  return { event, fields: component === undefined ? undefined : JSON.stringify({ component }) };
}

/** What a line means. One that is no sign of anything known is evidence that Fluent Bit ran, of nothing else. */
export function meaningOf({ level, component, sign }: OwnLine): Partial<EvidenceRow<'events'>> {
  const target = component?.startsWith('output:') || component?.startsWith('input:') ? component : undefined;
  if (sign === undefined) {
    const isError = level === 'error';
    return { severity: level, target, outcome: isError ? 'failure' : undefined, code: isError ? 'error' : undefined };
  }
  return {
    class: 'event_log_activity',
    activity: sign.activity,
    code: sign.code,
    target,
    outcome: sign.outcome,
    severity: level,
  };
}

function messageOf({ component, message }: OwnLine): string {
  return component === undefined ? message : `[${component}] ${message}`;
}
