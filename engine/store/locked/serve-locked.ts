/** The message loop of the locked process: one request at a time, rows only as fast as they are used. */
import type { LockedParent } from '../../core/locked-child.ts';
import { LockedSession, problemOfQuery } from './locked-session.ts';
import { PIECES_AHEAD, type ChildMessage, type ParentMessage } from './messages.ts';

const ALIVE_EVERY_MS = 50;

/** Serves the engine until it goes away. `exit` ends this process. */
export function serveLocked(parent: LockedParent, exit: () => void): void {
  const serving = new Serving((message) => parent.send(message));
  parent.onMessage((message) => void serving.take(message as ParentMessage));
  parent.onClose(exit);
  setInterval(() => serving.alive(), ALIVE_EVERY_MS);
}

class Serving {
  private session: LockedSession | undefined;
  private piecesAhead = 0;
  private wake: (() => void) | undefined;

  constructor(private readonly send: (message: ChildMessage) => void) {}

  alive(): void {
    this.send({ kind: 'alive', residentMegabytes: Math.round(process.memoryUsage.rss() / 1048576) });
  }

  async take(message: ParentMessage): Promise<void> {
    try {
      await this.answer(message);
    } catch (error) {
      this.send({ kind: 'failed', problem: problemOfQuery(error) });
    }
  }

  private async answer(message: ParentMessage): Promise<void> {
    if (message.kind === 'open') {
      this.session = await LockedSession.open(message);
      this.send({ kind: 'opened' });
    } else if (message.kind === 'inspect') {
      this.send({ kind: 'inspected', inspection: await this.opened.inspect(message.sql, message.tables) });
    } else if (message.kind === 'query') {
      this.piecesAhead = 0;
      await this.opened.query(message, {
        columns: (columns) => this.send({ kind: 'columns', columns }),
        rows: async (rows) => {
          this.send({ kind: 'rows', rows });
          this.piecesAhead++;
          while (this.piecesAhead >= PIECES_AHEAD) await new Promise<void>((wake) => (this.wake = wake));
        },
      });
      this.send({ kind: 'done' });
    } else if (message.kind === 'stop') {
      this.piecesAhead = 0;
      this.session?.stop();
      this.wake?.();
    } else {
      this.piecesAhead--;
      this.wake?.();
    }
  }

  private get opened(): LockedSession {
    if (!this.session) throw new Error('The database is not open yet');
    return this.session;
  }
}
