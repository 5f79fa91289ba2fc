import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  controlDayLine,
  hashControlDays,
  hashPopulation,
  populationLine,
  type ControlDayRow,
  type ResultRow,
} from '../../../engine/core/result-hash.ts';
import { parseInstant } from '../../../shared/time.ts';

const row: ResultRow = {
  time: parseInstant('2026-03-01T12:00:00.5Z')!,
  system: 'web-1',
  resource: '10.0.0.1:443',
  status: 'alarm',
  reason: 'Port 443 is not in the inventory — “zürich”.',
  sourceId: 12,
  record: 345n,
  dimensions: { protocol: 'tcp', approved: null },
};
const other: ResultRow = {
  ...row,
  time: null,
  system: null,
  resource: '10.0.0.1:80',
  sourceId: null,
  record: null,
  dimensions: {},
};
const day: ControlDayRow = {
  day: '2026-03-01',
  state: 'deviation',
  allStates: ['deviation', 'partial'],
  reasons: ['1 of 2 items deviates.'],
  population: 2,
  tested: 2,
  deviations: 1,
  systemsExpected: ['web-2', 'web-1'],
  systemsSeen: ['web-1'],
};

describe('result hashes', () => {
  it('writes a row as canonical JSON with named columns', () => {
    expect(populationLine(row)).toBe(
      '{"dimensions":{"approved":null,"protocol":"tcp"},"reason":"Port 443 is not in the inventory — “zürich”.",' +
        '"record":345,"resource":"10.0.0.1:443","source_id":12,"status":"alarm","system":"web-1",' +
        '"time":"2026-03-01T12:00:00.5Z"}',
    );
  });

  it('does not depend on the order of rows, but on how often each occurs', () => {
    expect(hashPopulation([row, other])).toBe(hashPopulation([other, row]));
    expect(hashPopulation([row, row])).not.toBe(hashPopulation([row]));
    expect(hashControlDays([day])).toBe(hashControlDays([{ ...day, systemsExpected: ['web-1', 'web-2'] }]));
  });

  it.each(Object.keys(row) as (keyof ResultRow)[])('depends on %s', (column) => {
    const replacement = { ...row, [column]: column === 'status' ? 'ok' : column === 'reason' ? 'x' : other[column] };
    expect(hashPopulation([replacement])).not.toBe(hashPopulation([row]));
  });

  it('is what a shell computes from the lines', () => {
    const lines = [populationLine(row), populationLine(other)];
    const script = 'while IFS= read -r l; do printf %s "$l" | sha256sum | cut -c1-64; done | sort | sha256sum';
    const shell = execFileSync('sh', ['-c', script], { input: `${lines.join('\n')}\n`, encoding: 'utf8' });
    expect(hashPopulation([row, other])).toBe(shell.slice(0, 64));
  });

  it('gives the hash of nothing for an empty population', () => {
    expect(hashPopulation([])).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('writes a day with its lists', () => {
    expect(JSON.parse(controlDayLine(day))).toMatchObject({ systems_expected: ['web-1', 'web-2'], deviations: 1 });
  });
});
