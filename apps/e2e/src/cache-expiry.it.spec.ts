import { expiryProperty } from './properties/cache-expiry.js';

it('shows a change made in the store within expireAfterWrite, through every gateway, Redis included', async () => {
  const { problems } = await expiryProperty({ life: 4, keys: 4 });
  expect(problems).toEqual([]);
}, 300_000);
