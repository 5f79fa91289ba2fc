/** An entry of the audit log, whichever backend wrote it, with the names that the backend `FileAudit` gives. */
import type { UtcMicros } from '../../../shared/time.ts';

export interface AuditEntry {
  readonly kind: 'entry';
  readonly time: UtcMicros;
  /** The host, where the line names one (`node=`, only by way of Linux Audit). */
  readonly node: string | undefined;
  /** Serial number of the audit event, only by way of Linux Audit. */
  readonly serial: number | undefined;
  /** `Device.Insert`, `Policy.Device.Update`, `Policy.Insert`, ... */
  readonly type: string;
  readonly outcome: 'success' | 'failure' | undefined;
  readonly uid: string | undefined;
  /** All fields by their name, in the order of the line. */
  readonly fields: ReadonlyMap<string, string>;
}

export interface NotAnEntry {
  readonly kind: 'not_an_entry';
  /** A sentence for the rejects. */
  readonly reason: string;
}

export const notAnEntry = (reason: string): NotAnEntry => ({ kind: 'not_an_entry', reason });
