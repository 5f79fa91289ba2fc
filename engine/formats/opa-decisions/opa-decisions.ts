/** Open Policy Agent: decision logs, status logs, its own log; results of opa eval and conftest. docs/formats/opa-decisions.md */
import type { Format } from '../format.ts';
import { OpaReader } from './reader.ts';
import { recogniseOpa } from './recognise.ts';

export const opaDecisions: Format = {
  id: 'opa-decisions',
  title: 'Open Policy Agent decision logs, opa eval and conftest results',
  version: 1,
  framing: 'spans',
  streams: ['opa'],
  recognise: recogniseOpa,
  open: (sink, context) => new OpaReader(sink, context),
};
