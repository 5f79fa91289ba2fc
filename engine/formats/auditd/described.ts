import type { EvidenceRow } from '../../core/tables.ts';

/** What a description gives; the rest of the row is the same for every event. */
export type Described = Pick<
  EvidenceRow<'events'>,
  'class' | 'activity' | 'actor' | 'target' | 'src_ip' | 'src_port' | 'dst_ip' | 'dst_port' | 'message'
>;
