import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverNames } from '@coffer/test-servers';
import { properties, readProperty } from './properties.ts';

const text = (fields: string) =>
  `import { property } from '../harness/property.js';\nexport default property({ ${fields} });`;
const FIELDS = "name: 'it', title: 'T', shows: 'S', servers: ['kafka'], full: {}, run: () => undefined";

test('a declaration is read without being run', () => {
  const declared = {
    file: 'a/it.ts',
    name: 'it',
    title: 'T',
    shows: 'S',
    servers: ['kafka'],
    ownServers: [],
    suite: false,
  };
  assert.deepEqual(readProperty('a/it.ts', text(FIELDS)), declared);
  const more = readProperty('a/it.ts', text(`${FIELDS}, quick: {}, ownServers: ['redis']`));
  assert.deepEqual(more, { ...declared, suite: true, ownServers: ['redis'] });
});

test('what is absent, no literal or of another name is refused, with the name of the field', () => {
  assert.throws(() => readProperty('a/it.ts', 'export const it = 1;'), /property\(\{/);
  assert.throws(() => readProperty('a/it.ts', text(FIELDS.replace("shows: 'S', ", ''))), /"shows"/);
  assert.throws(() => readProperty('a/it.ts', text(FIELDS.replace("['kafka']", 'SERVERS'))), /"servers"/);
  assert.throws(() => readProperty('a/it.ts', text(FIELDS.replace("'kafka'", '...SERVERS'))), /"servers"/);
  assert.throws(() => readProperty('a/other.ts', text(FIELDS)), /"name"/);
});

test('every property of the repository can be read, and names servers that there are', () => {
  const all = properties();
  assert.ok(all.length > 0);
  assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
  for (const { file, servers, ownServers } of all) {
    assert.deepEqual(
      [...servers, ...ownServers].filter((name) => !serverNames.includes(name)),
      [],
      file,
    );
  }
});
