/** How much of the machine DuckDB gets while a reader fills the rows that it writes. */
import type { DuckDBConnection } from '@duckdb/node-api';

/** Mebibytes for DuckDB's buffers meanwhile. */
const FEEDING_MEMORY_MB = 512;

/** Settings of a database that hold during a transaction. Its methods are called while no statement runs on the connection. */
export class FeedingSettings {
  private hasHelpers = true;
  private isLimited = false;

  constructor(
    private readonly connection: DuckDBConnection,
    /** What it has otherwise. */
    private readonly memoryLimitMb: number,
  ) {}

  /** To be called before a statement that so many threads take rows for, and with 2 before any other. */
  async useThreads(threads: 1 | 2): Promise<void> {
    if (threads === 2) return this.bringHelpersBack();
    await this.sendHelpersAway();
    await this.limitMemory();
  }

  /** Gives back what DuckDB has otherwise; to be called when the transaction is over. */
  async restore(): Promise<void> {
    await this.bringHelpersBack();
    if (this.isLimited) await this.connection.run(memoryLimit(this.memoryLimitMb));
    this.isLimited = false;
  }

  /**
   * Sends DuckDB's own threads away. With a statement that one thread works on, the thread that waits for its result
   * asks for work without a pause, and takes a whole processor. With all threads counted as ours, it does the work itself.
   */
  private async sendHelpersAway(): Promise<void> {
    if (!this.hasHelpers) return;
    this.hasHelpers = false;
    const reader = await this.connection.runAndReadAll(`SELECT current_setting('threads')`);
    await this.connection.run(`SET GLOBAL external_threads = ${Number(reader.getRows()[0]?.[0])}`);
  }

  private async bringHelpersBack(): Promise<void> {
    if (this.hasHelpers) return;
    this.hasHelpers = true;
    await this.connection.run('SET GLOBAL external_threads = 1');
  }

  /**
   * What was written stays in DuckDB's memory as long as there is room: memory would follow the size of the file, up to
   * the limit. It has less room until the transaction ends; what it then makes of the rows may spill.
   */
  private async limitMemory(): Promise<void> {
    if (this.isLimited || this.memoryLimitMb <= FEEDING_MEMORY_MB) return;
    this.isLimited = true;
    // Refused where queries under way need more than that: they keep it, and the import has it too.
    await this.connection.run(memoryLimit(FEEDING_MEMORY_MB)).catch(() => undefined);
  }
}

function memoryLimit(megabytes: number): string {
  return `SET GLOBAL memory_limit = '${megabytes}MB'`;
}
