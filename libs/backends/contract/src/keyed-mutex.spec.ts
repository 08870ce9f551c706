import { KeyedMutex } from './keyed-mutex.js';

it('keeps the order of a name, also behind one who gave up', async () => {
  const mutex = new KeyedMutex(() => new Error('late'));
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  const order: string[] = [];
  const patient = new AbortController().signal;
  const first = mutex.run('a', patient, async () => {
    await held;
    order.push('first');
  });
  await expect(mutex.run('a', AbortSignal.abort(), async () => order.push('never'))).rejects.toThrow('late');
  const third = mutex.run('a', patient, async () => order.push('third'));
  await mutex.run('b', patient, async () => order.push('other'));
  letGo();
  await Promise.all([first, third]);
  expect(order).toEqual(['other', 'first', 'third']);
});
