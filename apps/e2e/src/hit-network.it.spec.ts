import { hitNetworkProperty } from './properties/hit-network.js';

it('a hit makes no network call', async () => {
  const { problems } = await hitNetworkProperty({ hits: 1_000, idleSeconds: 1 });
  expect(problems).toEqual([]);
}, 300_000);
