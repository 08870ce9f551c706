import { canaryProperty } from './properties/canary.js';

jest.setTimeout(720_000);

it.each(['embedded', 'postgresql', 'mariadb'] as const)('shows and writes no value in clear: %s', async (store) => {
  const { problems } = await canaryProperty({ stores: [store], levels: ['trace'] });
  expect(problems).toEqual([]);
});
