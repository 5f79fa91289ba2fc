import { describe, expect, test } from 'vitest';
import type { PlannedEvidence } from '../../shared/contract.ts';
import {
  isTaken,
  noChoices,
  startInput,
  undecided,
  withFile,
  withSetting,
  type ImportPlan,
} from '../../renderer/import/import-choices.ts';

function planned(file: number, state: PlannedEvidence['state'], archive: number | null = null): PlannedEvidence {
  return {
    ...{ file, name: `file ${file}`, archive, folder: '', bytes: 10, container: 'plain', state, format: null },
    ...{ reason: null, confidence: null, candidates: [], system: null, sourceId: null, problem: null, mayChoose: true },
  };
}

const plan: ImportPlan = {
  planId: 'plan',
  files: [
    planned(0, 'recognised'),
    planned(1, 'ambiguous'),
    planned(2, 'unknown'),
    planned(3, 'archive'),
    planned(4, 'ambiguous', 3),
    planned(5, 'already there'),
  ],
  bytes: 60,
  zone: 'UTC',
  systems: [],
};
const numbers = (files: readonly PlannedEvidence[]) => files.map(({ file }) => file);
const taken = (choices = noChoices) => numbers(plan.files.filter((file) => isTaken(file, choices)));

describe('the choices before an import', () => {
  test('files that two formats claim wait for a word, also in archives', () => {
    expect(numbers(undecided(plan, noChoices))).toEqual([1, 4]);
    const decided = withFile(noChoices, 1, { settings: { as: 'auditd' } });
    expect(numbers(undecided(plan, decided))).toEqual([4]);
    expect(numbers(undecided(plan, withFile(decided, 3, { leaveOut: true })))).toEqual([]);
    expect(numbers(undecided(plan, withFile(decided, 4, { leaveOut: true })))).toEqual([]);
  });

  test('only what can be read and was not left out is taken', () => {
    expect(taken()).toEqual([0, 3]);
    expect(taken(withFile(noChoices, 0, { leaveOut: true }))).toEqual([3]);
    expect(taken(withFile(noChoices, 2, { settings: { as: 'auditd' } }))).toEqual([0, 2, 3]);
    expect(taken({ ...noChoices, forAll: { mapping: 'table: events' } })).toEqual([0, 2, 3]);
  });

  test('what was emptied again is not said', () => {
    expect(withSetting({ zone: 'UTC', system: 'web-1' }, 'zone', '')).toEqual({ system: 'web-1' });
    const choices = { ...noChoices, providedBy: '  ', obtainedHow: ' Exported. ' };
    expect(startInput('plan', choices)).toEqual({ planId: 'plan', forAll: {}, files: [], obtainedHow: 'Exported.' });
  });
});
