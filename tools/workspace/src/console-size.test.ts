import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filesOf } from './console-size.ts';

const manifest = {
  'index.html': { file: 'main.js', imports: ['_shared.js'], css: ['main.css'] },
  'page.vue': { file: 'page.js', imports: ['_shared.js', 'index.html'] },
  '_shared.js': { file: 'shared.js', imports: ['_shared.js'], css: ['shared.css'] },
  'other.vue': { file: 'other.js' },
};

test('counts what the entries need, each once, and nothing that comes later', () => {
  assert.deepEqual(filesOf(manifest, ['index.html', 'page.vue']).sort(), [
    ...['main.css', 'main.js', 'page.js', 'shared.css', 'shared.js'],
  ]);
});

test('names a chunk that is not there', () => {
  assert.throws(() => filesOf(manifest, ['gone.vue']), /no chunk gone\.vue/);
});
