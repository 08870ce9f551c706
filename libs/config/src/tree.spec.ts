import { at, isTree, merge, treeAt, withLeaf } from './tree.js';

it.each<[unknown, boolean]>([
  [{}, true],
  [Object.create(null), true],
  [null, false],
  [undefined, false],
  ['text', false],
  [[], false],
  [new Map(), false],
])('%p is a group: %p', (value, expected) => {
  expect(isTree(value)).toBe(expected);
});

it.each<[unknown, unknown, unknown]>([
  [{ a: 1, b: { c: 2 } }, { b: { d: 3 } }, { a: 1, b: { c: 2, d: 3 } }],
  [{ a: [1] }, { a: [2] }, { a: [2] }],
  [{ a: 1 }, undefined, { a: 1 }],
  [{ a: 1 }, { a: undefined }, { a: 1 }],
  [{ a: 1 }, 'text', 'text'],
  ['text', { a: 1 }, { a: 1 }],
  [undefined, { a: 1 }, { a: 1 }],
])('%j with %j over it is %j', (earlier, later, expected) => {
  const [before, after] = [structuredClone(earlier), structuredClone(later)];
  expect(merge(earlier, later)).toEqual(expected);
  expect([earlier, later]).toEqual([before, after]);
});

it.each<[unknown, (string | number)[], unknown]>([
  [{ a: 1 }, ['b'], { a: 1, b: 'leaf' }],
  [{ a: { b: 1, c: 2 } }, ['a', 'b'], { a: { b: 'leaf', c: 2 } }],
  [{ a: { b: { c: 2 } } }, ['a', 'b'], { a: { b: 'leaf' } }],
  [undefined, ['a', 0, 'b'], { a: [{ b: 'leaf' }] }],
  [['x', 'y'], [0], ['leaf', 'y']],
  [['x'], [7], ['x', 'leaf']],
  [{ a: 'text' }, ['a', 0], { a: ['leaf'] }],
  [['x'], ['a'], { a: 'leaf' }],
  [{}, ['toString', 'a'], { toString: { a: 'leaf' } }],
  [{ a: 1 }, [], 'leaf'],
])('%j with a leaf at %j is %j', (tree, path, expected) => {
  const before = structuredClone(tree);
  expect(withLeaf(tree, path, 'leaf')).toEqual(expected);
  expect(tree).toEqual(before);
});

it('is found at its path, of whatever has it itself', () => {
  const tree = { a: [{ b: { c: 'leaf' } }], none: null };
  expect(at(tree, ['a', 0, 'b', 'c'])).toBe('leaf');
  expect(at(tree, [])).toBe(tree);
  for (const path of [['a', 1], ['a', 0, 'x', 'y'], ['none', 'x'], ['toString'], ['a', 0, 'b', 'c', 'length']]) {
    expect(at(tree, path)).toBeUndefined();
  }
  expect(treeAt(tree, ['a', 0, 'b'])).toEqual({ c: 'leaf' });
  expect([treeAt(tree, ['a']), treeAt(tree, ['none'])]).toEqual([undefined, undefined]);
});
