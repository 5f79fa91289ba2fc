import { describe, expect, test } from 'vitest';
import {
  errorBound,
  millisToSeconds,
  negated,
  readDecimal,
  readSpan,
  readSpans,
  readWhole,
} from '../../../../engine/formats/clocks/numbers.ts';

describe('numbers of clock daemons', () => {
  test.each([
    ['-22ns', -2.2e-8],
    ['+40ns', 4e-8],
    ['3345ns', 0.000003345],
    ['-923us', -0.000923],
    ['86ms', 0.086],
    ['-5.224ms', -0.005224],
    ['+1.5s', 1.5],
    ['12ks', 12_000],
    ['4.2μs', 0.0000042],
    ['4.2µs', 0.0000042],
  ])('%s is exactly %s s', (text, seconds) => {
    expect(readSpan(text)).toBe(seconds);
  });

  test.each([
    ['0', 0],
    ['-136us', -0.000136],
    ['34min 8s', 2048],
    ['8min 32s', 512],
    ['-1min 2s', -62],
    ['1d 2h', 93_600],
    ['1s 500ms', 1.5],
  ])('the span %s is %s s', (text, seconds) => {
    expect(readSpans(text)).toBe(seconds);
  });

  test.each(['', '-', 'n/a', '5', '5 ms', 'ms', '1,5ms', '1e400s', '- 5ms', '5ms -3us', 'infinity', '1\u0000ms'])(
    '%j is no span',
    (text) => {
      expect(readSpans(text)).toBeUndefined();
    },
  );

  test('milliseconds become seconds without rounding twice', () => {
    expect(millisToSeconds('0.4667')).toBe(0.0004667);
    expect(millisToSeconds('-65.426')).toBe(-0.065426);
    expect(millisToSeconds('+998.123')).toBe(0.998123);
    expect(millisToSeconds('6e-05')).toBe(6e-8);
    expect(millisToSeconds('.')).toBeUndefined();
  });

  test('nothing that is not finite is a number', () => {
    for (const text of ['nan', 'inf', '-inf', '1e999', '0x10', '', ' 1', '1 ', '--1', '9'.repeat(60)])
      expect(readDecimal(text)).toBeUndefined();
    expect(readWhole('99999999999', 1e15)).toBeUndefined();
  });

  test('the other side of zero is zero', () => {
    expect(Object.is(negated(0), 0)).toBe(true);
    expect(negated(-0.5)).toBe(0.5);
    expect(negated(undefined)).toBeUndefined();
  });

  test('a bound is the dispersion and half of the delay', () => {
    expect(errorBound(0.2, 0.05)).toBe(0.15);
    expect(errorBound(undefined, 0.05)).toBeUndefined();
  });
});
