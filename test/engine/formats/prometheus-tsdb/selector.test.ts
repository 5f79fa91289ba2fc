import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../../shared/problem.ts';
import type { Label } from '../../../../engine/formats/prometheus-tsdb/labels.ts';
import { anySelector, parseSelector } from '../../../../engine/formats/prometheus-tsdb/selector.ts';

const NODE: readonly Label[] = [
  ['__name__', 'node_load1'],
  ['instance', '10.0.0.1:9100'],
  ['job', 'node'],
];

describe('parseSelector', () => {
  it.each([
    ['node_load1', true],
    ['node_load', false],
    [' node_load1 { job = "node" , } ', true],
    ['{__name__=~"node_.*",job!="x"}', true],
    ['{__name__=~"node_",job!="x"}', false],
    ['{"node_load1", "job"="node"}', true],
    ['node_load1{job=~"a|no(?:d|x)e"}', true],
    ["node_load1{job='node'}", true],
    ['node_load1{job=`node`}', true],
    ['node_load1{missing=""}', true],
    ['node_load1{missing=~"x?"}', true],
    ['node_load1{missing!~".+"}', true],
    ['node_load1{instance=~"10\\\\.0\\\\.0\\\\.\\\\d:9100"}', true],
    ['node_load1{instance=~`10\\.0\\.0\\.\\d:9100`}', true],
    ['node_load1{job="\\x6eod\\u0065"}', true],
    ['node_load1{job=~"(?i)NODE"}', true],
    ['node_load1{job=~"(?P<kind>n)\\\\Qode\\\\E"}', true],
    ['node_load1{job=~"[^[:upper:]]{4}"}', true],
    ['node_load1{job=~"nod"}', false],
  ])('%s: %s', (text, picked) => {
    expect(parseSelector(text).picks(NODE)).toBe(picked);
  });

  it('takes . as any character, line ends and those beyond 16 bits too', () => {
    expect(parseSelector('{a=~"x.y"}').picks([['a', 'x\ny']])).toBe(true);
    expect(parseSelector('{a=~"x.y"}').picks([['a', 'x😀y']])).toBe(true);
    expect(parseSelector('{a=~"[😀-😂]"}').picks([['a', '😁']])).toBe(true);
  });

  it('picks what any of several picks', () => {
    expect(anySelector(['up', 'node_load1']).toString()).toBeTruthy();
    expect(anySelector(['up', 'node_load1'])(NODE)).toBe(true);
    expect(anySelector([])(NODE)).toBe(false);
  });

  it.each([
    ['{}', 'pick everything'],
    ['{a=""}', 'pick everything'],
    ['{a=~".*"}', 'pick everything'],
    ['', 'neither a metric name'],
    ['up{', 'no label name'],
    ['up{a}', 'neither of ='],
    ['up{a=b}', 'no quoted value'],
    ['up{a="b}', 'no quoted value'],
    ['up{a="b"', 'neither "," nor'],
    ['up{__name__="x"} 5', 'goes on after its end'],
    ['up{"down"}', 'two metric names'],
    ['up{a=~"(?!x)"}', 'the group "(?!x"'],
    ['up{a=~"(?<=x)y"}', 'the group'],
    ['up{a=~"\\\\1"}', 'which is not read here'],
    ['up{a=~"\\\\pL"}', 'which is not read here'],
    ['up{a=~"x{1001}"}', 'the repetition {1001}'],
    ['up{a=~"((a{1000}){1000}){1000}"}', 'steps'],
    ['up{a=~"(((){1000}){1000}){1000}"}', 'too many repetitions'],
    ['up{a=~"(?i)é"}', 'beyond ASCII'],
    ['up{a=~"a)"}', 'a ")" without'],
    ['up{a=~"{2}a"}', 'nothing to repeat'],
    ['up{a=~`\\Qa.b\\E{2}`}', 'after a quoted text'],
    ['up{a=~"[a"}', 'a "[" without'],
    ['up{a="\\xff"}', 'the escape \\xff'],
    [`up{a=~"${'('.repeat(300)}"}`, 'nested more than'],
  ])('refuses %s', (text, why) => {
    try {
      parseSelector(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ProblemError);
      expect((error as ProblemError).problem.code).toBe('bad_request');
      expect((error as ProblemError).problem.message).toContain(why);
    }
  });

  it('takes no longer for hostile values', () => {
    const { picks } = parseSelector('{a=~"(a+)+b"}');
    const from = performance.now();
    expect(picks([['a', 'a'.repeat(50_000)]])).toBe(false);
    expect(performance.now() - from).toBeLessThan(2_000);
  });
});
