/** Fluent Bit: the records that it writes as JSON, and its own log. docs/formats/fluent-bit.md */
import type { Format } from '../format.ts';
import { FluentBitReader } from './reader.ts';
import { recogniseFluentBit } from './recognise.ts';

export const fluentBit: Format = {
  id: 'fluent-bit',
  title: 'Fluent Bit records (JSON) and its own log',
  version: 1,
  framing: 'spans',
  streams: ['fluent-bit'],
  recognise: recogniseFluentBit,
  open: (sink, context) => new FluentBitReader(sink, context),
};
