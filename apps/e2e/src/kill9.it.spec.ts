import { kill9Property } from './properties/kill9.js';

jest.setTimeout(540_000);

it('keeps every acknowledged write through kill -9 under load', async () => {
  const { problems } = await kill9Property({ kills: 3, keys: 60, writers: 8, writesBetween: 100 });
  expect(problems).toEqual([]);
});
