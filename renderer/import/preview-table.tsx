import { visibleText } from '../common/hostile-text.ts';
import { countText } from '../common/number-text.ts';

interface PreviewTableProps {
  readonly preview: {
    readonly table: string;
    readonly rows: readonly Readonly<Record<string, string | null>>[];
  };
  /** The file, for screen readers. */
  readonly of: string;
  /** Rows that the table would get. */
  readonly total: number;
}

/** The first rows of a table as they would land; columns without a value in any of them are left out. */
export function PreviewTable(props: PreviewTableProps) {
  const { table, rows } = props.preview;
  const columns = Object.keys(rows[0] ?? {}).filter((column) => rows.some((row) => row[column] !== null));
  return (
    <div
      className="preview"
      role="region"
      aria-label={`First rows of ${table} from ${props.of}`}
      tabIndex={0}
      data-testid="preview"
    >
      <table>
        <caption>
          <code>{table}</code>: {countText(rows.length)} of {countText(props.total)} rows
        </caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {columns.map((column) => (
                <td key={column} title={row[column] ?? undefined}>
                  {visibleText(row[column] ?? '')}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
