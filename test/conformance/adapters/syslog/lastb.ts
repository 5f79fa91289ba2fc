/** lastb of util-linux, `X-lastb.txt` beside logs called `X-*.log` of the same run: the failed log-ins in btmp. */
import type { CollectedRow } from '../../../engine/formats/collect-rows.ts';
import { FieldCount, type Comparison, type CorpusFolder } from '../../adapter.ts';
import { compareSorted } from '../../sorted-rows.ts';
import { readMessages, wallClock, writtenWallClock } from './read-messages.ts';

export function compareLastb(folder: CorpusFolder): readonly Comparison[] {
  return folder.entries
    .filter((entry) => /lastb\.txt$/.test(entry))
    .flatMap((oracle) => {
      const stem = oracle.replace(/lastb\.txt$/, '');
      const logs = folder.entries.filter((entry) => entry.startsWith(stem) && /\.log(\.gz)?$/.test(entry));
      const theirs = folder.text(oracle).split('\n').flatMap(failedLogin).sort();
      return logs.map((file) => {
        const count = new FieldCount(file, oracle);
        const ours = readMessages(folder, file).all.rows('events').filter(isFailure).map(shown).sort();
        compareSorted(count, ours, theirs);
        return count.result();
      });
    });
}

// `bob      ssh:notty    127.0.0.1        Sat Nov 21 06:30:33 2026 - ...`. Those of su and login have no terminal of SSH.
function failedLogin(line: string): readonly string[] {
  const [, user = '', address, time] =
    /^(.{8}) +ssh:notty +(\S+) +[A-Z][a-z]{2} ([A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d)/.exec(line) ?? [];
  return address === undefined ? [] : [`${user.trim()} ${address} ${String(writtenWallClock(time))}`];
}

/** For an account that does not exist sshd writes btmp twice: when it sees the name, and when the password fails. */
function isFailure({ activity, outcome, code, message }: CollectedRow): boolean {
  const isOfSsh = /^sshd(-\w+)?$/.test(String(code));
  return isOfSsh && outcome === 'failure' && (activity === 'logon' || String(message).startsWith('Invalid user'));
}

// lastb cuts names at eight characters.
function shown(row: CollectedRow): string {
  return `${String(row['actor']).slice(0, 8).trim()} ${String(row['src_ip'])} ${String(wallClock(row['time']))}`;
}
