import type { FolderFormat } from '../format.ts';

/** What the admin API's snapshot call writes: a folder of blocks. Its records are its series, in the order of labels. */
export const prometheusSnapshot: FolderFormat = {
  id: 'prometheus-snapshot',
  title: 'Prometheus TSDB snapshot: a folder of blocks, or an archive of it',
  version: 1,
  framing: 'folder',
  streams: ['prometheus'],
};
