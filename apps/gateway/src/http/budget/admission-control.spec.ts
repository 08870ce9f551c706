import { EventEmitter } from 'node:events';
import { AdmissionControl } from './admission-control.js';

const bench = (most = 1_000) => {
  const state = { utilization: 0.5 };
  const control = new AdmissionControl({ most, utilization: () => state.utilization });
  const admit = (count: number): EventEmitter[] => {
    const answers = Array.from({ length: count }, () => new EventEmitter());
    return answers.filter((answer) => control.admit(answer));
  };
  return { control, state, admit };
};

it('takes as many as are configured while the event loop has time to rest', () => {
  const { control, admit } = bench(100);
  const answers = admit(200);
  expect(answers).toHaveLength(100);
  control.adjust();
  expect(control.limit).toBe(100);
  for (const answer of answers) answer.emit('close');
  expect([control.underWay, control.isIdle]).toEqual([0, true]);
  expect(admit(200)).toHaveLength(100);
});

it('takes fewer while it has none, down to what callers who wait may have, and more again afterwards', () => {
  const { control, state, admit } = bench();
  const answers = admit(400);
  state.utilization = 1;
  control.adjust();
  expect(control.limit).toBe(300);
  for (let time = 0; time < 10; time += 1) control.adjust();
  expect([control.limit, control.isIdle, control.isReduced]).toEqual([128, false, true]);
  expect(admit(1)).toEqual([]);
  for (const answer of answers) answer.emit('close');
  expect(admit(200)).toHaveLength(128);
  state.utilization = 0.5;
  for (let time = 0; time < 50; time += 1) control.adjust();
  expect([control.limit, control.isReduced]).toEqual([1_000, false]);
});

it('takes others while a hundred wait for a store that hangs, however busy it is', () => {
  const { control, state, admit } = bench();
  admit(100);
  state.utilization = 1;
  for (let time = 0; time < 10; time += 1) control.adjust();
  expect(admit(1)).toHaveLength(1);
});

it('never takes less than is configured for being busy', () => {
  const { control, state, admit } = bench(8);
  admit(8);
  state.utilization = 1;
  control.adjust();
  expect(control.limit).toBe(8);
});

it('does not count what only waits', () => {
  const { control, admit } = bench(10);
  const old = admit(6);
  for (let time = 0; time < 19; time += 1) control.adjust();
  admit(4);
  expect(admit(1)).toEqual([]);
  control.adjust();
  expect(control.underWay).toBe(4);
  expect(admit(10)).toHaveLength(6);
  for (const answer of old) answer.emit('close');
  expect(control.underWay).toBe(10);
});
