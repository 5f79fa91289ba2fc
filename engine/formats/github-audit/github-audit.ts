/** GitHub's audit log as it is exported, fetched or streamed. docs/formats/github-audit.md */
import { JsonEventReader } from '../event-records/json-event-reader.ts';
import { recogniseEvents } from '../event-records/recognise-events.ts';
import type { Format } from '../format.ts';
import { githubEvents } from './events.ts';

export const githubAudit: Format = {
  id: 'github-audit',
  title: 'GitHub audit log',
  version: 1,
  framing: 'spans',
  streams: ['github'],
  recognise: (head) => recogniseEvents(githubEvents, head),
  open: (sink, context) => new JsonEventReader(githubEvents, sink, context),
};
