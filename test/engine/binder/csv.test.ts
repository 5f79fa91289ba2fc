import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine } from '../../../engine/core/csv-line.ts';
import { readCsv } from '../../../engine/verify/read-csv.ts';

describe('CSV of hostile evidence', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', "'=1"])(
    'never begins a cell as a formula does: %j',
    (text) => {
      expect(csvLine([text]).slice(1, 3)).toBe(`'${text[0]}`);
    },
  );

  it('tells no value from an empty text', () => {
    expect(csvLine([null, '', 0])).toBe(',"",0\r\n');
    expect([...readCsv(',"",0\r\n')]).toEqual([[null, '', '0']]);
  });

  it('is read back to the same cells, whatever they hold', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('=a', "''", '"', ',', '\r\n', "'"),
      fc.constant(null),
    );
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(table, (rows) => {
        expect([...readCsv(rows.map(csvLine).join(''))]).toEqual(rows);
      }),
    );
  });

  it('is refused where it is cut short', () => {
    expect(() => [...readCsv('"a')]).toThrow('has no end');
    expect(() => [...readCsv('"a",1')]).toThrow('line end');
  });
});
