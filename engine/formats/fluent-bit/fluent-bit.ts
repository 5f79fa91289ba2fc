/** Fluent Bit: the records that it writes as JSON, and its own log. docs/formats/fluent-bit.md */
import type { Format } from '../format.ts';
import { alsoInUtf16 } from '../framing/utf16-text.ts';
import { FluentBitReader } from './reader.ts';
import { recogniseFluentBit } from './recognise.ts';

export const fluentBit: Format = alsoInUtf16({
  id: 'fluent-bit',
  title: 'Fluent Bit records (JSON) and its own log',
  version: 2,
  framing: 'spans',
  streams: ['fluent-bit'],
  recognise: recogniseFluentBit,
  open: (sink, context) => new FluentBitReader(sink, context),
});
