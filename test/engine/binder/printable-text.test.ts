import { describe, expect, it } from 'vitest';
import { commonCoverage } from '../../../engine/binder/fonts.ts';
import { dayRanges, dayRangeText, groupDigits } from '../../../engine/binder/figures.ts';
import { printableLines, printableText } from '../../../engine/binder/printable-text.ts';

describe('text for print', () => {
  const print = (text: string): string => printableText(text, commonCoverage());

  it('keeps what the fonts have', () => {
    expect(print('Größe, Łódź, naïve: “−1 … 2” § ×')).toBe('Größe, Łódź, naïve: “−1 … 2” § ×');
  });

  it('writes out what they lack, and what would hide or turn text', () => {
    expect(print('日')).toBe('[U+65E5]');
    expect(print('a\u202egnp.exe')).toBe('a[U+202E]gnp.exe');
    expect(print('\u001b[31m\u0000')).toBe('[U+001B][31m[U+0000]');
    expect(print('😀')).toBe('[U+1F600]');
    expect(print('x\u200by')).toBe('x[U+200B]y');
  });

  it('makes line ends a space in a cell, and keeps them in a query', () => {
    expect(print('a\nb')).toBe('a b');
    expect(printableLines('a\r\n\tb', commonCoverage())).toEqual(['a', '    b']);
  });
});

describe('figures', () => {
  it('groups digits without a locale', () => {
    expect([0, 999, 1000, 1234567].map(groupDigits)).toEqual(['0', '999', '1,000', '1,234,567']);
  });

  it('joins adjacent days, over the end of a month and of a year', () => {
    const days = ['2025-12-31', '2026-01-01', '2026-02-28', '2026-03-01', '2026-03-03'];
    expect(dayRanges(days).map(dayRangeText)).toEqual([
      '2025-12-31 to 2026-01-01',
      '2026-02-28 to 03-01',
      '2026-03-03',
    ]);
  });
});
