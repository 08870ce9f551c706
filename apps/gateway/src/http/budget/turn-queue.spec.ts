import { setImmediate as turn } from 'node:timers/promises';
import { TurnQueue } from './turn-queue.js';

it('runs so many in a turn and the others after it, in their order', async () => {
  const queue = new TurnQueue(2);
  const ran: number[] = [];
  const add = (task: number): void => queue.run(() => void ran.push(task));
  [1, 2, 3, 4, 5].forEach(add);
  expect(ran).toEqual([1, 2]);
  await turn();
  expect(ran).toEqual([1, 2, 3, 4]);
  // The turn has had its two already.
  add(6);
  expect(ran).toHaveLength(4);
  await turn();
  expect(ran).toEqual([1, 2, 3, 4, 5, 6]);
  await turn();
  add(7);
  expect(ran.at(-1)).toBe(7);
});
