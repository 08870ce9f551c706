import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { de } from './de.js';
import { en } from './en.js';

interface Texts {
  readonly [name: string]: string | Texts;
}

const flat = (texts: Texts, prefix = ''): [string, string][] =>
  Object.entries(texts).flatMap(([name, text]): [string, string][] =>
    typeof text === 'string' ? [[prefix + name, text]] : flat(text, `${prefix}${name}.`),
  );
const english = new Map(flat(en));
const german = new Map(flat(de));

const placeholders = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name))].sort();

it('every language has every text, with the same places for names and numbers', () => {
  expect([...german.keys()].sort()).toEqual([...english.keys()].sort());
  for (const [name, text] of english) {
    const other = german.get(name) ?? '';
    expect([name, placeholders(other)]).toEqual([name, placeholders(text)]);
    expect([name, other.split('|').length]).toEqual([name, text.split('|').length]);
    // An @ would link to another message.
    expect(`${text}${other}`).not.toContain('@');
  }
});

it('is another language', () => {
  const same = [...english].filter(([name, text]) => german.get(name) === text);
  expect(same.length).toBeLessThan(english.size / 6);
});

it('has every text that a page names, and none that no page names', () => {
  const root = join(__dirname, '..');
  const sources = globSync('**/*.{vue,ts}', { cwd: root })
    .filter((file) => !file.startsWith('messages') && !file.endsWith('.spec.ts') && !file.endsWith('schema.ts'))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');
  const named = [...sources.matchAll(/'([a-z][\w-]*(?:\.[\w-]+)+)'/gi)].map(([, name = '']) => name);
  const families = [...sources.matchAll(/`([a-z][\w.]*\.)\$\{/gi)].map(([, prefix = '']) => prefix);
  const areas = new Set([...english.keys()].map((name) => name.split('.')[0]));
  const missing = named.filter(
    (name) =>
      areas.has(name.split('.')[0]) &&
      !english.has(name) &&
      /^[a-zA-Z]+\.[a-zA-Z.]+$/.test(name) &&
      !name.endsWith('.js'),
  );
  expect(missing).toEqual([]);
  const unused = [...english.keys()].filter(
    (name) => !named.includes(name) && !families.some((prefix) => name.startsWith(prefix)),
  );
  expect(unused).toEqual([]);
});

it('has words for every action of the audit that its page names', () => {
  const page = readFileSync(join(__dirname, '../../../../docs/operations/audit.md'), 'utf8');
  const [, table = ''] = page.split('## Actions');
  const actions = [...(table.split('\n\n| field')[0] ?? '').matchAll(/^\| `([a-z.-]+)`/gm)].map(
    ([, action = '']) => action,
  );
  expect(actions).toContain('webhook.dead-letter.replay');
  for (const words of [english, german])
    expect(actions.filter((action) => !words.has(`auditAction.${action}`))).toEqual([]);
});

it('has words for every code of an error', () => {
  const page = readFileSync(join(__dirname, '../../../../docs/http-errors.md'), 'utf8');
  const codes = [...page.matchAll(/^\| `([a-z-]+)` +\| \d{3} /gm)].map(([, code = '']) => code);
  expect(codes).toContain('operation-mismatch');
  for (const words of [english, german]) expect(codes.filter((code) => !words.has(`error.${code}`))).toEqual([]);
});
