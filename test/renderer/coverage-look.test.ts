import { describe, expect, it } from 'vitest';
import { chooseControls, everyControl } from '../../renderer/matrix/choose-controls.ts';
import { describeDay } from '../../renderer/matrix/control-row.tsx';
import { describeStreamDay, streamsOf } from '../../renderer/matrix/coverage-look.ts';
import { stateLooks } from '../../renderer/matrix/state-look.ts';
import { controlDayStates, type ControlDayState } from '../../shared/states.ts';
import { controlsOf } from './mock-case.ts';

const rows = [
  { stream: 'auditd', system: 'web-1', days: '+-.-', records: 1 },
  { stream: 'auditd', system: 'web-2', days: '++.-', records: 1 },
  { stream: 'nmap', system: 'web-1', days: '.-+.', records: 1 },
];

describe('coverage of a stream', () => {
  it('merges its systems: silence of some is not silence of all, and never seen', () => {
    const [auditd, nmap] = streamsOf(rows);
    expect(auditd?.days.join('')).toBe('+~.-');
    expect(nmap?.days.join('')).toBe('.-+.');
  });

  it('names the silent systems', () => {
    const [auditd] = streamsOf(rows);
    expect(describeStreamDay(auditd!, 1)).toBe('seen from 1 of 2 systems; silent: web-1');
    expect(describeStreamDay(auditd!, 2)).toBe('not expected');
  });
});

describe('controls to show', () => {
  const controls = controlsOf({ controls: 5, days: 181 });

  it('keeps the order of the pack and finds words in id, title and criteria', () => {
    expect(chooseControls(controls, everyControl)).toEqual(controls);
    const found = chooseControls(controls, { ...everyControl, filter: 'ROOT cc6.3' });
    expect(found.map(({ control }) => control)).toEqual(['CC6.1-root-login']);
  });

  it('leaves out controls without a day in the chosen states', () => {
    const found = chooseControls(controls, { ...everyControl, states: new Set(['error'] as const) });
    expect(found.map(({ control }) => control)).toEqual(['CC8.1-approved-before-deploy']);
  });

  it('puts the most deviation days first', () => {
    const [first] = chooseControls(controls, { ...everyControl, order: 'deviations' });
    expect(first?.control).toBe('CC6.6-port-unauthorised');
  });
});

describe('states', () => {
  it('differ from each other in shape, not only in colour', () => {
    const shapes = controlDayStates.map((state) =>
      stateLooks[state].layers.map(({ className, shape, top, height }) => {
        const filling = className.startsWith('hatch') ? className : className.split('-')[0];
        return `${filling} ${shape} ${top} ${height}`;
      }),
    );
    expect(new Set(shapes.map((shape) => shape.join('; '))).size).toBe(controlDayStates.length);
  });

  it('are said with their deviations and the population', () => {
    const states: ControlDayState[] = ['effective', 'deviation', 'deviation', 'deviation'];
    const control = { states, deviations: [0, 1, 2000, 1], populations: [43, 43, 4300, 1] };
    expect(states.map((_, index) => describeDay(control, index))).toEqual([
      'effective',
      'deviation, 1 of 43 items deviate',
      'deviation, 2,000 of 4,300 items deviate',
      'deviation, 1 of 1 item deviates',
    ]);
  });
});
