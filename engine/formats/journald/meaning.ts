/**
 * What an entry means by its MESSAGE_ID, a number that systemd gives to each kind of its messages. Source: systemd's catalogue, `journalctl --list-catalog`.
 */
import type { Meaning } from '../syslog-messages/meaning.ts';
import { textOf, type JournalEntry } from './entry.ts';

interface Catalogued {
  /** Who writes it. Any program can claim a MESSAGE_ID. */
  readonly program: string;
  readonly meaning: Meaning;
  /** The field that names what it is about. */
  readonly target?: readonly string[];
}

const journal = (activity: string): Catalogued => ({
  program: 'systemd-journald',
  meaning: {
    class: 'event_log_activity',
    activity,
    ...(activity === 'loss' ? {} : { target: 'systemd-journald', outcome: 'success' }),
  },
});
const unit = (activity: string, outcome: string): Catalogued => ({
  program: 'systemd',
  meaning: { class: 'service_activity', activity, outcome },
  target: ['UNIT', 'USER_UNIT'],
});

const catalogue: ReadonlyMap<string, Catalogued> = new Map([
  ['f77379a8490b408bbe5f6940505a777b', journal('start')],
  ['d93fb3c9c24d451a97cea615ce59c00b', journal('stop')],
  ['a596d6fe7bfa4994828e72309e95d61e', journal('loss')],
  ['e9bf28e6e834481bb6f48f548ad13606', journal('loss')],
  ['39f53479d3a045ac8e11786248231fbf', unit('start', 'success')],
  ['be02cf6855d2428ba40df7e9d022f03d', unit('start', 'failure')],
  ['9d1aaa27d60140bd96365438aad20286', unit('stop', 'success')],
  ['d9b373ed55a64feb8242e02dbe79a49c', unit('fail', 'failure')],
  [
    'fc2e22bc6ee647b6b90729ab34a250b1',
    {
      program: 'systemd-coredump',
      meaning: { class: 'process_activity', activity: 'crash' },
      target: ['COREDUMP_EXE', 'COREDUMP_COMM'],
    },
  ],
]);

/** The meaning that the number of an entry by `program` has; `undefined` where only its text can say it. */
export function meaningByNumber(entry: JournalEntry, program: string | undefined): Meaning | undefined {
  const known = catalogue.get(textOf(entry, 'MESSAGE_ID') ?? '');
  if (!known || known.program !== program) return undefined;
  const target = known.target?.map((name) => textOf(entry, name)).find((text) => text !== undefined);
  return target === undefined ? known.meaning : { ...known.meaning, target };
}
