/** GitHub's audit log as it is exported, fetched or streamed. docs/formats/github-audit.md */
import { openEventFile, recogniseEventFile } from '../event-records/event-files.ts';
import type { Format } from '../format.ts';
import { asTextFile } from '../framing/text-file.ts';
import { githubEvents } from './events.ts';

export const githubAudit: Format = asTextFile({
  id: 'github-audit',
  title: 'GitHub audit log',
  version: 2,
  framing: 'spans',
  streams: ['github'],
  recognise: (head) => recogniseEventFile(githubEvents, head),
  open: (sink, context) => openEventFile(githubEvents, sink, context),
});
