import type { Format } from '../format.ts';
import { HeadReader } from '../framing/head-reader.ts';
import { NftJsonReader } from './json-reader.ts';
import { isJson, recognise } from './recognise.ts';
import { NftTextReader } from './text-reader.ts';

/** What nft prints of its rule set, as JSON and as text. See docs/formats/nftables.md. */
export const nftables: Format = {
  id: 'nftables',
  title: 'nftables: nft list ruleset, as text and as JSON',
  version: 1,
  framing: 'spans',
  streams: [],
  recognise,
  open: (sink, context) =>
    new HeadReader((head) => (isJson(head) ? new NftJsonReader(sink, context) : new NftTextReader(sink, context))),
};
