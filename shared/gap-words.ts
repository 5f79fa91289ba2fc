/** What kinds and causes of gaps mean, in the words of the command line, the window and the binder. */
import type { z } from 'zod';
import type { gapSchema } from './timeline-contract.ts';

type Gap = z.infer<typeof gapSchema>;

export const gapKindWords: Readonly<Record<Gap['kind'], string>> = {
  silence: 'silent for longer than it may be',
  missing: 'never spoke',
  'sequence-loss': 'numbered records are missing',
  scrape: 'did not answer its scrapes',
  'scan-missed': 'no completed scan',
  truncated: 'silent between two files of a set',
};

export const gapCauseWords: Readonly<Record<Gap['cause'], string>> = {
  'stream-alone': 'Host up, this stream alone silent',
  'file-cut': 'A file is cut or missing',
  unknown: 'Cause not known',
  'collector-down': 'Several hosts silent together',
  'host-down': 'Host down',
};

/** `1 in 20,000`; a chance that nobody could ever have counted is not given digits. */
export function chanceInWords(likelihood: number): string {
  if (likelihood < 1e-9) return 'less than 1 in 1,000,000,000';
  return `1 in ${String(Math.round(1 / likelihood)).replace(/\B(?=(\d{3})+$)/g, ',')}`;
}
