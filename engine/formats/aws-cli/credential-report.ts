/**
 * What `aws iam get-credential-report` prints: the report of credentials, a CSV in base64, and when it was made.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetCredentialReport.html
 */
import type { EvidenceRow, EvidenceTableName } from '../../core/tables.ts';
import { accounts } from '../accounts/accounts.ts';
import type { ReadContext, RowSink } from '../format.ts';
import { isObject } from './classify.ts';
import { answerTime } from './answer-time.ts';

export interface CredentialReport {
  readonly rows: readonly EvidenceRow<'accounts'>[];
  readonly assumptions: readonly string[];
}

/** The accounts in such an answer; a sentence says why it cannot be read; `undefined` for another answer. */
export function credentialReport(value: unknown, context: ReadContext): CredentialReport | string | undefined {
  if (!isObject(value) || typeof value['Content'] !== 'string' || !('ReportFormat' in value)) return undefined;
  const made = answerTime(value['GeneratedTime']);
  if (made === undefined) return 'The report of credentials does not say when it was made (GeneratedTime).';
  const rows: EvidenceRow<'accounts'>[] = [];
  const assumptions: string[] = [];
  let firstReject: string | undefined;
  const sink: RowSink = {
    record: () => 0,
    recordsAreLines: () => undefined,
    row: <N extends EvidenceTableName>(table: N, row: EvidenceRow<N>) => {
      if (table === 'accounts') rows.push(row as EvidenceRow<'accounts'>);
    },
    columns: () => {
      throw new Error('Lists of accounts are not read by columns');
    },
    seriesId: () => 0n,
    reject: (reason) => (firstReject ??= reason),
    assume: (statement) => assumptions.push(statement),
    sawTime: () => undefined,
  };
  const reader = accounts.open(sink, { ...context, takenAt: made });
  reader.push(Buffer.from(value['Content'], 'base64'));
  const problem = reader.finish();
  const trouble = problem?.message ?? firstReject;
  if (trouble !== undefined) return `The report of credentials in "Content" cannot be read: ${trouble}`;
  // When it was made is in the answer, not stated at import.
  return { rows, assumptions: assumptions.filter((statement) => !statement.endsWith('as stated at import.')) };
}
