import type { CaseDatabase } from '../store/case-database.ts';

/** The names that the inventory knows, to find the system that a file was taken from by where it lies. */
export class SystemNames {
  private names: Promise<ReadonlyMap<string, string>> | undefined;

  constructor(private readonly database: CaseDatabase) {}

  /** The system that a folder or file of the path is named for, the innermost first; null when none is. */
  async inPath(path: string): Promise<string | null> {
    this.names ??= this.read();
    const names = await this.names;
    const parts = path
      .toLowerCase()
      .split(/[/\\]/)
      .filter((part) => part !== '');
    for (const part of parts.reverse()) {
      const found = names.get(part) ?? names.get(part.replace(/\..*$/, ''));
      if (found !== undefined) return found;
    }
    return null;
  }

  /** To be called when the inventory has grown. */
  forget(): void {
    this.names = undefined;
  }

  private async read(): Promise<ReadonlyMap<string, string>> {
    const rows = await this.database.query('SELECT name, system FROM system_names');
    return new Map(rows.map((row) => [String(row['name']), String(row['system'])]));
  }
}
