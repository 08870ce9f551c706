import { Turns } from './turns.js';

it('keeps the order of a name, also behind one who gave up', async () => {
  const turns = new Turns(() => new Error('late'));
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  const order: string[] = [];
  const patient = new AbortController().signal;
  const first = turns.take('a', patient, async () => {
    await held;
    order.push('first');
  });
  await expect(turns.take('a', AbortSignal.abort(), async () => order.push('never'))).rejects.toThrow('late');
  const third = turns.take('a', patient, async () => order.push('third'));
  await turns.take('b', patient, async () => order.push('other'));
  letGo();
  await Promise.all([first, third]);
  expect(order).toEqual(['other', 'first', 'third']);
});
