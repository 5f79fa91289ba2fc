/** The audit device of HashiCorp Vault and OpenBao, as JSON. docs/formats/vault-audit.md */
import type { Problem } from '../../../shared/problem.ts';
import { openEventFile, recogniseEventFile } from '../event-records/event-files.ts';
import type { Format, ReadContext, RowSink, SourceReader } from '../format.ts';
import { asTextFile } from '../framing/text-file.ts';
import { auditEntries } from './entries.ts';
import { RequestPairs } from './request-pairs.ts';

export const vaultAudit: Format = asTextFile({
  id: 'vault-audit',
  title: 'Vault and OpenBao audit device',
  version: 2,
  framing: 'spans',
  streams: ['vault'],
  recognise: (head) => recogniseEventFile(auditEntries, head),
  open: (sink, context) => new VaultAuditReader(sink, context),
});

class VaultAuditReader implements SourceReader {
  readonly #pairs = new RequestPairs();
  readonly #reader: SourceReader;

  constructor(
    private readonly sink: RowSink,
    context: ReadContext,
  ) {
    const rows: typeof auditEntries.rows = (entry, events) => {
      const read = auditEntries.rows(entry, events);
      if (typeof read !== 'string') this.#pairs.see(entry);
      return read;
    };
    this.#reader = openEventFile({ ...auditEntries, rows }, sink, context);
  }

  push(piece: Uint8Array): void {
    this.#reader.push(piece);
  }

  finish(): Problem | undefined {
    const problem = this.#reader.finish();
    for (const note of this.#pairs.notes()) this.sink.assume(note);
    return problem;
  }
}
