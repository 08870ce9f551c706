import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  misnumberedRules,
  misplacedPackages,
  subjectlessComments,
  unknownPages,
  unknownPaths,
  unknownRules,
  unnamedMetrics,
} from './mentions.ts';

/** File name of a page, written so that this file itself names none. */
const md = (name: string) => `${name}.${'md'}`;
const PROTOCOL = '### Rule 1: one\n\n### Rule 2: two\n\n### Rule 3: three\n';

const rules = (text: string, file: string = 'libs/a.ts') =>
  unknownRules(
    new Map([
      ['docs/protocol.md', PROTOCOL],
      [file, text],
    ]),
  );

test('rules of the protocol must exist, one by one, in lists and in ranges, over the lines of a comment', () => {
  assert.deepEqual(rules('/** Rule 1, and rules 2 and 3; rules 1 to 3. */'), []);
  const number = 9;
  for (const text of [
    `// rule ${number}`,
    `Rule ${number}.`,
    `rules 1, 2 and ${number}`,
    `/** rules\n * ${number} */`,
  ]) {
    assert.deepEqual(rules(text), ['libs/a.ts: docs/protocol.md has no rule 9'], text);
  }
  assert.equal(rules(`rules 2 to ${number}`).length, 6);
});

test('pages are found by path, beside the file, and by the end of their path; others are not there', () => {
  const files = [md('docs/operations/faults'), md('README')];
  const named = (text: string) => unknownPages(new Map([['libs/a.ts', text]]), files);
  assert.deepEqual(named(`// ${md('docs/operations/faults')}, ${md('faults')} and ${md('../README')}`), []);
  assert.deepEqual(named(`// https://example.com/${md('x')}`), []);
  assert.deepEqual(named(`'see ${md('docs/gone')}'`), [`libs/a.ts: there is no page ${md('docs/gone')}`]);
});

test('decisions must exist', () => {
  const named = (text: string) => unknownPages(new Map([['libs/a.ts', text]]), [md('docs/adr/0002-two')]);
  assert.deepEqual(named('// ADR 2'), []);
  assert.deepEqual(named(`// ADR ${3}`), ['libs/a.ts: there is no ADR 3']);
});

test('paths must exist in code spans of pages and in comments of sources', () => {
  const there = (file: string, text: string) => unknownPaths(new Map([[file, text]]), ['libs/cache/src/index.ts']);
  assert.deepEqual(there('a.md', '`libs/cache`, `libs/cache/src/index.ts`, `apps/e2e/dist/x.js`, libs/gone'), []);
  assert.deepEqual(there('a.md', '`libs/gone`'), ['a.md: there is no libs/gone']);
  assert.deepEqual(there('a.md', '```\nlibs/gone   what it was\n```'), ['a.md: there is no libs/gone']);
  assert.deepEqual(there('a.ts', '/** In libs/cache. */ const x = "libs/gone";'), []);
  assert.deepEqual(there('a.ts', '/**\n * see libs/gone/src. */'), ['a.ts: there is no libs/gone/src']);
});

test('doc comments begin with what they document', () => {
  const found = (text: string) => subjectlessComments(new Map([['a.ts', text]])).length;
  assert.equal(found('/** Timeout of the replay. Of no concern to others. */'), 0);
  // Written so that this file itself has none.
  for (const word of ['Of', 'Told']) {
    for (const begin of ['/** ', '/**\n   * ']) assert.equal(found(`${begin}${word} the replay, in milliseconds.`), 1);
  }
});

test('every switch and every rule of the model is named on the page by its number', () => {
  const switches = 'const RULE_NUMBERS = {\n  /** A. */\n  sendTime: 1,\n  owner: 0,\n};';
  const model = 'enum Rule {\n    /// 1: a.\n    SendTime,\n    /// B.\n    Owner,\n}';
  const found = (page: string, text = switches, rust = model) =>
    misnumberedRules(new Map([['docs/protocol.md', page]]), text, rust);
  const owner = '## Void\n\n- **Switch** `owner` · **Model** `owner`\n\n';
  const page = `${owner}### Rule 1: a\n\n- **Switch** \`send-time\` · **Scenario** \`x\` ·\n  **Model** \`send-time\`\n\n### Rule 2: b\n`;
  assert.deepEqual(found(page), []);
  assert.deepEqual(found(page, switches.replace('sendTime: 1', 'sendTime: 2')), [
    'docs/protocol.md does not name `send-time` (Switch) in rule 2',
  ]);
  assert.deepEqual(found(page, switches, model.replace('1: a', '2: a')), [
    'docs/protocol.md does not name `send-time` (Model) in rule 2',
  ]);
  assert.deepEqual(found(page.replace(owner, '')), [
    'docs/protocol.md does not name `owner` (Switch) before the first rule',
    'docs/protocol.md does not name `owner` (Model) before the first rule',
  ]);
  assert.equal(found(page, '', '').length, 2);
});

test('every metric is named on a page, as a whole', () => {
  const metrics = new Map([
    ['libs/a.ts', "  readonly a = new Gauge({\n    name: 'coffer_cache_bytes',\n    help: '…',\n  });"],
  ]);
  const found = (text: string) => unnamedMetrics(new Map([['docs/a', text]]), metrics);
  assert.deepEqual(found('`coffer_cache_bytes{manager}` and `coffer_other`'), []);
  assert.equal(unnamedMetrics(new Map([['docs/adr/1', 'coffer_cache_bytes']]), metrics).length, 1);
  for (const text of ['', '`coffer_cache_*`', '`coffer_cache_bytes_total`', '`coffer_cache_`']) {
    assert.deepEqual(found(text), ['libs/a.ts: no page of docs says what coffer_cache_bytes means'], text);
  }
});

test('every package stands in the layer that its tag says', () => {
  const page = '| layer | packages |\n| kernel      | crypto, config   | kernel |\n| adapter | the rest | contract |';
  const check = (...layers: [string, string][]) => misplacedPackages(page, new Map(layers)).length;
  assert.equal(check(['libs/crypto', 'kernel'], ['libs/backends/jdbc', 'adapter']), 0);
  assert.equal(check(['libs/crypto', 'service']), 1);
  assert.equal(check(['libs/secrets', 'kernel']), 1);
});
