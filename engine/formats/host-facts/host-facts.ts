/**
 * What commands print of a host and what stands in its configuration files, one output a file, each known by its
 * content: `text-kinds.ts` and `json-kinds.ts` list them. See docs/formats/host-facts.md.
 */
import type { Problem } from '../../../shared/problem.ts';
import type { Format, ReadContext, Recognition, RowSink, SourceReader } from '../format.ts';
import { HeadReader } from '../framing/head-reader.ts';
import { isJson } from '../framing/json-or-csv.ts';
import { firstLines } from '../framing/lines.ts';
import { alsoInUtf16 } from '../framing/utf16-text.ts';
import { FactRows, HOST_FACTS } from './fact-rows.ts';
import { JsonFactReader, recogniseJson } from './json-reader.ts';
import { likelyText, recogniseText } from './text-kinds.ts';
import { openText } from './text-reader.ts';

export const hostFacts: Format = alsoInUtf16({
  id: HOST_FACTS,
  title:
    'Outputs of commands and configuration files of a host (ss, lsblk, auditctl, sshd, sysctl, ...), facts of Ansible',
  version: 1,
  framing: 'spans',
  streams: [HOST_FACTS],
  recognise,
  open: (sink, context) => new HeadReader((head) => openKind(head, sink, context)),
});

const NOT_OURS: Recognition = {
  confidence: 0,
  reason: 'The file is none of the outputs of commands that are read as host-facts.',
};

function recognise(head: Uint8Array): Recognition {
  return (isJson(head) ? recogniseJson(head) : undefined) ?? recogniseText(head) ?? NOT_OURS;
}

function openKind(head: Uint8Array, sink: RowSink, context: ReadContext): SourceReader {
  const rows = new FactRows(sink, context);
  const json = isJson(head) ? recogniseJson(head) : undefined;
  if (json) return new JsonFactReader(json.kind, { rows, sink, context });
  const lines = firstLines(head, 1000).map((line) => line.trimEnd());
  const kind = recogniseText(head)?.kind ?? (isJson(head) ? undefined : likelyText(lines));
  return kind ? openText(kind, { rows, sink, context, head: lines }) : unknown(context);
}

function unknown({ name }: ReadContext): SourceReader {
  const problem: Problem = {
    code: 'unknown_format',
    message: 'The file is none of the outputs of commands or files of a host that are read.',
    where: { file: name },
    remedy: 'docs/formats/host-facts.md lists them. Save one output a file, as the command prints it.',
  };
  return { push: () => undefined, finish: () => problem };
}
