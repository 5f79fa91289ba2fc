import type { Format } from '../format.ts';
import { IptablesReader } from './reader.ts';
import { recognise } from './recognise.ts';

/** What iptables and ip6tables print of their rules. See docs/formats/iptables.md. */
export const iptables: Format = {
  id: 'iptables',
  title: 'iptables and ip6tables: iptables-save, iptables -S and iptables -L',
  version: 1,
  framing: 'spans',
  streams: [],
  recognise,
  open: (sink, context) => new IptablesReader(sink, context),
};
