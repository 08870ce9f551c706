import { envelopeProperty } from './properties/envelope.js';

it('refuses every envelope that is not as it was sealed, where it was sealed', async () => {
  const { figures, problems } = await envelopeProperty({ lengths: [0, 24] });
  expect(problems).toEqual([]);
  expect(figures).toHaveLength(6);
});
