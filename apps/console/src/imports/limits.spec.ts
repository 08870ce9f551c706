import { breachesOf } from './limits.js';

const limits = { valueBytes: 4, descriptionBytes: 3, tags: { count: 1, keyLength: 2, valueLength: 2 } };

it('what is as large as the store takes is right, in the units that the store counts in', () => {
  expect(breachesOf({ value: 'éé', description: 'abc', tags: [{ key: '🔑🔑', value: 'ab' }] }, limits)).toEqual([]);
});

it('what is larger is named, with its size and the limit', () => {
  const tags = [
    { key: 'abc', value: '' },
    { key: 'a', value: 'abcd' },
  ];
  expect(breachesOf({ value: 'ééé', description: 'é€', tags }, limits)).toEqual([
    { name: 'value', size: 6, max: 4 },
    { name: 'description', size: 5, max: 3 },
    { name: 'tagCount', size: 2, max: 1 },
    { name: 'tagName', size: 3, max: 2 },
    { name: 'tagValue', size: 4, max: 2 },
  ]);
});

it('a value that is not written has no size', () => {
  expect(breachesOf({ description: '', tags: [] }, { ...limits, valueBytes: 0 })).toEqual([]);
});
