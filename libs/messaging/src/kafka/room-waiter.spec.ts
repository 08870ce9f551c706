import { RoomWaiter } from './room-waiter.js';

const nothing = async (): Promise<void> => undefined;

it('lets whoever finds room go on at once, without a heartbeat', async () => {
  let heartbeats = 0;
  await new RoomWaiter().wait(
    () => false,
    async () => void (heartbeats += 1),
  );
  expect(heartbeats).toBe(0);
});

it('asks again, of everybody who waits, once it is woken, and lets go those who find room', async () => {
  const room = new RoomWaiter();
  const full = new Set(['a', 'b']);
  const gone: string[] = [];
  const waiting = ['a', 'b'].map((name) => room.wait(() => full.has(name), nothing).then(() => gone.push(name)));
  full.delete('b');
  room.wake();
  await waiting[1];
  expect(gone).toEqual(['b']);
  full.clear();
  room.wake();
  await Promise.all(waiting);
  expect(gone).toEqual(['b', 'a']);
});

it('keeps its consumer a member of the group while nobody wakes it', async () => {
  let heartbeats = 0;
  await new RoomWaiter().wait(
    () => heartbeats < 2,
    async () => void (heartbeats += 1),
  );
  expect(heartbeats).toBe(2);
});

it('ends with the heartbeat’s own error', async () => {
  const left = new RoomWaiter().wait(
    () => true,
    () => Promise.reject(new Error('the group is rebalancing')),
  );
  await expect(left).rejects.toThrow('the group is rebalancing');
});
