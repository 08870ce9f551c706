import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anchorsIn, brokenLinks, linksIn, misnumberedDecisions, unknownCommands } from './pages.ts';

const broken = (pages: Record<string, string>, files = Object.keys(pages)) =>
  brokenLinks(new Map(Object.entries(pages)), files);

test('links are found in text, around code and as definitions, and not in code', () => {
  const text = '[a](b.md) [`c`](<d.md>) ![e](f.png "g")\n[h]: i.md\n`[j](k.md)`\n\n```md\n[l](m.md)\n```\n[n](o.md)';
  assert.deepEqual(linksIn(text), ['b.md', 'd.md', 'f.png', 'o.md', 'i.md']);
});

test('headings have the anchors that GitHub gives them', () => {
  const text = '# What `fence-ahead` means, and more\n## Same\n## Same\n```\n# none\n```\n### A [link](x.md): it’s_so';
  assert.deepEqual([...anchorsIn(text)], ['what-fence-ahead-means-and-more', 'same', 'same-1', 'a-link-its_so']);
});

test('links lead to pages, files, folders and headings', () => {
  const docs = '[1](../README.md) [2](../README.md#top) [3](#here) [4](.) [5](../src) [6](https://a.b/c)\n# Here';
  assert.deepEqual(broken({ 'README.md': '# Top', 'docs/a.md': docs }, ['README.md', 'docs/a.md', 'src/x.ts']), []);
});

test('a link to no page, to no heading or out of the repository is told', () => {
  const page = '[1](gone.md) [2](#gone) [3](b.md#gone) [4](../../a.md) [5](src/x.ts#L1)';
  assert.deepEqual(
    broken({ 'docs/a.md': page, 'docs/b.md': '# Here' }),
    ['gone.md', '#gone', 'b.md#gone', '../../a.md', 'src/x.ts#L1'].map((link) => `docs/a.md: "${link}" leads nowhere`),
  );
});

test('commands must exist, in text and in examples', () => {
  const text = '`npm run check`, `npm run -s coffer -- x`\n```sh\nnpm run test:unit\nnpm run gone -- --x\n```';
  assert.deepEqual(unknownCommands(new Map([['a.md', text]]), ['check', 'coffer', 'test:unit']), [
    'a.md: there is no "npm run gone"',
  ]);
});

test('a gap, a number that is there twice and a title with another number are told', () => {
  const wrong = (...names: [string, string][]) =>
    misnumberedDecisions(new Map(names.map(([name, title]) => [`docs/adr/${name}.md`, title])));
  assert.deepEqual(wrong(['0001-a', '# 1. A'], ['0002-b', '# 2. B']), []);
  assert.equal(wrong(['0001-a', '# 1. A'], ['0003-b', '# 3. B']).length, 1);
  assert.equal(wrong(['0001-a', '# 1. A'], ['0001-b', '# 1. B']).length, 1);
  assert.equal(wrong(['0001-a', '# 2. A']).length, 1);
});
