import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visibleText } from '../../renderer/common/hostile-text.ts';
import { progressFigures } from '../../renderer/common/job-progress.tsx';
import { bytesText, counted, countText, secondsText } from '../../renderer/common/number-text.ts';
import { bytesOfBase64 } from '../../renderer/binder/save-binder.ts';
import { sqlTokens } from '../../renderer/inspector/sql-tokens.ts';

describe('hostile text', () => {
  it('writes out what reorders or hides the text around it', () => {
    expect(visibleText('invoice_\u202Egnp.exe')).toBe('invoice_⟨U+202E⟩gnp.exe');
    expect(visibleText('a\u0000b\u001b[2Jc\rd')).toBe('a⟨U+0000⟩b⟨U+001B⟩[2Jc⟨U+000D⟩d');
    expect(visibleText('zero\u200Bwidth \uFEFFmark \u{E0041}')).toBe('zero⟨U+200B⟩width ⟨U+FEFF⟩mark ⟨U+E0041⟩');
  });

  it('leaves readable text of any script as it is, with its tabs and lines', () => {
    const text = 'Größe\t売上 ١٢٣ שלום\n<script>alert(1)</script> 🎉';
    expect(visibleText(text)).toBe(text);
  });
});

describe('numbers in words', () => {
  it('groups thousands and minds the plural', () => {
    expect(countText(1_284_417)).toBe('1,284,417');
    expect(countText(999)).toBe('999');
    expect(counted(1, 'day')).toBe('1 day');
    expect(counted(0, 'day')).toBe('0 days');
  });

  it('gives sizes and times left', () => {
    expect(bytesText(999)).toBe('999 bytes');
    expect(bytesText(1_400_000)).toBe('1.4 MB');
    expect(secondsText(7.2)).toBe('8 s');
    expect(secondsText(125)).toBe('2 min 5 s');
    expect(secondsText(3_780)).toBe('1 h 3 min');
  });

  it('says of a long call what is known and nothing else', () => {
    expect(progressFigures({ step: 'x' })).toBe('');
    expect(progressFigures({ step: 'x', fraction: 0.999, recordsDone: 1200, secondsLeft: 8 })).toBe(
      '99 % · 1,200 records · about 8 s left',
    );
    expect(progressFigures({ step: 'x', bytesDone: 3_100_000, bytesTotal: 7_000_000 })).toBe('3.1 MB of 7.0 MB');
  });
});

describe('SQL in pieces', () => {
  it('tells comments, text, numbers, parameters and keywords apart', () => {
    const kinds = sqlTokens("select 'it''s -- no comment', $days, 12.5 -- a note\nfrom t /* select */")
      .filter(({ kind }) => kind !== 'plain')
      .map(({ kind, text }) => `${kind}: ${text}`);
    expect(kinds).toEqual([
      'keyword: select',
      "text: 'it''s -- no comment'",
      'parameter: $days',
      'number: 12.5',
      'comment: -- a note',
      'keyword: from',
      'comment: /* select */',
    ]);
  });

  it('does not call a column a keyword because it is quoted or contains one', () => {
    expect(sqlTokens('"select" selected').every(({ kind }) => kind === 'plain')).toBe(true);
  });

  it('loses and adds no character, whatever the text', () => {
    const sqlish = fc.string({ unit: fc.constantFrom(...'selct from$1_\'"-/*;\n.é') });
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), sqlish),
        (sql) =>
          sqlTokens(sql)
            .map(({ text }) => text)
            .join('') === sql,
      ),
    );
  });
});

describe('base64 of a binder', () => {
  it('gives every byte back', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    expect(bytesOfBase64(Buffer.from(bytes).toString('base64'))).toEqual(bytes);
  });
});
